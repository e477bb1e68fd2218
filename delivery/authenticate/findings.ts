/** Result words of RFC 8601 §2.7. */
export const authWords = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'temperror',
  'permerror',
  'policy',
] as const;
export type AuthWord = (typeof authWords)[number];

/** One hop that a trace field (Received, RFC 5321 §4.4) claims; `tls` null when it claims none. */
export interface Hop {
  readonly from: string | null;
  readonly fromAddress: string | null;
  readonly by: string | null;
  /** Protocol keyword, upper-case: SMTP, ESMTPS, LMTP … (RFC 3848). */
  readonly with: string | null;
  readonly tls: { readonly version: string | null; readonly cipher: string | null } | null;
  readonly id: string | null;
  readonly at: string | null;
}

/** The brand indicator of the author's domain (BIMI); `location` is the address of its picture. */
export interface BimiFinding {
  readonly result: 'pass' | 'fail' | 'none' | 'temperror';
  readonly location: string | null;
}

/** What authentication found out about a message. Dates and everything else are JSON values. */
export interface AuthenticationFindings {
  readonly spf: { readonly result: AuthWord; readonly domain: string | null; readonly aligned: boolean };
  readonly dkim: ReadonlyArray<{
    readonly result: AuthWord;
    readonly domain: string;
    readonly selector: string;
    readonly algorithm: string | null;
    readonly keyBits: number | null;
    readonly aligned: boolean;
  }>;
  readonly dmarc: {
    readonly result: AuthWord;
    readonly policy: 'none' | 'quarantine' | 'reject' | null;
    readonly domain: string | null;
    /** The trusted sealer whose ARC chain says that it passed before it was forwarded; left out where DMARC itself decides. */
    readonly sealedBy?: string;
  };
  readonly arc: { readonly result: AuthWord; readonly sealer: string | null };
  /** Left out where indicators are not looked up. */
  readonly bimi?: BimiFinding;
  readonly iprev: { readonly result: AuthWord; readonly name: string | null };
  /** Topmost trace field first; those below the session that brought the message. */
  readonly hops: readonly Hop[];
  /** Field body of our own Authentication-Results (RFC 8601), unfolded. */
  readonly authenticationResults: string;
}
