import type { PublishedKey } from '../../delivery/store/store.ts';
import { canonicalRecordSet } from '../dnssec/canonical.ts';
import type { Name } from '../name.ts';
import type { KeyKind } from '../owner-name.ts';
import { publishedOwnerNames } from '../owner-name.ts';
import { recordsOfPublished } from '../published-records.ts';
import { rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { OwnerChange } from './kept-zone.ts';

export const typeOfKind = { openpgp: rrTypes.OPENPGPKEY, smime: rrTypes.SMIMEA } as const;

/** The sets of a published key in its zone: one for each owner name of the address. */
export function keySets(key: PublishedKey, apex: Name, ttlSeconds: number): RecordSet[] {
  const { type, rdatas } = recordsOfPublished(key);
  return publishedOwnerNames(key.localPart, apex).map(owner =>
    canonicalRecordSet({ owner, type, ttlSeconds, rdatas }),
  );
}

/** What a change of an address does to its zone: what `key` has, null for nothing, and nothing else. */
export function keyChanges(
  localPart: string,
  key: PublishedKey | null,
  zone: { readonly apex: Name; readonly kind: KeyKind; readonly ttlSeconds: number },
): OwnerChange[] {
  const type = typeOfKind[zone.kind];
  const sets = key ? keySets(key, zone.apex, zone.ttlSeconds) : [];
  const changes: OwnerChange[] = sets.map(set => ({ owner: set.owner, type, set }));
  // The letters of the address may have been others before.
  for (const owner of publishedOwnerNames(localPart, zone.apex))
    if (!sets.some(set => Buffer.compare(set.owner, owner) === 0)) changes.push({ owner, type, set: null });
  return changes;
}
