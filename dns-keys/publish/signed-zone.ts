import { nsec3Sets } from '../dnssec/nsec3-chain.ts';
import { rrTypes } from '../rr/table.ts';
import { setKey } from '../transfer/zone-change.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { Zone } from '../zone/zone.ts';
import { Breath } from './breath.ts';
import type { OwnerChange } from './kept-zone.ts';

/**
 * All sets of a zone with these changes and a chain of their own, each signed and put into the zone `after`, which has its
 * SOA already. Those who take them may take their time; the zone before must not change meanwhile.
 */
export async function* signedAnew(
  before: Zone,
  changes: readonly OwnerChange[],
  to: {
    readonly after: Zone;
    /** TTL of NSEC3 records. */
    readonly denialTtl: number;
    readonly sign: (set: RecordSet) => readonly Uint8Array[];
  },
): AsyncGenerator<RecordSet> {
  const { after, denialTtl, sign } = to;
  const breath = new Breath();
  const signed = (set: RecordSet): RecordSet => {
    const made = { ...set, signatures: sign(set) };
    after.put(made);
    return made;
  };
  for (const set of plainSets(before, changes)) {
    yield signed(set);
    await breath.take();
  }
  const chain = { apex: after.apex, ttlSeconds: denialTtl };
  for (const set of nsec3Sets(after.owners(), chain)) {
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
