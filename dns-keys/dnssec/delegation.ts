import { createHash } from 'node:crypto';
import { lowerName, type Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { canonicalRecordSet } from './canonical.ts';
import { keyTag } from './keys.ts';

/** Digest types of DS: SHA-1 (RFC 4034), SHA-256 (RFC 4509), SHA-384 (RFC 6605). Ours are SHA-256. */
const digests: Readonly<Record<number, string>> = { 1: 'sha1', 2: 'sha256', 4: 'sha384' };

export const sha256Digest = 2;

/** Digest of a DNSKEY as DS holds it; null where the type is unknown (RFC 4034 §5.1.4). */
export function dsDigest(owner: Name, dnskey: Uint8Array, digestType: number): Uint8Array | null {
  const hash = digests[digestType];
  if (hash === undefined) return null;
  return createHash(hash).update(lowerName(owner)).update(dnskey).digest();
}

/** DS RDATA of a DNSKEY, which are CDS RDATA as well (RFC 4034 §5.1, RFC 7344 §3.1). Throws for an unknown digest. */
export function dsData(owner: Name, dnskey: Uint8Array, digestType = sha256Digest): Uint8Array {
  const digest = dsDigest(owner, dnskey, digestType);
  if (digest === null) throw new TypeError(`unknown digest type ${digestType}`);
  const tag = keyTag(dnskey);
  return Buffer.concat([Uint8Array.of(tag >> 8, tag & 0xff, dnskey[3] ?? 0, digestType), digest]);
}

/** CDS and CDNSKEY that ask the parent to take all DS away: algorithm 0, one zero octet (RFC 8078 §4, erratum 5049). */
export const deleteCds = Uint8Array.of(0, 0, 0, 0, 0);
export const deleteCdnskey = Uint8Array.of(0, 0, 3, 0, 0);

/**
 * The CDS and CDNSKEY sets that ask the parent for a DS of each of these DNSKEY (RFC 7344 §3), or for none
 * (`delete`, RFC 8078 §4). Both always: which of the two a parent reads is its choice. No set for no key.
 */
export function parentRequests(
  owner: Name,
  dnskeys: readonly Uint8Array[] | 'delete',
  ttlSeconds: number,
): RecordSet[] {
  if (dnskeys.length === 0) return [];
  const cds = dnskeys === 'delete' ? [deleteCds] : dnskeys.map(dnskey => dsData(owner, dnskey));
  const cdnskey = dnskeys === 'delete' ? [deleteCdnskey] : dnskeys;
  return [
    canonicalRecordSet({ owner, type: rrTypes.CDS, ttlSeconds, rdatas: cds }),
    canonicalRecordSet({ owner, type: rrTypes.CDNSKEY, ttlSeconds, rdatas: cdnskey }),
  ];
}
