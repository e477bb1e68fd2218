import { DeliveryError } from '../../../errors.ts';
import { type CursorValue, decodeCursor, encodeCursor, maxPage } from '../../page.ts';
import { asksInside } from '../../sealed-inside.ts';
import type { EmailQuery, EmailQueryResult, EmailRow } from '../../store.ts';
import { firstIdOf, lastIdOf, monthOfBucket } from './bucket.ts';
import type { Bucket, Buckets } from './buckets.ts';
import { type KeywordThreads, searchesIn, threadKeywordsIn } from './filter.ts';
import { compareValues, isById, type OrderKey, orderKeys, threadKeywordsOf, valuesOf } from './order.ts';
import type { LightRow } from './row.ts';
import type { Books, Tally } from './tally.ts';
import type { Walks } from './walk.ts';

/** What queries need. */
export interface QueryParts {
  readonly buckets: Buckets;
  readonly walks: Walks;
}

/** Results that are held to be sorted by anything but their date. */
const maxSorted = 50_000;

/** Everything a query is answered with. */
interface Plan {
  readonly parts: QueryParts;
  readonly accountId: string;
  readonly query: EmailQuery;
  readonly keys: readonly OrderKey[];
  readonly threads: ReadonlyMap<string, KeywordThreads>;
  /** Counted at most once. */
  readonly books: () => Promise<Books>;
}

/** `Mail.queryEmails`. */
export async function queryEmails(
  parts: QueryParts,
  accountId: string,
  query: EmailQuery,
): Promise<EmailQueryResult> {
  const plan = await planOf(parts, accountId, query);
  const limit = Math.min(Math.max(0, query.limit), maxPage);
  const start = await startOf(plan);
  const rows = await take(plan, start, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown.map(toRow),
    position: start.position,
    total: query.calculateTotal ? await totalOf(plan) : null,
    next: rows.length > limit && last ? encodeCursor(valuesOf(plan.keys, last)) : null,
    behind: false,
    incomplete:
      (searchesWords(query) || asksInside(query)) && (await parts.buckets.sums(accountId)).sealed > 0,
  };
}

async function planOf(parts: QueryParts, accountId: string, query: EmailQuery): Promise<Plan> {
  const keywords = new Set([...threadKeywordsIn(query.filter), ...threadKeywordsOf(query.sort)]);
  const threads = new Map<string, KeywordThreads>();
  for (const keyword of keywords) threads.set(keyword, await parts.walks.keywordThreads(accountId, keyword));
  const none = { some: new Set<string>(), lacking: new Set<string>() };
  const keys = orderKeys(query.sort, keyword => threads.get(keyword) ?? none);
  let books: Promise<Books> | null = null;
  return {
    parts,
    accountId,
    query,
    keys,
    threads,
    books: () => {
      books ??= parts.buckets.books(accountId);
      return books;
    },
  };
}

function searchesWords({ filter }: EmailQuery): boolean {
  return searchesIn(filter).some(leaf => 'search' in leaf);
}

/** The light row of a list. */
export function toRow({ id, head }: LightRow): EmailRow {
  return { id, threadId: head.threadId, receivedAt: new Date(head.receivedAt) };
}

/** All results in their order, in pieces; behind an id where the order is that of ids and threads are not folded. */
async function* results(plan: Plan, behind: string | null = null): AsyncGenerator<readonly LightRow[]> {
  const { parts, accountId, query, keys, threads } = plan;
  const byId = isById(keys);
  const ascending = byId && (keys[0]?.ascending ?? false);
  const found = parts.walks.find({ accountId, filter: query.filter, ascending, threads, behind });
  const ordered = byId ? found : sorted(found, keys);
  yield* query.collapseThreads ? folded(ordered) : ordered;
}

async function* sorted(
  found: AsyncIterable<readonly LightRow[]>,
  keys: readonly OrderKey[],
): AsyncGenerator<readonly LightRow[]> {
  const all: { row: LightRow; values: CursorValue[] }[] = [];
  for await (const rows of found) {
    for (const row of rows) all.push({ row, values: valuesOf(keys, row) });
    if (all.length > maxSorted)
      throw new DeliveryError('badRequest', `more than ${maxSorted} results are sorted by date alone`, {
        fields: { field: 'unsupportedSort' },
      });
  }
  all.sort((one, other) => compareValues(keys, one.values, other.values));
  yield all.map(({ row }) => row);
}

/** Of each thread the first email. */
async function* folded(found: AsyncIterable<readonly LightRow[]>): AsyncGenerator<readonly LightRow[]> {
  const seen = new Set<string>();
  for await (const rows of found) {
    yield rows.filter(({ head }) => {
      if (seen.has(head.threadId)) return false;
      seen.add(head.threadId);
      return true;
    });
  }
}

/** Where an answer begins. */
interface Start {
  /** Behind the row with these values; of none: behind all. */
  readonly behind: readonly CursorValue[] | null;
  /** Rows to leave out from there. */
  readonly skip: number;
  readonly position: number | null;
}

async function take(plan: Plan, start: Start, count: number): Promise<LightRow[]> {
  const { keys, query } = plan;
  const { behind } = start;
  if (behind?.length === 0) return [];
  // Folding needs to have seen what stands before.
  const isDirect = behind !== null && isById(keys) && !query.collapseThreads;
  const taken: LightRow[] = [];
  let left = start.skip;
  for await (const rows of results(plan, isDirect ? String(behind[0]) : null)) {
    const there =
      behind === null ? rows : rows.filter(row => compareValues(keys, behind, valuesOf(keys, row)) < 0);
    const skipped = Math.min(left, there.length);
    left -= skipped;
    for (let index = skipped; index < there.length && taken.length < count; index++) {
      const row = there[index];
      if (row) taken.push(row);
    }
    if (taken.length >= count) break;
  }
  return taken;
}

async function startOf(plan: Plan): Promise<Start> {
  const { query, keys } = plan;
  const skip = query.skip ?? 0;
  const cursor = decodeCursor({ after: query.after ?? null });
  if (cursor) {
    if (cursor.length !== keys.length)
      throw new DeliveryError('badRequest', 'the cursor is of another query');
    return { behind: cursor, skip: Math.max(0, skip), position: null };
  }
  const position = query.anchor == null ? skip : (await rankOf(plan, query.anchor)) + 1 + skip;
  return await startAt(plan, Math.max(0, position));
}

/** The row with this index in all results; whole months are passed over where their counts are kept. */
async function startAt(plan: Plan, position: number): Promise<Start> {
  const months = position > 0 ? await countedMonths(plan) : null;
  let passed = 0;
  let behind: CursorValue[] | null = null;
  if (months && months.reduce((sum, { emails }) => sum + emails, 0) <= position)
    return { behind: [], skip: 0, position };
  for (const { emails, edge } of months ?? []) {
    if (passed + emails > position) break;
    passed += emails;
    behind = [edge];
  }
  return { behind, skip: position - passed, position };
}

async function rankOf(plan: Plan, anchor: string): Promise<number> {
  let rank = 0;
  for await (const rows of results(plan)) {
    const index = rows.findIndex(({ id }) => id === anchor);
    if (index >= 0) return rank + index;
    rank += rows.length;
  }
  throw new DeliveryError('notFound', 'the anchor is not among the results', { fields: { anchor } });
}

/** A month of all mail or of one tag: how many emails, and an id behind all of them in the order of the walk. */
interface CountedMonth {
  readonly emails: number;
  readonly edge: string;
}

/** Null where the query is not for all mail or one tag by date. */
async function countedMonths({ parts, accountId, query, keys }: Plan): Promise<CountedMonth[] | null> {
  const { filter } = query;
  if (!isById(keys) || query.collapseThreads || (filter && !('tag' in filter))) return null;
  const buckets = await parts.buckets.list(accountId);
  const tallies = await parts.buckets.tallies(accountId, buckets);
  return countMonths(buckets, tallies, {
    tag: filter && 'tag' in filter ? filter.tag : null,
    ascending: keys[0]?.ascending ?? false,
  });
}

function countMonths(
  buckets: readonly Bucket[],
  tallies: readonly Tally[],
  { tag, ascending }: { readonly tag: string | null; readonly ascending: boolean },
): CountedMonth[] {
  const months = new Map<number, number>();
  for (const [index, { bucket }] of buckets.entries()) {
    const tally = tallies[index];
    const emails = (tag === null ? tally?.emails : tally?.tags[tag]?.[0]) ?? 0;
    const month = monthOfBucket(bucket);
    months.set(month, (months.get(month) ?? 0) + emails);
  }
  return [...months]
    .sort(([one], [other]) => (ascending ? one - other : other - one))
    .map(([month, emails]) => ({ emails, edge: ascending ? firstIdOf(month + 1) : lastIdOf(month - 1) }));
}

async function totalOf(plan: Plan): Promise<number> {
  const { query } = plan;
  const { filter } = query;
  if (filter === null && !query.collapseThreads) return (await plan.books()).emails;
  if (filter && 'tag' in filter) {
    const counts = (await plan.books()).tags.get(filter.tag);
    return (query.collapseThreads ? counts?.totalThreads : counts?.totalEmails) ?? 0;
  }
  if (!query.collapseThreads) {
    const { parts, accountId, threads } = plan;
    return await parts.walks.count({ accountId, filter, ascending: false, threads });
  }
  let total = 0;
  for await (const rows of results(plan)) total += rows.length;
  return total;
}
