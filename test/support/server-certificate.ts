import { connect } from 'node:tls';
import { generate } from 'selfsigned';

/** A self-signed pair in PEM for these DNS names, valid for so many days from `start` on. */
export async function makePair(
  names: readonly string[],
  { start = new Date(Date.now() - 3_600_000), days = 30 }: { start?: Date; days?: number } = {},
): Promise<{ certificate: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: names[0] ?? 'nobody' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: start,
    notAfterDate: new Date(start.getTime() + days * 86_400_000),
    extensions: [{ name: 'subjectAltName', altNames: names.map(value => ({ type: 2, value })) }],
  });
  return { certificate: made.cert, key: made.private };
}

/** What a TLS server on loopback shows for a server name; throws when it does not fit the name and `ca`, where given. */
export function shownCertificate(
  port: number,
  servername: string,
  ca?: string,
): Promise<{ readonly altNames: string; readonly fingerprint: string; readonly validTo: Date }> {
  return new Promise((resolve, reject) => {
    const verification = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const socket = connect({ host: '127.0.0.1', port, servername, ...verification }, () => {
      const { subjectaltname = '', fingerprint256, valid_to } = socket.getPeerCertificate();
      resolve({ altNames: subjectaltname, fingerprint: fingerprint256, validTo: new Date(valid_to) });
      socket.end();
    });
    socket.once('error', reject);
  });
}
