import { parseName } from '../name.ts';
import { dsDigest } from './delegation.ts';
import { dsTtl, offerEndsAt } from './key-caches.ts';
import type { KeyPolicy } from './key-policy.ts';
import { type Offer, type ParentSet, signsKeys, type ZoneKeys } from './zone-keys.ts';

/** What one nameserver of the parent gives as DS now. */
export interface ObservedDs {
  /** DS RDATA; none when it says that there is no DS. */
  readonly rdatas: readonly Uint8Array[];
  /** As that server gives it, not as a cache counts it down; of the negative answer when there is none. */
  readonly ttlSeconds: number;
}

/**
 * The document after a look at the parent. `observed` has what each of its nameservers gave, all of them; null when not
 * all answered, which changes nothing.
 */
export function observeParent(
  keys: ZoneKeys,
  observed: readonly ObservedDs[] | null,
  { now, policy }: { now: number; policy: KeyPolicy },
): ZoneKeys {
  if (observed === null || observed.length === 0) return keys;
  const seen = observed.map(one => parentSet(keys, one, now));
  const known = keys.parent.map(one => lookedFor(one, seen, now));
  const added: ParentSet[] = [];
  for (const one of seen)
    if (![...known, ...added].some(other => other.goneAt === null && isSameSet(one, other))) added.push(one);
  const ttl = dsTtl(Math.max(...seen.map(({ ttlSeconds }) => ttlSeconds)), policy);
  const offers = keys.offers.map(offer => endedOffer(keys, offer, { now, policy, ttl }));
  return { ...keys, parent: [...known, ...added], offers };
}

/** A known set after the look: there with the longest TTL, or gone since now. */
function lookedFor(known: ParentSet, seen: readonly ParentSet[], now: number): ParentSet {
  if (known.goneAt !== null) return known;
  const again = seen.filter(one => isSameSet(one, known));
  if (again.length === 0) return { ...known, goneAt: now };
  const ttlSeconds = Math.max(known.ttlSeconds, ...again.map(one => one.ttlSeconds));
  return ttlSeconds === known.ttlSeconds ? known : { ...known, ttlSeconds };
}

/**
 * An offer that the parent no longer acts on. Its DS set may have come and gone between two looks, so it is in caches
 * for a TTL more from the first look behind its end.
 */
function endedOffer(
  { served }: ZoneKeys,
  offer: Offer,
  { now, policy, ttl }: { now: number; policy: KeyPolicy; ttl: number },
): Offer {
  const serving = served.at(-1);
  if (offer.deadAt !== null || serving === undefined) return offer;
  if (now < offerEndsAt(offer, serving, policy)) return offer;
  return { ...offer, deadAt: now + ttl + policy.safetySeconds };
}

function parentSet(keys: ZoneKeys, { rdatas, ttlSeconds }: ObservedDs, now: number): ParentSet {
  const named = new Set<string>();
  const foreign = new Set<string>();
  for (const rdata of rdatas) {
    const id = namedKey(keys, rdata);
    if (id === null) foreign.add(Buffer.from(rdata).toString('hex'));
    else named.add(id);
  }
  return {
    keys: [...named].sort(),
    foreign: [...foreign].sort(),
    ttlSeconds,
    firstSeenAt: now,
    goneAt: null,
  };
}

/** Id of the key that DS RDATA name; null when it is none of ours. */
function namedKey({ apex, keys }: ZoneKeys, rdata: Uint8Array): string | null {
  const tag = ((rdata[0] ?? 0) << 8) | (rdata[1] ?? 0);
  const [algorithm, digestType] = [rdata[2], rdata[3] ?? 0];
  for (const key of keys) {
    if (key.tag !== tag || key.algorithm !== algorithm || !signsKeys(key)) continue;
    const digest = dsDigest(parseName(apex), Buffer.from(key.dnskey, 'base64'), digestType);
    if (digest !== null && Buffer.compare(digest, rdata.subarray(4)) === 0) return key.id;
  }
  return null;
}

function isSameSet(one: ParentSet, other: ParentSet): boolean {
  return one.keys.join() === other.keys.join() && one.foreign.join() === other.foreign.join();
}
