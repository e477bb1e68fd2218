import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** A certificate chain with its private key, and what is read from the first certificate of the chain. */
export interface CertificatePair {
  /** PEM, the server's own first. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** DNS names of the subject alternative name, lower-case A-labels; `*.example.org` stands for one label (RFC 9525 §6.3). */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const dnsName =
  /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads a pair of PEM texts, which may hold other blocks, too. Throws an `Error` that says what is wrong with them. */
export function readPair(certificateText: string, keyText: string): CertificatePair {
  const blocks = certificateText.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!blocks) throw new Error('it holds no PEM certificate');
  const [key] = keyText.match(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]+-----END \1-----/) ?? [];
  if (key === undefined) throw new Error('it holds no PEM private key without a passphrase');
  const certificate = `${blocks.join('\n')}\n`;
  const parsed = new X509Certificate(blocks[0] ?? '');
  if (!parsed.checkPrivateKey(createPrivateKey(key))) {
    throw new Error('the private key is not the one of the first certificate');
  }
  const names = namesOf(parsed);
  if (names.length === 0) throw new Error('the certificate names no DNS name (subject alternative name)');
  // Throws for what TLS does not take, such as a short key; made again when it is shown, since each holds 30 kB.
  createSecureContext({ cert: certificate, key });
  return { certificate, key, names, notBefore: parsed.validFromDate, notAfter: parsed.validToDate };
}

function namesOf({ subjectAltName }: X509Certificate): string[] {
  const texts = (subjectAltName ?? '').split(', ').filter(text => text.startsWith('DNS:'));
  return texts.map(text => text.slice('DNS:'.length).toLowerCase()).filter(name => dnsName.test(name));
}

/** Whether the pair can be shown now. */
export function isCurrent({ notBefore, notAfter }: CertificatePair, now: Date): boolean {
  return notBefore <= now && now < notAfter;
}

/** The names under which a certificate for this name can be found: itself, then with `*` for its first label. */
export function keysOf(serverName: string): string[] {
  const name = serverName.toLowerCase().replace(/\.$/, '');
  const dot = name.indexOf('.');
  return dot > 0 ? [name, `*${name.slice(dot)}`] : [name];
}
