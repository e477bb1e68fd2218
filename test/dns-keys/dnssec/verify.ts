import { algorithms, isSigningAlgorithm } from '../../../dns-keys/dnssec/algorithms.ts';
import { signedLabels, signedOctets } from '../../../dns-keys/dnssec/canonical.ts';
import { keyTag } from '../../../dns-keys/dnssec/keys.ts';
import { isBefore, signatureTime } from '../../../dns-keys/dnssec/signature-time.ts';
import {
  childName,
  countLabels,
  equalNames,
  isAtOrBelow,
  type Name,
  parentName,
} from '../../../dns-keys/name.ts';
import { decodeData, type RrsigData, rrTypes } from '../../../dns-keys/rr/table.ts';
import { WireError } from '../../../dns-keys/wire-error.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';

/** What was found about one signature; only `valid` is good. */
export const verdicts = ['valid', 'noKey', 'notYetValid', 'expired', 'invalid'] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * Whether RRSIG RDATA cover a set in canonical form, by one of these DNSKEY RDATA of the apex, at a moment (Unix
 * seconds): RFC 4035 §5.3, for algorithms 13 and 15. Never throws.
 */
export function verifyRecordSet(
  set: RecordSet,
  rrsig: Uint8Array,
  { apex, dnskeys, now }: { apex: Name; dnskeys: readonly Uint8Array[]; now: number },
): Verdict {
  const signature = unlessDamaged(() => decodeData(rrTypes.RRSIG, rrsig));
  if (signature === null || !fits(set, signature, apex)) return 'invalid';
  const keys = dnskeys.filter(key => isKeyOf(key, signature));
  if (keys.length === 0) return 'noKey';
  const head = rrsig.subarray(0, rrsig.length - signature.signature.length);
  const signed = signedOctets(head, signedSet(set, signature));
  if (!keys.some(key => isSignedBy(key, signature, signed))) return 'invalid';
  const moment = signatureTime(now);
  if (isBefore(moment, signature.inception)) return 'notYetValid';
  return isBefore(signature.expiration, moment) ? 'expired' : 'valid';
}

function fits(set: RecordSet, signature: RrsigData, apex: Name): boolean {
  return (
    signature.typeCovered === set.type &&
    equalNames(signature.signer, apex) &&
    isAtOrBelow(set.owner, apex) &&
    signature.labels <= signedLabels(set.owner) &&
    set.ttlSeconds <= signature.originalTtlSeconds
  );
}

function isKeyOf(dnskey: Uint8Array, { algorithm, keyTag: tag }: RrsigData): boolean {
  const isZoneKey = ((dnskey[0] ?? 0) & 1) === 1 && dnskey[2] === 3;
  return isZoneKey && dnskey[3] === algorithm && keyTag(dnskey) === tag;
}

/** The set as it was signed: with its original TTL, and where a wildcard made it with the wildcard's name. */
function signedSet(set: RecordSet, { labels, originalTtlSeconds }: RrsigData): RecordSet {
  let owner = set.owner;
  if (labels < signedLabels(owner)) {
    while (countLabels(owner) > labels) owner = parentName(owner);
    owner = childName('*', owner);
  }
  return { ...set, owner, ttlSeconds: originalTtlSeconds };
}

function isSignedBy(dnskey: Uint8Array, { algorithm, signature }: RrsigData, signed: Uint8Array): boolean {
  if (!isSigningAlgorithm(algorithm)) return false;
  const { publicKey, publicKeyOctets, verify } = algorithms[algorithm];
  const octets = dnskey.subarray(4);
  if (octets.length !== publicKeyOctets) return false;
  // A point that is not on the curve is no key.
  const key = unlessDamaged(() => publicKey(octets));
  return key !== null && verify(signed, key, signature);
}

function unlessDamaged<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}
