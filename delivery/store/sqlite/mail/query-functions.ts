import type { Database } from '../database.ts';
import { headOf } from './reads.ts';

/** Emails found by search filters, by the number that a query gave them. */
export type HitSets = Map<number, ReadonlySet<number>>;

/** Gives a connection the functions that queries use: `search_hit` and `field_matches`. */
export function installFunctions(database: Database, hits: HitSets): void {
  database.handle.function('search_hit', (set, place) => (hits.get(Number(set))?.has(Number(place)) ? 1 : 0));
  database.handle.function('field_matches', (account, sequence, name, contains) =>
    fieldMatches(headOf(database, Number(account), Number(sequence)), String(name), contains) ? 1 : 0,
  );
}

/** Whether the header block has the field (lower-case name), with the text in its unfolded value, if one is given. */
function fieldMatches(head: string, name: string, contains: unknown): boolean {
  const text = typeof contains === 'string' ? contains : null;
  for (const field of head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const colon = field.indexOf(':');
    if (colon < 0 || field.slice(0, colon).trimEnd().toLowerCase() !== name) continue;
    if (text === null || valueHolds(field.slice(colon + 1), text)) return true;
  }
  return false;
}

function valueHolds(value: string, text: string): boolean {
  if (value.toLowerCase().includes(text)) return true;
  // The block was read as Latin-1; a text beyond ASCII is compared as UTF-8 (RFC 6532).
  return Buffer.from(value, 'latin1').toString('utf8').toLowerCase().includes(text);
}
