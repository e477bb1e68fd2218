import { createHash } from 'node:crypto';
import { canonicalRecordSet } from '../../../dns-keys/dnssec/canonical.ts';
import { generateZoneKey, type ZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { nsec3ParamSet } from '../../../dns-keys/dnssec/nsec3.ts';
import { nsec3Sets } from '../../../dns-keys/dnssec/nsec3-chain.ts';
import { signRecordSet } from '../../../dns-keys/dnssec/sign.ts';
import { childName, type Name, nameKey, parseName } from '../../../dns-keys/name.ts';
import { encodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { type SetSigner, signSet } from '../../../dns-keys/zone/set-signer.ts';
import type { Slabs } from '../../../dns-keys/zone/slabs.ts';
import { Zone, type ZoneMode } from '../../../dns-keys/zone/zone.ts';

/** Unix seconds at which test zones are signed. */
export const signedAt = 1_800_000_000;
const validSeconds = 14 * 86_400;

/** A set of one owner; signatures are none. */
export function recordSet(owner: Name, type: number, ...rdatas: Uint8Array[]): RecordSet {
  return canonicalRecordSet({ owner, type, ttlSeconds: 3600, rdatas });
}

/** Octets that look like no other key's, so many. */
export function keyOctets(seed: number | string, octets = 400): Buffer {
  const digest = createHash('sha256').update(String(seed)).digest();
  return Buffer.concat(Array.from({ length: Math.ceil(octets / 32) }, () => digest)).subarray(0, octets);
}

/** Owner of a made up mailbox. */
export function hashedOwner(seed: number | string, apex: Name): Name {
  return childName(createHash('sha256').update(`box ${seed}`).digest('hex').slice(0, 56), apex);
}

export interface KeyZoneWish {
  readonly apex?: string;
  readonly mode?: ZoneMode;
  /** No signatures at all. */
  readonly isPlain?: boolean;
  readonly keys?: number;
  readonly keyOctets?: number;
  readonly slabs?: Slabs;
  /** More sets than SOA, NS and keys. */
  readonly more?: (apex: Name) => RecordSet[];
  readonly now?: number;
  /** Signs with this one. */
  readonly zoneKey?: ZoneKey;
}

/** A zone of made up keys with its SOA (TTL 3600, minimum 900), NS and DNSKEY, signed as its mode has it. */
export function keyZone(wish: KeyZoneWish = {}): Zone {
  const { mode = 'online', isPlain = false, slabs, now = signedAt } = wish;
  const apex = parseName(wish.apex ?? '_openpgpkey.example.org');
  const zone = new Zone({ apex, mode, ...(slabs && { slabs }) });
  if (isPlain) {
    for (const set of plainSets(apex, wish)) zone.put(set);
    return zone;
  }
  const zoneKey = wish.zoneKey ?? generateZoneKey(13, 257);
  const signer = keySigner(apex, zoneKey);
  for (const set of signedSets(apex, { wish, mode, zoneKey }))
    zone.put({ ...set, signatures: mode === 'presigned' ? signer.sign(set, now) : [] });
  if (mode === 'online') {
    zone.signer = signer;
    signSet(zone, zone.soaRef, now);
  }
  return zone;
}

/** Signs with one key for all. */
export function keySigner(apex: Name, key: ZoneKey): SetSigner {
  return {
    validSeconds,
    sign: (set, now) => [
      signRecordSet(set, key, { apex, inception: now - 3600, expiration: now + validSeconds }),
    ],
  };
}

function* plainSets(apex: Name, { keys = 3, keyOctets: octets, more }: KeyZoneWish): Generator<RecordSet> {
  const primary = parseName('ns1.example.org');
  const mailbox = parseName('hostmaster.example.org');
  const times = { refreshSeconds: 3600, retrySeconds: 600, expireSeconds: 432_000, minimumSeconds: 900 };
  yield recordSet(apex, rrTypes.SOA, encodeData(rrTypes.SOA, { primary, mailbox, serial: 1, ...times }));
  yield recordSet(apex, rrTypes.NS, encodeData(rrTypes.NS, { target: primary }));
  for (let key = 0; key < keys; key += 1)
    yield recordSet(hashedOwner(key, apex), rrTypes.OPENPGPKEY, keyOctets(key, octets));
  yield* more?.(apex) ?? [];
}

function* signedSets(
  apex: Name,
  { wish, mode, zoneKey }: { wish: KeyZoneWish; mode: ZoneMode; zoneKey: ZoneKey },
): Generator<RecordSet> {
  const types = new Map<string, { owner: Name; types: number[] }>();
  const own = [recordSet(apex, rrTypes.DNSKEY, zoneKey.dnskey)];
  if (mode === 'presigned') own.push(nsec3ParamSet(apex));
  for (const sets of [plainSets(apex, wish), own]) {
    for (const set of sets) {
      const known = types.get(nameKey(set.owner));
      if (known) known.types.push(set.type);
      else types.set(nameKey(set.owner), { owner: set.owner, types: [set.type] });
      yield set;
    }
  }
  if (mode !== 'presigned') return;
  for (const set of nsec3Sets(types.values(), { apex, ttlSeconds: 900 })) if (set) yield set;
}
