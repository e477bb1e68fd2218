import { type Caches, cachesAt, isSafeToOffer, isSafeToServe, type Serving } from './key-caches.ts';
import { type KeyPolicy, rolesOf } from './key-policy.ts';
import { type KeptKey, signsKeys, signsZone, type ZoneKeys } from './zone-keys.ts';

/** What is to be served and offered from now on. */
export interface Plan {
  readonly serving: Serving;
  /** Ids of the keys that DS shall name; null for no word to the parent yet. */
  readonly offer: readonly string[] | null;
}

/** Newest key of each role that the policy asks for, in its algorithm; the others are to go. */
export function wantedKeys(keys: ZoneKeys, policy: KeyPolicy): KeptKey[] {
  return rolesOf(policy)
    .map(role => keys.keys.findLast(key => key.role === role && key.algorithm === policy.algorithm))
    .filter(key => key !== undefined);
}

interface Walk {
  readonly keys: ZoneKeys;
  readonly wanted: readonly KeptKey[];
  readonly caches: Caches;
  readonly current: Serving | null;
}

/**
 * Goes as far from what is served now towards the wanted keys alone as is safe. Each step is tried as it is and taken
 * when no resolver could fail by it (`isSafeToServe`), so the waits of a roll are not written down anywhere: they are
 * the time until a step becomes safe. With keys of one algorithm this makes a ZSK roll by pre-publication and a KSK
 * roll by double signature (RFC 7583 §3.2.1, §3.3.1); with two, the conservative order of RFC 6781 §4.1.4: signatures,
 * DNSKEY, DS, and back out in reverse. A zone that is withdrawn stays as it is and asks for no DS.
 */
export function planSteps(keys: ZoneKeys, policy: KeyPolicy, now: number): Plan {
  const wanted = wantedKeys(keys, policy);
  const caches = cachesAt(keys, now, policy);
  const current = keys.served.at(-1) ?? null;
  const walk: Walk = { keys, wanted, caches, current };
  let serving: Serving = { dnskey: current?.dnskey ?? [], signers: current?.signers ?? [] };
  if (policy.isWithdrawn) return { serving, offer: current === null ? null : [] };
  const isWhole = wanted.length === rolesOf(policy).length;
  // Nothing is done for half of the keys: the other half is being made.
  if (isWhole) for (let next = step(serving, walk); next !== null; next = step(serving, walk)) serving = next;
  return { serving, offer: isWhole ? planOffer(serving, walk) : null };
}

function step(serving: Serving, walk: Walk): Serving | null {
  for (const tries of [newSigners, newlyPublished, unpublished, unused]) {
    for (const next of tries(serving, walk)) {
      const isSafe = isSafeToServe({ now: walk.current, next }, walk.caches, walk.keys.keys);
      if (isSafe) return next;
    }
  }
  return null;
}

/** A wanted key signs the zone: instead of those of its algorithm, or beside the others. */
function newSigners({ dnskey, signers }: Serving, { wanted, keys }: Walk): Serving[] {
  const fresh = wanted.filter(key => signsZone(key) && !signers.includes(key.id));
  return fresh.map(({ id, algorithm }) => {
    const replaced = keys.keys.filter(key => key.algorithm === algorithm).map(key => key.id);
    return { dnskey, signers: [...signers.filter(signer => !replaced.includes(signer)), id] };
  });
}

/** All wanted keys stand in DNSKEY; together, as a new algorithm has to be whole from the start. */
function newlyPublished({ dnskey, signers }: Serving, { wanted }: Walk): Serving[] {
  const fresh = wanted.map(({ id }) => id).filter(id => !dnskey.includes(id));
  return fresh.length === 0 ? [] : [{ dnskey: [...dnskey, ...fresh], signers }];
}

/** Keys that are not wanted leave DNSKEY: all, or those of one algorithm, or one. */
function unpublished({ dnskey, signers }: Serving, walk: Walk): Serving[] {
  const leaving = walk.keys.keys.filter(key => dnskey.includes(key.id) && mayLeave(key, walk));
  const groups = [
    leaving,
    ...[...new Set(leaving.map(key => key.algorithm))].map(algorithm =>
      leaving.filter(key => key.algorithm === algorithm),
    ),
    ...leaving.map(key => [key]),
  ];
  return groups
    .filter(group => group.length > 0)
    .map(group => ({ dnskey: dnskey.filter(id => !group.some(key => key.id === id)), signers }));
}

/** A key that is in no DNSKEY set any more stops signing. */
function unused({ dnskey, signers }: Serving, { wanted }: Walk): Serving[] {
  const needed = (id: string) => dnskey.includes(id) || wanted.some(key => key.id === id);
  const left = signers.filter(needed);
  return left.length < signers.length ? [{ dnskey, signers: left }] : [];
}

/**
 * Whether an unwanted key may leave DNSKEY. One that DS may name only once the parent names its follower everywhere
 * and this one nowhere, also not in caches; a zone without DS keeps both: somebody may be on the way with either.
 */
function mayLeave(key: KeptKey, { wanted, caches, keys }: Walk): boolean {
  if (wanted.some(({ id }) => id === key.id)) return false;
  if (!signsKeys(key)) return true;
  const follower = wanted.find(signsKeys);
  const live = keys.parent.filter(({ goneAt }) => goneAt === null);
  const isFollowed = live.length > 0 && live.every(set => set.keys.includes(follower?.id ?? ''));
  return isFollowed && !caches.ds.some(ds => ds.includes(key.id));
}

/** The parent is asked for the wanted key alone, as soon as its DS would do everywhere. */
function planOffer(serving: Serving, { wanted, caches, keys }: Walk): readonly string[] | null {
  const key = wanted.find(signsKeys);
  if (key === undefined || !isSafeToOffer([key.id], serving, { caches, keys: keys.keys })) return null;
  return [key.id];
}
