/** Extended DNS errors (RFC 8914 §4, RFC 9824 §3.5) that we tell. */
export const extendedErrors = {
  OTHER: 0,
  NOT_READY: 14,
  PROHIBITED: 18,
  NOT_AUTHORITATIVE: 20,
  NOT_SUPPORTED: 21,
  INVALID_QUERY_TYPE: 30,
} as const;
