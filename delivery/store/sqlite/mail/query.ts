import { DeliveryError } from '../../../errors.ts';
import { type CursorValue, decodeCursor, encodeCursor, maxPage } from '../../page.ts';
import { asksInside } from '../../sealed-inside.ts';
import type { EmailQuery, EmailQueryResult } from '../../store.ts';
import { requireAccount } from '../directory/rows.ts';
import { shardOf } from '../files.ts';
import { isIn, noPlaces, rankIn } from '../search/places.ts';
import type { ReadContext } from '../threads/context.ts';
import { type EmailRecord, findEmail } from './email-rows.ts';
import { type Fragment, raw, sql } from './fragment.ts';
import { allMail } from './ledger.ts';
import { type Driver, hitDriver } from './query-driver.ts';
import { given, isByPlace, keysOf, type OrderKey, orderBy, precedes } from './query-order.ts';
import { walkedDriver } from './query-places.ts';
import { planQuery, type QueryPlan } from './query-plan.ts';
import { type CountedList, placeAt, rankOf } from './query-rank.ts';
import { prepareSearch, type SearchPlan } from './query-search.ts';
import { toRow } from './reads.ts';

type Row = Pick<EmailRecord, 'place' | 'tail' | 'thread' | 'received_at'> & Record<`k${number}`, CursorValue>;

/** `Mail.queryEmails`. Null: the search index is behind, and it is worth to ask again; unless `isPatient` is false. */
export function queryEmails(
  context: ReadContext,
  accountId: string,
  query: EmailQuery,
  isPatient = false,
): EmailQueryResult | null {
  const account = requireAccount(context.directory, accountId).number;
  const database = context.shard(shardOf(accountId, context.settings.shards));
  const search = prepareSearch(context, { database, account }, query.filter);
  try {
    if (isPatient && !search.isCurrent) return null;
    return database.read(() => answer(planQuery(database, account, query, search), search));
  } finally {
    search.end();
  }
}

function answer(plan: QueryPlan, search: SearchPlan): EmailQueryResult {
  const { query } = plan;
  const limit = Math.min(Math.max(0, query.limit), maxPage);
  const start = startOf(plan);
  const rows = readRows(plan, { ...start, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown.map(toRow),
    position: start.position,
    total: query.calculateTotal ? totalOf(plan) : null,
    next: rows.length > limit && last ? encodeCursor(keyValues(plan, last)) : null,
    behind: !search.isCurrent,
    incomplete:
      !search.isCurrent || search.isCapped || ((search.isUsed || asksInside(query)) && hasSealed(plan)),
  };
}

function keyValues({ keys }: QueryPlan, row: Row): CursorValue[] {
  return keys.map((_key, index) => row[`k${index}`] ?? null);
}

/** Which rows, in which direction. */
interface Span {
  readonly condition: Fragment;
  /** No row that meets the condition stands before this place; null: unknown. */
  readonly bound?: number | null;
  readonly skip: number;
  readonly limit: number;
  readonly isReversed?: boolean;
}

/** Hits among which one row at least must be: where rows are rarer, all that the query finds is looked up. */
const hitsPerRow = 500;

function readRows(plan: QueryPlan, span: Span): Row[] {
  const { hits, keys, whole } = plan;
  if (!hits || !isByPlace(keys)) return readFrom(plan, plan.driver(), span);
  const ascending = (keys[0]?.ascending ?? false) !== (span.isReversed ?? false);
  const wanted = span.skip + span.limit;
  const rows: Row[] = [];
  let seen = 0;
  for (const slice of hits.slices(ascending, span.bound ?? null)) {
    if (whole && seen >= hitsPerRow * Math.max(1, rows.length)) return readRows(whole(), span);
    seen += slice.length;
    const driver = hitDriver(plan.account, JSON.stringify(slice));
    rows.push(...readFrom(plan, driver, { ...span, skip: 0, limit: wanted - rows.length }));
    if (rows.length >= wanted) break;
  }
  return rows.slice(span.skip);
}

function readFrom(plan: QueryPlan, driver: Driver, { condition, skip, limit, isReversed }: Span): Row[] {
  const columns = plan.keys.map((key, index) => sql`${key.of('e')} ${raw(`k${index}`)}`);
  const list = {
    sql: columns.map(column => column.sql).join(', '),
    values: columns.flatMap(column => column.values),
  };
  const statement = sql`select e.place, e.tail, e.thread, e.received_at, ${list} from ${driver.from}
    where ${driver.where} and ${plan.where} and ${condition}
    order by ${orderBy(plan.keys, plan.walked, isReversed)} limit ${limit} offset ${skip}`;
  return plan.database.all<Row>(statement.sql, ...statement.values);
}

interface Start extends Omit<Span, 'limit' | 'isReversed'> {
  readonly position: number | null;
}

function startOf(plan: QueryPlan): Start {
  const { query, keys } = plan;
  const skip = query.skip ?? 0;
  const cursor = decodeCursor({ after: query.after ?? null });
  if (cursor) {
    if (cursor.length !== keys.length)
      throw new DeliveryError('badRequest', 'the cursor is of another query');
    return { ...behind(plan, cursor), skip: Math.max(0, skip), position: null };
  }
  if (query.anchor != null) return startAtAnchor(plan, query.anchor, skip);
  return startAt(plan, Math.max(0, skip));
}

/** The row with this index in all results. */
function startAt(plan: QueryPlan, position: number): Start {
  const list = position > 0 ? positionsOf(plan) : null;
  if (!list) return { condition: raw('1'), skip: position, position };
  const place = list.placeAt(position);
  if (place === null) return { condition: raw('0'), bound: behindAll(plan.keys), skip: 0, position };
  return { ...onwards(plan, [place]), skip: 0, position };
}

/** A place behind those of all rows. */
function behindAll([key]: readonly OrderKey[]): number {
  return key?.ascending ? Number.MAX_SAFE_INTEGER : -1;
}

/** A list in which places have known positions. */
interface Positions {
  /** The place of the row with this index; null behind the end. */
  placeAt(index: number): number | null;
  /** How many rows stand before this place. */
  rankOf(place: number): number;
}

/** Null where rows must be counted one by one. */
function positionsOf(plan: QueryPlan): Positions | null {
  if (plan.isFound && isByPlace(plan.keys)) return foundPositions(plan);
  const list = countedList(plan);
  return list && { placeAt: index => placeAt(list, index), rankOf: place => rankOf(list, place) };
}

function foundPositions({ hits, keys }: QueryPlan): Positions {
  const places = hits?.all() ?? noPlaces;
  const ascending = keys[0]?.ascending ?? false;
  return {
    placeAt: index => places[ascending ? index : places.length - 1 - index] ?? null,
    rankOf: place => (ascending ? rankIn(places, place) : places.length - rankIn(places, place + 1)),
  };
}

/** All mail or one tag by place, whose kept counts tell positions; null for any other query. */
function countedList({ database, account, query, context, keys }: QueryPlan): CountedList | null {
  const { filter } = query;
  if (!isByPlace(keys) || query.collapseThreads || (filter && !('tag' in filter))) return null;
  const tag = filter ? context.tagNumber(filter.tag) : allMail;
  return tag === undefined ? null : { database, account, tag, ascending: keys[0]?.ascending ?? false };
}

type From = Pick<Span, 'condition' | 'bound'>;

/** The rows behind the one with these values. */
function behind({ keys, walked }: QueryPlan, values: readonly CursorValue[]): From {
  const condition = precedes(keys, given(values), keysOf(keys, 'e', walked));
  return { condition, bound: boundOf(keys, values) };
}

/** The row with these values and what is behind it. */
function onwards(plan: QueryPlan, values: readonly CursorValue[]): From {
  const { keys, walked } = plan;
  const [key] = keys;
  const bound = boundOf(keys, values);
  if (!key || bound === null) return { condition: sql`not (${before(plan, values)})`, bound };
  return { condition: sql`${raw(`${walked}.place`)} ${raw(key.ascending ? '>=' : '<=')} ${bound}`, bound };
}

function boundOf(keys: readonly OrderKey[], [place]: readonly CursorValue[]): number | null {
  return isByPlace(keys) && typeof place === 'number' ? place : null;
}

function before({ keys, walked }: QueryPlan, values: readonly CursorValue[]): Fragment {
  return precedes(keys, keysOf(keys, 'e', walked), given(values));
}

function startAtAnchor(plan: QueryPlan, anchor: string, skip: number): Start {
  const record = findEmail(plan.database, plan.account, anchor);
  const [row] = record ? anchorRow(plan, record.place) : [];
  if (!row)
    throw new DeliveryError('notFound', 'the anchor is not among the results', { fields: { anchor } });
  const values = keyValues(plan, row);
  const list = positionsOf(plan);
  const standing = list ? list.rankOf(row.place) : countRows(plan, before(plan, values));
  const position = standing + 1 + skip;
  if (list || position <= 0) return startAt(plan, Math.max(0, position));
  if (skip >= 0) return { ...behind(plan, values), skip, position };
  const { condition, bound = null } = behind(plan, values);
  const [first] = readRows(plan, {
    condition: sql`not (${condition})`,
    bound,
    skip: -skip - 1,
    limit: 1,
    isReversed: true,
  });
  return first ? { ...onwards(plan, keyValues(plan, first)), skip: 0, position } : startAt(plan, 0);
}

/** The row with this place, if it is among the results. */
function anchorRow(plan: QueryPlan, place: number): Row[] {
  const span = { condition: sql`e.place = ${place}`, bound: place, skip: 0, limit: 1 };
  if (!plan.isFound) return readRows(plan, span);
  const isFound = isIn(plan.hits?.all() ?? noPlaces, place);
  return isFound ? readFrom(plan, hitDriver(plan.account, JSON.stringify([place])), span) : [];
}

function countRows(plan: QueryPlan, condition: Fragment, driver = plan.driver()): number {
  const statement = sql`select count(*) total
    from ${driver.from} where ${driver.where} and ${plan.where} and ${condition}`;
  return plan.database.get<{ total: number }>(statement.sql, ...statement.values)?.total ?? 0;
}

/** All results: from kept counts where the filter is one tag or nothing, else counted. */
function totalOf(plan: QueryPlan): number {
  const { database, account, query } = plan;
  if (query.filter === null && !query.collapseThreads) {
    return (
      database.get<{ emails: number }>('select emails from account where number = ?', account)?.emails ?? 0
    );
  }
  if (query.filter && 'tag' in query.filter) {
    const tag = database.get<{ emails: number; threads: number }>(
      'select emails, threads from tag where account = ? and id = ?',
      account,
      query.filter.tag,
    );
    return (query.collapseThreads ? tag?.threads : tag?.emails) ?? 0;
  }
  if (plan.isFound && plan.hits) return plan.hits.count();
  return countRows(plan, raw('1'), plan.hits ? plan.driver() : walkedDriver(query.filter, plan));
}

function hasSealed({ database, account }: QueryPlan): boolean {
  const state = database.get<{ sealed: number }>('select sealed from account where number = ?', account);
  return (state?.sealed ?? 0) > 0;
}
