import { DeliveryError } from '../../../errors.ts';
import type { CursorValue } from '../../page.ts';
import type { EmailSort } from '../../query.ts';
import { type Fragment, raw, sql } from './fragment.ts';
import { type FilterContext, threadKeywordSql } from './query-filter.ts';

/** One key of an order: its value for a row, and the way it goes. */
export interface OrderKey {
  readonly of: (alias: string) => Fragment;
  readonly ascending: boolean;
  /** It is the place: the list that is walked has it, too. */
  readonly isPlace?: boolean;
}

const byColumn = (name: string) => (): ((alias: string) => Fragment) => alias => raw(`${alias}.${name}`);

type Reader = (keyword: string, context: FilterContext) => (alias: string) => Fragment;

const readers: Readonly<Record<Exclude<EmailSort['key'], 'receivedAt'>, Reader>> = {
  sentAt: byColumn('sent_at'),
  size: byColumn('size'),
  originator: byColumn('originator'),
  destination: byColumn('destination'),
  subject: byColumn('subject'),
  keyword: keyword => alias => sql`(instr(${raw(`${alias}.keywords`)}, ${` ${keyword} `}) > 0)`,
  threadKeywordAll: (keyword, context) => alias => sql`(${threadKeywordSql('all', keyword, alias, context)})`,
  threadKeywordSome: (keyword, context) => alias =>
    sql`(${threadKeywordSql('some', keyword, alias, context)})`,
};

/**
 * The keys of an order, made total by the place, which is receivedAt with ties told apart. Nothing named: newest
 * first.
 */
export function orderKeys(sort: readonly EmailSort[], context: FilterContext): OrderKey[] {
  const keys: OrderKey[] = [];
  let lastAscending = false;
  for (const { key, keyword, ascending } of sort) {
    lastAscending = ascending;
    if (key === 'receivedAt') return [...keys, placeKey(ascending)];
    const reader = readers[key];
    if (!reader)
      throw new DeliveryError('badRequest', 'no such sort', { fields: { field: 'unsupportedSort', key } });
    keys.push({ of: reader(keyword ?? '', context), ascending });
  }
  return [...keys, placeKey(lastAscending)];
}

function placeKey(ascending: boolean): OrderKey {
  return { of: alias => raw(`${alias}.place`), ascending, isPlace: true };
}

/** Whether the order is that of places alone, so that lists can be walked by key. */
export function isByPlace(keys: readonly OrderKey[]): boolean {
  return keys.length === 1;
}

/** `placeAlias` is the table whose places are walked in their order. */
export function orderBy(keys: readonly OrderKey[], placeAlias: string, isReversed = false): Fragment {
  const terms = keys.map(({ of, ascending, isPlace }) => {
    const { sql: text, values } = of(isPlace ? placeAlias : 'e');
    return { sql: `${text} ${ascending !== isReversed ? 'asc' : 'desc'}`, values };
  });
  return { sql: terms.map(term => term.sql).join(', '), values: terms.flatMap(term => term.values) };
}

/** Whether `first` stands before `second` in the order; both are values of the keys. */
export function precedes(
  keys: readonly OrderKey[],
  first: readonly Fragment[],
  second: readonly Fragment[],
): Fragment {
  const [key, ...others] = keys;
  const [one, ...ones] = first;
  const [other, ...rest] = second;
  if (!key || !one || !other) return raw('0');
  const isLess = sql`${one} ${raw(key.ascending ? '<' : '>')} ${other}`;
  if (others.length === 0) return isLess;
  return sql`(${isLess} or (${one} = ${other} and ${precedes(others, ones, rest)}))`;
}

/** The key values of a row; the place is read from another table where one is named. */
export function keysOf(keys: readonly OrderKey[], alias: string, placeAlias = alias): Fragment[] {
  return keys.map(({ of, isPlace }) => of(isPlace ? placeAlias : alias));
}

/** Key values from a cursor. */
export function given(values: readonly CursorValue[]): Fragment[] {
  return values.map(value => sql`${value}`);
}
