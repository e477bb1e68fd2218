import type { Nsec3Chain } from '../dnssec/nsec3-chain.ts';
import { equalNames, type Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import { setKey } from '../transfer/zone-change.ts';
import type { Zone } from '../zone/zone.ts';
import type { OwnerChange } from './kept-zone.ts';

/** Types that the apex of a presigned zone, and any other owner, may have; NSEC3 apart. */
const apexTypes = [rrTypes.SOA, rrTypes.NS, rrTypes.DNSKEY, rrTypes.CDS, rrTypes.CDNSKEY, rrTypes.NSEC3PARAM];
const ownerTypes = [rrTypes.OPENPGPKEY, rrTypes.SMIMEA];

/** What changes of owners do to the NSEC3 records of their zone. The chain is changed by it, until `undo` is called. */
export function chainChanges(
  changes: readonly OwnerChange[],
  { zone, chain }: { zone: Zone; chain: Nsec3Chain },
): { readonly changes: OwnerChange[]; readonly undo: () => void } {
  const done: OwnerChange[] = [];
  const before: { owner: Name; types: readonly number[] }[] = [];
  const byOwner = Map.groupBy(changes, change => setKey({ owner: change.owner, type: 0 }));
  for (const group of byOwner.values()) {
    const owner = group[0]?.owner ?? zone.apex;
    const known = typesAt(owner, zone);
    const types = new Set(known);
    for (const { type, set } of group) {
      if (set) types.add(type);
      else types.delete(type);
    }
    before.unshift({ owner, types: known });
    const { put, removed } = chain.set(owner, [...types]);
    for (const gone of removed) done.push({ owner: gone, type: rrTypes.NSEC3, set: null });
    for (const set of put) done.push({ owner: set.owner, type: set.type, set });
  }
  const undo = () => {
    for (const { owner, types } of before) chain.set(owner, types);
  };
  return { changes: done, undo };
}

function typesAt(owner: Name, zone: Zone): number[] {
  const types = equalNames(owner, zone.apex) ? apexTypes : ownerTypes;
  return types.filter(type => zone.get(owner, type) !== null);
}
