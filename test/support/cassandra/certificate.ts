import { generate } from 'selfsigned';

/** Key and certificate of a server, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

/** A certificate that is its own authority, for the addresses that nodes have; for others where `addresses` says so. */
export async function selfSigned(
  addresses: readonly string[] = ['127.0.0.1', '127.0.0.2', '127.0.0.3'],
): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'Cassandra of a test' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: addresses.map(ip => ({ type: 7, ip })) },
    ],
  });
  return { key: made.private, certificate: made.cert };
}
