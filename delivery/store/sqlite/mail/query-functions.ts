import { headHolds } from '../../../search/fields.ts';
import type { Database } from '../database.ts';
import { headOf } from './reads.ts';

/** Emails found by search filters, by the number that a query gave them. */
export type HitSets = Map<number, ReadonlySet<number>>;

/** Gives a connection the functions that queries use: `search_hit` and `field_matches`. */
export function installFunctions(database: Database, hits: HitSets): void {
  database.handle.function('search_hit', (set, place) => (hits.get(Number(set))?.has(Number(place)) ? 1 : 0));
  database.handle.function('field_matches', (account, sequence, name, contains) =>
    headHolds(headOf(database, Number(account), Number(sequence)), String(name), textOrNull(contains))
      ? 1
      : 0,
  );
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
