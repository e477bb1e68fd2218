import type { Nsec3Chain } from '../dnssec/nsec3-chain.ts';
import { type Name, nameKey } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import { setKey } from '../transfer/zone-change.ts';
import type { ZoneSnapshot } from '../transfer/zone-versions.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { Zone } from '../zone/zone.ts';
import { Breath } from './breath.ts';
import type { OwnerChange } from './kept-zone.ts';

/** Owner names and the types that stand at each. */
class OwnerTypes {
  readonly #owners = new Map<string, { owner: Name; types: number[] }>();

  add({ owner, type }: Pick<RecordSet, 'owner' | 'type'>): void {
    const key = nameKey(owner);
    const known = this.#owners.get(key);
    if (known) known.types.push(type);
    else this.#owners.set(key, { owner, types: [type] });
  }

  values(): Iterable<{ owner: Name; types: readonly number[] }> {
    return this.#owners.values();
  }
}

/** Puts a version that was read into an empty zone and its chain; false when it has not the NSEC3 records of its owners. */
export async function loadSigned(
  snapshot: ZoneSnapshot,
  { zone, chain }: { zone: Zone; chain: Nsec3Chain },
): Promise<boolean> {
  const breath = new Breath();
  const owners = new OwnerTypes();
  let denials = 0;
  const take = (set: RecordSet) => {
    zone.put(set);
    if (set.type === rrTypes.NSEC3) denials += 1;
    else owners.add(set);
  };
  try {
    take(snapshot.soa);
    for await (const sets of snapshot.sets()) {
      for (const set of sets) take(set);
      await breath.take();
    }
  } finally {
    await snapshot.close();
  }
  for (const _ of chain.loading(owners.values())) await breath.take();
  return denials === chain.size;
}

/**
 * All sets of a zone with these changes and a chain of their own, each signed and put into the zone `after`, which has its
 * SOA already. Those who take them may take their time; the zone before must not change meanwhile.
 */
export async function* signedAnew(
  before: Zone,
  changes: readonly OwnerChange[],
  to: {
    readonly after: Zone;
    readonly chain: Nsec3Chain;
    readonly sign: (set: RecordSet) => readonly Uint8Array[];
  },
): AsyncGenerator<RecordSet> {
  const { after, chain, sign } = to;
  const breath = new Breath();
  const owners = new OwnerTypes();
  owners.add({ owner: after.apex, type: rrTypes.SOA });
  const signed = (set: RecordSet): RecordSet => {
    const made = { ...set, signatures: sign(set) };
    after.put(made);
    return made;
  };
  for (const set of plainSets(before, changes)) {
    owners.add(set);
    yield signed(set);
    await breath.take();
  }
  for (const set of chain.loading(owners.values())) {
    if (set) yield signed(set);
    await breath.take();
  }
}

/** What is not made of other sets: neither SOA nor NSEC3. */
function* plainSets(zone: Zone, changes: readonly OwnerChange[]): Generator<RecordSet> {
  const changed = new Set(changes.map(setKey));
  for (const { set } of changes) if (set) yield set;
  for (const set of zone.sets()) {
    const isMade = set.type === rrTypes.NSEC3 || set.type === rrTypes.SOA;
    if (!isMade && !changed.has(setKey(set))) yield set;
  }
}
