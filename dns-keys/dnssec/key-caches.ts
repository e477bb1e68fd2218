import type { KeyPolicy } from './key-policy.ts';
import {
  type KeptKey,
  type Offer,
  type ParentSet,
  type Served,
  signsKeys,
  type ZoneKeys,
} from './zone-keys.ts';

/** Keys that DNSKEY may hold and that sign the zone: what is served, or might be. */
export type Serving = Pick<Served, 'dnskey' | 'signers'>;

/** When the last cache has forgotten the DNSKEY set of an earlier time. */
export function dnskeyForgottenAt({ until, dnskeyTtlSeconds }: Served, policy: KeyPolicy): number {
  return until === null
    ? Infinity
    : until + policy.propagationSeconds + policy.safetySeconds + dnskeyTtlSeconds;
}

/** When the last cache has forgotten the signatures of an earlier time. */
export function zoneForgottenAt({ until, zoneTtlSeconds }: Served, policy: KeyPolicy): number {
  return until === null
    ? Infinity
    : until + policy.propagationSeconds + policy.safetySeconds + zoneTtlSeconds;
}

/** When the last cache has forgotten a DS set. */
export function dsForgottenAt({ goneAt, ttlSeconds }: ParentSet, policy: KeyPolicy): number {
  return goneAt === null ? Infinity : goneAt + dsTtl(ttlSeconds, policy) + policy.safetySeconds;
}

/** How long a DS set counts as cached. */
export function dsTtl(seenSeconds: number, { leastDsTtlSeconds }: KeyPolicy): number {
  return Math.max(seenSeconds, leastDsTtlSeconds);
}

/** Until when the parent may act on an offer, so that its DS set may turn up. */
export function offerEndsAt({ until }: Offer, { zoneTtlSeconds }: Served, policy: KeyPolicy): number {
  if (until === null) return Infinity;
  return (
    until + policy.propagationSeconds + policy.safetySeconds + zoneTtlSeconds + policy.parentDelaySeconds
  );
}

/** All that a resolver may hold at a moment, each of the three from another time. */
export interface Caches {
  /** Ids of our keys in each DS set: seen, or offered. */
  readonly ds: readonly (readonly string[])[];
  readonly dnskeys: readonly (readonly string[])[];
  readonly signers: readonly (readonly string[])[];
}

export function cachesAt(keys: ZoneKeys, now: number, policy: KeyPolicy): Caches {
  return {
    ds: [
      ...keys.parent.filter(one => now < dsForgottenAt(one, policy)).map(one => one.keys),
      ...keys.offers.filter(one => now < (one.deadAt ?? Infinity)).map(one => one.keys),
    ],
    dnskeys: keys.served.filter(one => now < dnskeyForgottenAt(one, policy)).map(one => one.dnskey),
    signers: keys.served.filter(one => now < zoneForgottenAt(one, policy)).map(one => one.signers),
  };
}

/** Whether a resolver with this DS set, this DNSKEY set and sets signed by these keys finds the zone valid. */
type Judge = (ds: readonly string[], dnskey: readonly string[], signers: readonly string[]) => boolean;

/**
 * The strictest reading of RFC 4035 §2.2, which some resolvers hold to (RFC 6840 §5.11 frees them): each algorithm of
 * DS signs DNSKEY, and each algorithm of DNSKEY signs DNSKEY and every other set.
 */
function judgeOf(keys: readonly KeptKey[]): Judge {
  const byId = new Map(keys.map(key => [key.id, key]));
  const known = (ids: readonly string[]) => ids.map(id => byId.get(id)).filter(key => key !== undefined);
  return (ds, dnskey, signers) => {
    if (ds.length === 0) return true;
    const published = known(dnskey);
    const trusted = published.filter(key => ds.includes(key.id) && signsKeys(key));
    const signing = published.filter(key => signers.includes(key.id));
    return (
      known(ds).every(({ algorithm }) => trusted.some(key => key.algorithm === algorithm)) &&
      published.every(
        ({ algorithm }) =>
          published.some(key => signsKeys(key) && key.algorithm === algorithm) &&
          signing.some(key => key.algorithm === algorithm),
      )
    );
  };
}

/**
 * Whether `next` may be served in place of `now`: no resolver, whatever it still holds, fails with it that would not
 * fail as things are (a DS that names no key of ours makes all fail, and must not stop what mends it).
 */
export function isSafeToServe(
  { now, next }: { now: Serving | null; next: Serving },
  caches: Caches,
  keys: readonly KeptKey[],
): boolean {
  if (now === null) return true;
  const isValid = judgeOf(keys);
  const holds = (ds: readonly string[], serving: Serving) => [
    isValid(ds, serving.dnskey, serving.signers),
    ...caches.signers.map(signers => isValid(ds, serving.dnskey, signers)),
    ...caches.dnskeys.map(dnskey => isValid(ds, dnskey, serving.signers)),
  ];
  return caches.ds.every(ds => {
    const before = holds(ds, now);
    return holds(ds, next).every((valid, at) => valid || before[at] === false);
  });
}

/** Whether the parent may be asked for a DS of these keys: every resolver that gets it finds the zone valid. */
export function isSafeToOffer(
  ds: readonly string[],
  serving: Serving,
  { caches, keys }: { caches: Caches; keys: readonly KeptKey[] },
): boolean {
  const isValid = judgeOf(keys);
  return [serving.dnskey, ...caches.dnskeys].every(dnskey =>
    [serving.signers, ...caches.signers].every(signers => isValid(ds, dnskey, signers)),
  );
}
