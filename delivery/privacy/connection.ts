import type { Hop } from '../authenticate/findings.ts';
import type { SessionTls } from '../delivery.ts';

/** Key exchange with forward secrecy, as OpenSSL and IANA name it; `ADH` and `DH_anon` are not among them. */
const forwardSecret = /^(?:TLS_)?(?:ECDHE|DHE|EDH)[-_]/i;
const authenticatedEncryption = /GCM|CCM|POLY1305/i;

/**
 * The word of `lastHop` for a session's TLS: `modern` is TLS 1.3, or 1.2 with forward secrecy and AEAD; `old` is
 * older or of unknown version. Null: not known.
 */
export function tlsWord(tls: SessionTls | null | undefined): 'modern' | 'dated' | 'old' | 'none' | null {
  if (tls === undefined) return null;
  if (tls === null) return 'none';
  const version = /^TLS[ _]?v?1[._]([23])$/i.exec(tls.version ?? '')?.[1];
  if (version === undefined) return 'old';
  if (version === '3') return 'modern';
  const cipher = tls.cipher ?? '';
  return forwardSecret.test(cipher) && authenticatedEncryption.test(cipher) ? 'modern' : 'dated';
}

/**
 * The word of `earlierHops` for what the trace fields claim. Fields that name no client, or one on the same machine,
 * tell of no way between machines and are left out. Null: none left.
 */
export function hopsWord(hops: readonly Hop[]): 'allTls' | 'someTls' | 'none' | null {
  const between = hops.filter(hop => hop.from !== null && !isLoopback(hop.fromAddress));
  if (between.length === 0) return null;
  const encrypted = between.filter(hop => hop.tls !== null).length;
  if (encrypted === 0) return 'none';
  return encrypted === between.length ? 'allTls' : 'someTls';
}

function isLoopback(address: string | null): boolean {
  return address !== null && /^(?:127\.|::1$|::ffff:127\.)/i.test(address);
}
