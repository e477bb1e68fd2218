/** One entry of a DNS list that a message met. */
export interface ListEntry {
  readonly zone: string;
  /** What is listed: an IP address or a domain. */
  readonly of: string;
  /** The return code, an address in 127.0.0.0/8. */
  readonly code: string;
  /** -1..1 by the settings; below 0 speaks for the sender. */
  readonly weight: number;
}
