import { createPrivateKey, type KeyObject } from 'node:crypto';
import { algorithms, type SigningAlgorithm } from './algorithms.ts';

/** DNSKEY flags: 256 is a zone key, 257 one that the parent's DS names, with SEP (RFC 4034 §2.1.1). */
export type KeyFlags = 256 | 257;

/** A key that signs a zone. */
export interface ZoneKey {
  readonly algorithm: SigningAlgorithm;
  readonly flags: KeyFlags;
  /** RFC 4034 appendix B. */
  readonly tag: number;
  /** DNSKEY RDATA. */
  readonly dnskey: Uint8Array;
  readonly privateKey: KeyObject;
}

/**
 * A new key. Its tag is none of `takenTags`: of keys with one tag a validator has to try each (RFC 4034 appendix B), and
 * resolvers bound how many they try.
 */
export function generateZoneKey(
  algorithm: SigningAlgorithm,
  flags: KeyFlags,
  takenTags: readonly number[] = [],
): ZoneKey {
  for (;;) {
    const key = zoneKey(algorithm, flags, algorithms[algorithm].generate());
    if (!takenTags.includes(key.tag)) return key;
  }
}

/** The private key as PKCS #8 in DER, to be wrapped before it is stored. */
export function exportZoneKey(key: ZoneKey): Uint8Array {
  return key.privateKey.export({ format: 'der', type: 'pkcs8' });
}

/**
 * The key of what `exportZoneKey` gave. `dnskey` are DNSKEY RDATA that were kept beside it: to draw them from the private
 * key again takes longer than a signature. Throws when the octets are no private key of that algorithm.
 */
export function importZoneKey(kept: {
  algorithm: SigningAlgorithm;
  flags: KeyFlags;
  octets: Uint8Array;
  dnskey?: Uint8Array;
}): ZoneKey {
  const { algorithm, flags, octets, dnskey } = kept;
  const privateKey = createPrivateKey({ key: Buffer.from(octets), format: 'der', type: 'pkcs8' });
  if (!dnskey) return zoneKey(algorithm, flags, privateKey);
  return { algorithm, flags, tag: keyTag(dnskey), dnskey, privateKey };
}

function zoneKey(algorithm: SigningAlgorithm, flags: KeyFlags, privateKey: KeyObject): ZoneKey {
  const dnskey = dnskeyData(flags, algorithm, algorithms[algorithm].publicOctets(privateKey));
  return { algorithm, flags, tag: keyTag(dnskey), dnskey, privateKey };
}

/** DNSKEY RDATA; its protocol is always 3 (RFC 4034 §2.1.2). */
export function dnskeyData(flags: number, algorithm: number, publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(flags >> 8, flags & 0xff, 3, algorithm), publicKey]);
}

/** The tag by which RRSIG and DS name a key: a sum over DNSKEY RDATA (RFC 4034 appendix B). */
export function keyTag(dnskey: Uint8Array): number {
  let sum = 0;
  for (const [at, octet] of dnskey.entries()) sum += at % 2 === 0 ? octet << 8 : octet;
  return (sum + (sum >>> 16)) & 0xffff;
}
