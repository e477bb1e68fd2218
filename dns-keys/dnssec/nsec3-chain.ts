import { equalNames, isAtOrBelow, type Name, parentName } from '../name.ts';
import { encodeData, rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { nsec3Hash, nsec3Owner, nsec3Parameters } from './nsec3.ts';

/** What the NSEC3 records of a zone have in common. */
export interface Nsec3Zone {
  readonly apex: Name;
  /** That of negative answers, `denialTtl` (RFC 9077). */
  readonly ttlSeconds: number;
}

/** What the NSEC3 record of a hash says. Hashes are 20 octets as latin1, so that they can be keys and compare as octets. */
export interface Nsec3Link {
  readonly next: string;
  /** Types of the owner without NSEC3 and RRSIG, ascending; none for an empty non-terminal. */
  readonly types: readonly number[];
}

/**
 * The NSEC3 record sets of a whole zone, by hash: for all its names, the apex among them, and the empty ones between
 * (RFC 5155 §7.1). Gives null where others may go on. The zone has no cuts below it.
 */
export function* nsec3Sets(
  owners: Iterable<{ owner: Name; types: readonly number[] }>,
  zone: Nsec3Zone,
): Generator<RecordSet | null> {
  const typesByHash = new Map<string, readonly number[]>();
  for (const { owner, types } of owners) {
    const kept = chainTypes(types);
    if (kept.length > 0) enter(typesByHash, { owner, types: kept, apex: zone.apex });
    yield null;
  }
  const order: string[] = [];
  const byOctet = Map.groupBy(typesByHash.keys(), hash => hash.charCodeAt(0));
  for (let octet = 0; octet < 256; octet += 1) {
    for (const hash of byOctet.get(octet)?.sort() ?? []) order.push(hash);
    yield null;
  }
  for (const [at, hash] of order.entries()) {
    const next = order[(at + 1) % order.length] ?? hash;
    yield nsec3Set(hash, { next, types: typesByHash.get(hash) ?? [] }, zone);
  }
}

function enter(
  typesByHash: Map<string, readonly number[]>,
  { owner, types, apex }: { owner: Name; types: readonly number[]; apex: Name },
): void {
  if (!isAtOrBelow(owner, apex)) throw new RangeError('an owner outside the zone');
  typesByHash.set(hashText(owner), types);
  for (let above = owner; !equalNames(above, apex); ) {
    above = parentName(above);
    const hash = hashText(above);
    // Those above it were entered with it.
    if (typesByHash.has(hash)) return;
    typesByHash.set(hash, []);
  }
}

/** Types as the record of a name tells them, ascending: without its own and that of signatures. */
export function chainTypes(types: readonly number[]): number[] {
  const kept = new Set(types);
  kept.delete(rrTypes.NSEC3);
  kept.delete(rrTypes.RRSIG);
  return [...kept].sort((one, other) => one - other);
}

/** The NSEC3 record set of a hash, unsigned. */
export function nsec3Set(
  hash: string,
  { next, types }: Nsec3Link,
  { apex, ttlSeconds }: Nsec3Zone,
): RecordSet {
  const rdata = encodeData(rrTypes.NSEC3, {
    ...nsec3Parameters,
    nextHash: Buffer.from(next, 'latin1'),
    // An empty non-terminal has nothing that could be signed.
    types: types.length === 0 ? [] : [...types, rrTypes.RRSIG],
  });
  const owner = nsec3Owner(Buffer.from(hash, 'latin1'), apex);
  return { owner, type: rrTypes.NSEC3, ttlSeconds, rdatas: [rdata], signatures: [] };
}

/** The hash of a name as `Nsec3Link` has it. */
export function hashText(owner: Name): string {
  return Buffer.from(nsec3Hash(owner)).toString('latin1');
}
