import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { WireError } from '../wire-error.ts';

/** Algorithms that zones are signed with, by their DNSSEC number: ECDSA P-256 (RFC 6605), Ed25519 (RFC 8080). */
export const signingAlgorithms = [13, 15] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** How one algorithm makes keys and signatures, and how its public key stands in DNSKEY. */
export interface Algorithm {
  readonly name: string;
  readonly publicKeyOctets: number;
  generate(): KeyObject;
  /** The public key as DNSKEY holds it, of a private key of this algorithm. */
  publicOctets(privateKey: KeyObject): Buffer;
  publicKey(octets: Uint8Array): KeyObject;
  sign(data: Uint8Array, privateKey: KeyObject): Buffer;
  verify(data: Uint8Array, publicKey: KeyObject, signature: Uint8Array): boolean;
}

/** DNSSEC writes r and s one behind the other (RFC 6605 §4), not as DER. */
const dsaEncoding = 'ieee-p1363';

const ecdsaP256: Algorithm = {
  name: 'ECDSAP256SHA256',
  publicKeyOctets: 64,
  generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  publicOctets(privateKey) {
    const { x, y } = publicJwk(privateKey, 'P-256');
    return Buffer.concat([octetsOf(x), octetsOf(y)]);
  },
  publicKey(octets) {
    const [x, y] = [textOf(octets.subarray(0, 32)), textOf(octets.subarray(32))];
    return keyOfJwk({ kty: 'EC', crv: 'P-256', x, y });
  },
  // Asked for DER, Node signs in half the time that it takes for r and s.
  sign: (data, key) => plainSignature(sign('sha256', data, key)),
  verify: (data, key, signature) => verify('sha256', data, { key, dsaEncoding }, signature),
};

const integerOctets = 32;

/** r and s of a DER signature of P-256: SEQUENCE of two INTEGERs, each without leading zeros but for the sign. */
function plainSignature(der: Uint8Array): Buffer {
  const plain = Buffer.alloc(2 * integerOctets);
  let at = 2;
  for (const end of [integerOctets, 2 * integerOctets]) {
    const length = der[at + 1] ?? 0;
    const start = at + 2;
    at = start + length;
    const octets = der.subarray(Math.max(start, at - integerOctets), at);
    plain.set(octets, end - octets.length);
  }
  return plain;
}

const ed25519: Algorithm = {
  name: 'ED25519',
  publicKeyOctets: 32,
  generate: () => generateKeyPairSync('ed25519').privateKey,
  publicOctets: privateKey => octetsOf(publicJwk(privateKey, 'Ed25519').x),
  publicKey: octets => keyOfJwk({ kty: 'OKP', crv: 'Ed25519', x: textOf(octets) }),
  sign: (data, key) => sign(null, data, key),
  verify: (data, key, signature) => verify(null, data, key, signature),
};

/** What each algorithm does. */
export const algorithms: Readonly<Record<SigningAlgorithm, Algorithm>> = { 13: ecdsaP256, 15: ed25519 };

export function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return signingAlgorithms.some(algorithm => algorithm === value);
}

function publicJwk(privateKey: KeyObject, curve: string): { x: string; y: string } {
  const { crv, x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv !== curve) throw new TypeError(`not a key of ${curve}`);
  return { x, y };
}

function keyOfJwk(key: { kty: string; crv: string; x: string; y?: string }): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    throw new WireError(`no public key of ${key.crv}`);
  }
}

function octetsOf(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64url');
}
