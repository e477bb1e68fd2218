import type { Message } from '../message/shape.ts';

export const protectionForms = ['none', 'pgpMime', 'pgpInline', 'smime'] as const;
export type ProtectionForm = (typeof protectionForms)[number];

export const openFailures = [
  'noKey',
  'badPassphrase',
  'noIntegrity',
  'tooLarge',
  'malformed',
  'unsupported',
] as const;
export type OpenFailure = (typeof openFailures)[number];

/** What the decrypt stage found, for one owner. Words of `encryption` and `signature` are those of PRIVACY-INDEX. */
export interface DecryptFindings {
  readonly form: ProtectionForm;
  readonly encryption: 'strong' | 'weak' | 'none' | 'unknown';
  readonly signature: 'verified' | 'seen' | 'unknownKey' | 'none' | 'invalid' | 'unknown';
  /** True when the message is encrypted without integrity protection (no MDC, no AEAD). */
  readonly noIntegrity: boolean;
  /** Who signed; the address is a user id of the key that equals the From addr-spec, else null. */
  readonly signer: {
    readonly keyId: string;
    readonly fingerprint: string | null;
    readonly address: string | null;
  } | null;
  /** Subject protected by RFC 9788 or replaced; `unknown` while the content is closed. */
  readonly subject: 'protected' | 'open' | 'unknown';
  /** True when `content` is the opened content. */
  readonly opened: boolean;
  readonly failure: OpenFailure | null;
  /** Algorithms seen, for the evidence: e.g. `aes256`, `x25519`. */
  readonly algorithms: readonly string[];
}

/** Findings plus the opened message; `content` never leaves the pipeline's memory in clear when custody is client. */
export interface Decrypted {
  readonly findings: DecryptFindings;
  readonly content: Message | null;
}
