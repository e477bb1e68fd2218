import { unixSeconds } from '../../delivery/clock.ts';
import type { SigningAlgorithm } from './algorithms.ts';
import { dnskeyForgottenAt, dsForgottenAt, offerEndsAt, zoneForgottenAt } from './key-caches.ts';
import { hasClockJumped } from './key-clock.ts';
import { type ObservedDs, observeParent } from './key-parent.ts';
import { type KeyPolicy, lifetimeOf, rolesOf } from './key-policy.ts';
import { type Plan, planSteps, wantedKeys } from './key-steps.ts';
import { type KeptKey, type KeyRole, signsZone, type ZoneKeys } from './zone-keys.ts';

/** What is known besides the document. */
export interface KeyEvidence {
  /** See `observeParent`. Only what was validated, where the parent is signed: a forged DS could end a key too early. */
  readonly parent: readonly ObservedDs[] | null;
  /** TTL that DNSKEY shall have; it has the one that `servedKeys` tells. */
  readonly dnskeyTtlSeconds: number;
  /** Longest TTL that the other sets of the zone shall have, negative answers among them; as above. */
  readonly zoneTtlSeconds: number;
}

/** What changed, once each. */
export const keyEvents = [
  'published',
  'signs',
  'active',
  'retired',
  'removed',
  'dropped',
  'offered',
] as const;
export type KeyEvent = (typeof keyEvents)[number];

/**
 * How things stand: `clockJumped` nothing goes on until `acceptClock`; `waitsForDs` the parent does not name the key
 * that it is asked to name, or still names others; `brokenDs` the parent names keys, but none of ours: resolvers refuse
 * the zone; `tooManyKeys` a roll that was asked for waits for earlier ones; `released` the zone was withdrawn and no
 * resolver expects signatures any more.
 */
export const keyConditions = ['clockJumped', 'waitsForDs', 'brokenDs', 'tooManyKeys', 'released'] as const;
export type KeyCondition = (typeof keyConditions)[number];

export interface WantedKey {
  readonly role: KeyRole;
  readonly algorithm: SigningAlgorithm;
}

export interface Advance {
  /** The very same document when there is nothing to store. To be stored before it is served. */
  readonly keys: ZoneKeys;
  /** When to call again at the latest. */
  readonly due: Date;
  /** Keys to make and `addKey`; then call again. */
  readonly wanted: readonly WantedKey[];
  readonly events: readonly { readonly event: KeyEvent; readonly id: string }[];
  readonly conditions: readonly KeyCondition[];
}

/** How often a roll that waits for the parent looks there. */
const parentPollSeconds = 3600;
/** The last look is stored this often, so that a jump of the clock is seen. */
const noteSeconds = 12 * 3600;
/** Keys of one role and algorithm at most: DNSKEY has to stay small. */
const mostKeys = 3;

/**
 * Takes a zone's keys as far as time and the parent allow (RFC 7583, with the conditions tested in place of waits
 * counted: see `planSteps`). Pure. With a clock that jumped it changes nothing and says so.
 */
export function advance(
  keys: ZoneKeys,
  { now, policy, evidence }: { now: Date; policy: KeyPolicy; evidence: KeyEvidence },
): Advance {
  const isJump = hasClockJumped(keys, now);
  if (isJump) {
    const due = later(now, parentPollSeconds);
    return { keys, due, wanted: [], events: [], conditions: ['clockJumped'] };
  }
  // Another machine's clock may be a little ahead of ours.
  const moment = Math.max(unixSeconds(now), keys.lastAt ?? 0);
  const seen = forget(observeParent(keys, evidence.parent, { now: moment, policy }), policy, moment);
  const served = serve(seen, planSteps(seen, policy, moment), { now: moment, evidence });
  const kept = dropKeys(noteTimes(served, policy, moment), policy);
  const wanted = keysToMake(kept, policy, moment);
  const isNoted = keys.lastAt !== null && moment - keys.lastAt < noteSeconds;
  const isSame = isNoted && JSON.stringify(kept) === JSON.stringify(keys);
  return {
    keys: isSame ? keys : { ...kept, lastAt: moment },
    due: dueAt(kept, policy, { now: moment, lastAt: isSame ? keys.lastAt : moment }),
    wanted: wanted.keys,
    events: eventsBetween(keys, kept),
    conditions: [...conditionsOf(kept, policy), ...wanted.conditions],
  };
}

/** Leaves out what no cache can hold any more. */
function forget(keys: ZoneKeys, policy: KeyPolicy, now: number): ZoneKeys {
  return {
    ...keys,
    served: keys.served.filter(
      one => now < Math.max(dnskeyForgottenAt(one, policy), zoneForgottenAt(one, policy)),
    ),
    parent: keys.parent.filter(one => now < dsForgottenAt(one, policy)),
    offers: keys.offers.filter(one => now < (one.deadAt ?? Infinity)),
  };
}

/** The document with the plan served and offered from now on. */
function serve(
  keys: ZoneKeys,
  { serving, offer }: Plan,
  { now, evidence }: { now: number; evidence: KeyEvidence },
): ZoneKeys {
  const { dnskeyTtlSeconds, zoneTtlSeconds } = evidence;
  const next = { from: now, until: null, ...serving, dnskeyTtlSeconds, zoneTtlSeconds };
  const current = keys.served.at(-1);
  const isSame = current !== undefined && JSON.stringify({ ...next, from: current.from }) === textOf(current);
  const isEmpty = current === undefined && serving.dnskey.length === 0;
  const asked = keys.offers.at(-1);
  const isAsked = offer === null || asked?.keys.join() === offer.join();
  return {
    ...keys,
    served: isSame || isEmpty ? keys.served : [...ended(keys.served, now), next],
    offers: isAsked
      ? keys.offers
      : [...ended(keys.offers, now), { from: now, until: null, keys: offer, deadAt: null }],
  };
}

/** JSON with the fields in one order. */
function textOf({
  from,
  until,
  dnskey,
  signers,
  dnskeyTtlSeconds,
  zoneTtlSeconds,
}: ZoneKeys['served'][number]): string {
  return JSON.stringify({ from, until, dnskey, signers, dnskeyTtlSeconds, zoneTtlSeconds });
}

function ended<T extends { until: number | null }>(list: readonly T[], now: number): T[] {
  return list.map(one => (one.until === null ? { ...one, until: now } : one));
}

/** Notes on each key when it came to what it is. */
function noteTimes(keys: ZoneKeys, policy: KeyPolicy, now: number): ZoneKeys {
  const wanted = wantedKeys(keys, policy);
  const serving = keys.served.at(-1);
  const live = keys.parent.filter(({ goneAt }) => goneAt === null);
  const isNamed = (id: string) => live.length > 0 && live.every(set => set.keys.includes(id));
  const noted = keys.keys.map(key => {
    const isPublished = serving?.dnskey.includes(key.id) ?? false;
    const isSigning = serving?.signers.includes(key.id) ?? false;
    const isActive = signsZone(key) ? isSigning : isNamed(key.id);
    const isWanted = wanted.some(({ id }) => id === key.id);
    const isRemoved = key.publishedAt !== null && !isPublished;
    return {
      ...key,
      publishedAt: key.publishedAt ?? (isPublished ? now : null),
      activeAt: key.activeAt ?? (isActive ? now : null),
      retiredAt: isWanted ? null : (key.retiredAt ?? now),
      removedAt: isRemoved ? (key.removedAt ?? now) : null,
    };
  });
  return { ...keys, keys: noted };
}

/** Leaves out keys that nothing and nobody needs: not wanted, not served, in no cache. */
function dropKeys(keys: ZoneKeys, policy: KeyPolicy): ZoneKeys {
  const needed = new Set([
    ...wantedKeys(keys, policy).map(({ id }) => id),
    ...keys.served.flatMap(({ dnskey, signers }) => [...dnskey, ...signers]),
    ...keys.offers.flatMap(offer => offer.keys),
    ...keys.parent.flatMap(set => set.keys),
  ]);
  return { ...keys, keys: keys.keys.filter(({ id }) => needed.has(id)) };
}

/** Keys to be made: none there, asked for, or too old. One roll by age at a time; none of a zone that is withdrawn. */
function keysToMake(
  keys: ZoneKeys,
  policy: KeyPolicy,
  now: number,
): { keys: WantedKey[]; conditions: KeyCondition[] } {
  const { algorithm, isWithdrawn } = policy;
  if (isWithdrawn) return { keys: [], conditions: [] };
  const wanted = wantedKeys(keys, policy);
  const made: WantedKey[] = [];
  const conditions: KeyCondition[] = [];
  for (const role of rolesOf(policy)) {
    const current = wanted.find(key => key.role === role);
    const isAsked = keys.requested.some(one => one === role || policy.isCombined);
    const isOld = keys.keys.length === wanted.length && isOver(current, policy, now);
    if (current !== undefined && !(isAsked || isOld)) continue;
    const alike = keys.keys.filter(key => key.role === role && key.algorithm === algorithm);
    if (alike.length < mostKeys) made.push({ role, algorithm });
    else conditions.push('tooManyKeys');
  }
  return { keys: made, conditions };
}

function isOver(key: KeptKey | undefined, policy: KeyPolicy, now: number): boolean {
  const end = key === undefined ? null : endOf(key, policy);
  return end !== null && now >= end;
}

function endOf({ role, tag, createdAt }: KeptKey, policy: KeyPolicy): number | null {
  const lifetime = lifetimeOf(policy, role, tag);
  return lifetime === null ? null : createdAt + lifetime;
}

function conditionsOf(keys: ZoneKeys, policy: KeyPolicy): KeyCondition[] {
  const live = keys.parent.filter(({ goneAt }) => goneAt === null);
  const offer = keys.offers.at(-1);
  const conditions: KeyCondition[] = [];
  const isPlaced = live.length > 0 && live.every(set => set.keys.join() === offer?.keys.join());
  if (offer !== undefined && !isPlaced) conditions.push('waitsForDs');
  if (live.some(set => set.foreign.length > 0 && set.keys.length === 0)) conditions.push('brokenDs');
  const isExpected = [...keys.parent, ...keys.offers].some(one => one.keys.length > 0);
  if (policy.isWithdrawn && isPlaced && !isExpected) conditions.push('released');
  return conditions;
}

function eventsBetween(before: ZoneKeys, after: ZoneKeys): Advance['events'] {
  const events: { event: KeyEvent; id: string }[] = [];
  const old = new Map(before.keys.map(key => [key.id, key]));
  const [was, is] = [before.served.at(-1), after.served.at(-1)];
  for (const key of after.keys) {
    const { id } = key;
    const earlier = old.get(id);
    if (key.publishedAt !== null && !earlier?.publishedAt) events.push({ event: 'published', id });
    if (is?.signers.includes(id) && !was?.signers.includes(id)) events.push({ event: 'signs', id });
    if (key.activeAt !== null && !earlier?.activeAt) events.push({ event: 'active', id });
    if (key.retiredAt !== null && !earlier?.retiredAt) events.push({ event: 'retired', id });
    if (key.removedAt !== null && !earlier?.removedAt) events.push({ event: 'removed', id });
  }
  for (const { id } of before.keys)
    if (!after.keys.some(key => key.id === id)) events.push({ event: 'dropped', id });
  const offer = after.offers.at(-1);
  if (offer !== undefined && offer.keys.join() !== before.offers.at(-1)?.keys.join())
    events.push({ event: 'offered', id: offer.keys.join() });
  return events;
}

/** The next moment at which something can change by time alone, or the parent is to be looked at. */
function dueAt(
  keys: ZoneKeys,
  policy: KeyPolicy,
  { now, lastAt }: { now: number; lastAt: number | null },
): Date {
  const serving = keys.served.at(-1);
  const ends = serving === undefined ? [] : keys.offers.map(offer => offerEndsAt(offer, serving, policy));
  const isWaiting = conditionsOf(keys, policy).includes('waitsForDs');
  const moments = [
    ...keys.served.flatMap(one => [dnskeyForgottenAt(one, policy), zoneForgottenAt(one, policy)]),
    ...keys.parent.map(one => dsForgottenAt(one, policy)),
    ...keys.offers.map(({ deadAt }) => deadAt ?? Infinity),
    ...ends,
    ...wantedKeys(keys, policy).map(key => endOf(key, policy) ?? Infinity),
    (lastAt ?? now) + noteSeconds,
    isWaiting ? now + parentPollSeconds : Infinity,
  ];
  return new Date(Math.min(...moments.filter(moment => moment > now)) * 1000);
}

function later(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
