import { hash } from 'node:crypto';
import { base32hexText } from '../base32hex.ts';
import { childName, lowerName, type Name } from '../name.ts';
import { encodeData, type Nsec3ParamData, rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';

/** SHA-1 once, no salt, no opt-out: more costs resolvers time and hides nothing (RFC 9276 §3.1). */
export const nsec3Parameters: Nsec3ParamData = {
  hashAlgorithm: 1,
  flags: 0,
  iterations: 0,
  salt: new Uint8Array(),
};

/** The hash of an owner, 20 octets (RFC 5155 §5). */
export function nsec3Hash(owner: Name): Uint8Array {
  return hash('sha1', lowerName(owner), 'buffer');
}

/** The hash with a salt, and as many times more as `iterations` says (RFC 5155 §5). */
export function iteratedHash(owner: Name, salt: Uint8Array, iterations: number): Uint8Array {
  let octets: Uint8Array = lowerName(owner);
  for (let round = 0; round <= iterations; round += 1)
    octets = hash('sha1', Buffer.concat([octets, salt]), 'buffer');
  return octets;
}

/** The name of the NSEC3 record of a hash (RFC 5155 §3). */
export function nsec3Owner(hashOctets: Uint8Array, apex: Name): Name {
  return childName(base32hexText(hashOctets), apex);
}

/** NSEC3PARAM of a zone. Only servers read it (RFC 5155 §4), so nobody need keep it: TTL 0. */
export function nsec3ParamSet(apex: Name): RecordSet {
  const rdatas = [encodeData(rrTypes.NSEC3PARAM, nsec3Parameters)];
  return { owner: lowerName(apex), type: rrTypes.NSEC3PARAM, ttlSeconds: 0, rdatas, signatures: [] };
}
