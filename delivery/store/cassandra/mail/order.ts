import { DeliveryError } from '../../../errors.ts';
import type { CursorValue } from '../../page.ts';
import type { EmailSort } from '../../query.ts';
import type { KeywordThreads } from './filter.ts';
import type { LightRow } from './row.ts';

/** One key of an order: its value for a row, and the way it goes. */
export interface OrderKey {
  readonly of: (row: LightRow) => string | number;
  readonly ascending: boolean;
}

type Threads = (keyword: string) => KeywordThreads;
type Reader = (keyword: string, threads: Threads) => OrderKey['of'];

const readers: Readonly<Record<Exclude<EmailSort['key'], 'receivedAt'>, Reader>> = {
  sentAt: () => row => row.head.sentAt,
  size: () => row => row.head.sizeOctets,
  originator: () => row => row.head.originator,
  destination: () => row => row.head.destination,
  subject: () => row => row.head.subject,
  keyword: keyword => row => (row.keywords.includes(keyword) ? 1 : 0),
  threadKeywordAll: (keyword, threads) => row => {
    const { some, lacking } = threads(keyword);
    return some.has(row.head.threadId) && !lacking.has(row.head.threadId) ? 1 : 0;
  },
  threadKeywordSome: (keyword, threads) => row => (threads(keyword).some.has(row.head.threadId) ? 1 : 0),
};

/** The keys of an order, made total by the id, which is receivedAt with ties told apart. Nothing named: newest first. */
export function orderKeys(sort: readonly EmailSort[], threads: Threads): OrderKey[] {
  const keys: OrderKey[] = [];
  let lastAscending = false;
  for (const { key, keyword, ascending } of sort) {
    lastAscending = ascending;
    if (key === 'receivedAt') break;
    const reader = readers[key];
    if (!reader)
      throw new DeliveryError('badRequest', 'no such sort', { fields: { field: 'unsupportedSort', key } });
    keys.push({ of: reader(keyword ?? '', threads), ascending });
  }
  return [...keys, { of: row => row.id, ascending: lastAscending }];
}

/** Whether the order is that of ids alone, in which buckets are walked. */
export function isById(keys: readonly OrderKey[]): boolean {
  return keys.length === 1;
}

/** Keywords of threads that the order asks about. */
export function threadKeywordsOf(sort: readonly EmailSort[]): string[] {
  return sort.flatMap(({ key, keyword }) => (key.startsWith('threadKeyword') ? [keyword ?? ''] : []));
}

/** Where the values of one row stand to those of another: below zero before, above zero behind. */
export function compareValues(
  keys: readonly OrderKey[],
  one: readonly CursorValue[],
  other: readonly CursorValue[],
): number {
  for (const [index, { ascending }] of keys.entries()) {
    const [first, second] = [one[index] ?? '', other[index] ?? ''];
    if (first === second) continue;
    return first < second === ascending ? -1 : 1;
  }
  return 0;
}

export function valuesOf(keys: readonly OrderKey[], row: LightRow): CursorValue[] {
  return keys.map(({ of }) => of(row));
}
