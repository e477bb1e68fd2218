/** Limits of the core capability (RFC 8620 §2); advertised in the Session object and enforced. */
export const coreLimits = {
  maxSizeUpload: 50_000_000,
  maxConcurrentUpload: 4,
  maxSizeRequest: 10_000_000,
  maxConcurrentRequests: 8,
  maxCallsInRequest: 64,
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
} as const;

/** Limits of the mail capability (RFC 8621 §1.3.1). */
export const mailLimits = {
  maxMailboxesPerEmail: 100,
  maxMailboxDepth: 10,
  maxSizeMailboxName: 255,
  maxSizeAttachmentsPerEmail: 40_000_000,
} as const;

/** Characters that the result references of one request may bring into its calls. */
export const maxReferenced = 10_000_000;

/** Characters that one request is answered with at most; calls that begin behind them are refused. */
export const maxAnswered = 64_000_000;

/** Deepest nesting of a JSON request; nothing in JMAP needs more. */
export const maxJsonDepth = 64;

/** Rows that one query answers at most; a longer wish is cut and `limit` says so (RFC 8620 §5.5). */
export const maxQueryLimit = 500;

/** Conditions that one filter may hold, operators included. */
export const maxFilterNodes = 200;
