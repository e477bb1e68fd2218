import type { ErrorCode } from './errors.ts';

/** TLS as a door saw it, or as a trusted trace field claims it (`version` null: TLS of unknown version). */
export interface SessionTls {
  /** OpenSSL's word: `TLSv1.3`, `TLSv1.2` … */
  readonly version: string | null;
  /** OpenSSL's or IANA's name of the cipher suite, null when unknown. */
  readonly cipher: string | null;
}

/** Live evidence that only the door can collect (DESIGN.md, "The way of a message"). */
export interface Session {
  /** Where the evidence comes from: the live socket, XFORWARD of the trusted MTA, or its trace field. */
  readonly source: 'live' | 'xforward' | 'trace' | 'inside';
  readonly remoteAddress: string | null;
  readonly remoteName: string | null;
  readonly helo: string | null;
  /** Null: no TLS. Undefined: not known. */
  readonly tls: SessionTls | null | undefined;
  /** The account address that signed in, null for anonymous sessions. */
  readonly authenticatedUser: string | null;
}

/** A session of which nothing is known: nobody saw the message come. */
export const unseenSession: Session = {
  source: 'trace',
  remoteAddress: null,
  remoteName: null,
  helo: null,
  tls: undefined,
  authenticatedUser: null,
};

/** One message as a door hands it to the pipeline. */
export interface Arrival {
  readonly door: 'smtp' | 'lmtp' | 'inspect' | 'import';
  /** Transaction id for the log. */
  readonly id: string;
  /** Keyword for `with` in our trace field (RFC 3848, RFC 6531), e.g. `UTF8SMTPS`; drawn from the session when left out. */
  readonly protocol?: string;
  /** The octets the peer sent in DATA, dots unstuffed, before any field of ours. */
  readonly raw: Uint8Array;
  /** Reverse-path without angle brackets, empty for the null reverse-path. */
  readonly reversePath: string;
  readonly session: Session;
  readonly receivedAt: Date;
  /** Accepted forward-paths, in order. */
  readonly recipients: readonly Recipient[];
  /**
   * How many of the leading Received fields inside `raw` belong to servers we trust
   * (0 for SMTP; 1 for LMTP when the topmost is `by` the configured MTA).
   */
  readonly trustedHops: number;
}

/** A forward-path that the directory has resolved. */
export interface Recipient {
  /** As the peer gave it, without angle brackets. */
  readonly forwardPath: string;
  readonly accountId: string;
}

/** What became of one owner's delivery. */
export type Outcome =
  | { readonly forwardPath: string; readonly status: 'stored' | 'duplicate'; readonly emailId: string }
  | {
      readonly forwardPath: string;
      readonly status: 'refused' | 'deferred';
      readonly code: ErrorCode;
      /** The reply line without its code, where it says more than the table's. */
      readonly text?: string;
    };
