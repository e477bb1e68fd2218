import { DeliveryError } from '../../../errors.ts';
import { type CursorValue, decodeCursor, encodeCursor, maxPage } from '../../page.ts';
import type { EmailFilter } from '../../query.ts';
import { asksInside } from '../../sealed-inside.ts';
import type { EmailQuery, EmailQueryResult } from '../../store.ts';
import type { Database } from '../database.ts';
import { requireAccount } from '../directory/rows.ts';
import { shardOf } from '../files.ts';
import type { Hits } from '../search/hits.ts';
import type { ReadContext } from '../threads/context.ts';
import { type EmailRecord, findEmail } from './email-rows.ts';
import { type Fragment, join, raw, sql } from './fragment.ts';
import { allMail } from './ledger.ts';
import { conjuncts, type Driver, driverOf, hitDriver } from './query-driver.ts';
import { type FilterContext, filterToSql, secondLook } from './query-filter.ts';
import { given, isByPlace, keysOf, type OrderKey, orderBy, orderKeys, precedes } from './query-order.ts';
import { type CountedList, placeAt, rankOf } from './query-rank.ts';
import { prepareSearch, type SearchPlan } from './query-search.ts';
import { toRow } from './reads.ts';

/** Everything a query is answered with. */
interface Plan {
  readonly database: Database;
  readonly account: number;
  readonly query: EmailQuery;
  readonly context: FilterContext;
  readonly keys: readonly OrderKey[];
  /** The list that is walked; made of all that `found` has where there is a search. */
  readonly driver: () => Driver;
  /** The table that has the places of that list. */
  readonly walked: Driver['walked'];
  /** What the narrowest search finds; null without one. */
  readonly found: Hits | null;
  /** That is all the query finds. */
  readonly isFound: boolean;
  /** The filter, with thread folding where it was asked for. */
  readonly where: Fragment;
}

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
    return database.read(() => answer(planOf(database, account, query, search), search));
  } finally {
    search.end();
  }
}

function planOf(database: Database, account: number, query: EmailQuery, search: SearchPlan): Plan {
  const context: FilterContext = {
    account,
    tagNumber: id =>
      database.get<{ number: number }>('select number from tag where account = ? and id = ?', account, id)
        ?.number,
    hits: search.hits,
    isSearch: search.isSearch,
    isLoose: search.isLoose,
  };
  const keys = orderKeys(query.sort, context);
  const filters = conjuncts(query.filter, search.isSearch);
  const found = narrowest(filters, search);
  const where = filters.flatMap(filter => {
    if (found === null || search.found(filter) !== found) return [filterToSql(filter, 'e', context)];
    // What the driver finds needs no second look where it is exact.
    if (!search.isLoose(filter)) return [];
    return [search.isSearch(filter) ? secondLook(filter, 'e') : filterToSql(filter, 'e', context)];
  });
  if (query.collapseThreads) where.push(isFirstOfThread(query.filter, keys, context));
  const list = found ? null : driverOf(filters, context);
  return {
    database,
    account,
    query,
    context,
    keys,
    driver: () => list ?? hitDriver(account, JSON.stringify(found?.all())),
    walked: list?.walked ?? 'e',
    found,
    isFound: found !== null && where.length === 0,
    where: join(where, ' and ', '1'),
  };
}

/** Of the searches that must all hold, the one that finds least. */
function narrowest(filters: readonly EmailFilter[], search: SearchPlan): Hits | null {
  const found = filters.flatMap(filter => search.found(filter) ?? []);
  const [first = null] = found;
  if (found.length < 2) return first;
  return found.reduce((best, hits) => (hits.count() < best.count() ? hits : best));
}

/** No other email of the thread that the filter lets through stands before this one. */
function isFirstOfThread(
  filter: EmailFilter | null,
  keys: readonly OrderKey[],
  context: FilterContext,
): Fragment {
  const inner = filter ? filterToSql(filter, 'o', context) : raw('1');
  return sql`not exists (select 1 from email o indexed by email_thread
    where o.account = ${context.account} and o.thread = e.thread
    and ${precedes(keys, keysOf(keys, 'o'), keysOf(keys, 'e'))} and ${inner})`;
}

function answer(plan: Plan, search: SearchPlan): EmailQueryResult {
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

function keyValues({ keys }: Plan, row: Row): CursorValue[] {
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

function readRows(plan: Plan, span: Span): Row[] {
  const { found, keys } = plan;
  if (!found || !isByPlace(keys)) return readFrom(plan, plan.driver(), span);
  const ascending = (keys[0]?.ascending ?? false) !== (span.isReversed ?? false);
  const wanted = span.skip + span.limit;
  const rows: Row[] = [];
  for (const slice of found.slices(ascending, span.bound ?? null)) {
    const driver = hitDriver(plan.account, JSON.stringify(slice));
    rows.push(...readFrom(plan, driver, { ...span, skip: 0, limit: wanted - rows.length }));
    if (rows.length >= wanted) break;
  }
  return rows.slice(span.skip);
}

function readFrom(plan: Plan, driver: Driver, { condition, skip, limit, isReversed }: Span): Row[] {
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

function startOf(plan: Plan): Start {
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
function startAt(plan: Plan, position: number): Start {
  const list = position > 0 ? countedList(plan) : null;
  if (!list) return { condition: raw('1'), skip: position, position };
  const place = placeAt(list, position);
  if (place === null) return { condition: raw('0'), skip: 0, position };
  return { ...onwards(plan, [place]), skip: 0, position };
}

/** The list whose kept counts tell positions: all mail or one tag by place; null for any other query. */
function countedList({ database, account, query, context, keys }: Plan): CountedList | null {
  const { filter } = query;
  if (!isByPlace(keys) || query.collapseThreads || (filter && !('tag' in filter))) return null;
  const tag = filter ? context.tagNumber(filter.tag) : allMail;
  return tag === undefined ? null : { database, account, tag, ascending: keys[0]?.ascending ?? false };
}

type From = Pick<Span, 'condition' | 'bound'>;

/** The rows behind the one with these values. */
function behind({ keys, walked }: Plan, values: readonly CursorValue[]): From {
  const condition = precedes(keys, given(values), keysOf(keys, 'e', walked));
  return { condition, bound: boundOf(keys, values) };
}

/** The row with these values and what is behind it. */
function onwards(plan: Plan, values: readonly CursorValue[]): From {
  const { keys, walked } = plan;
  const [key] = keys;
  const bound = boundOf(keys, values);
  if (!key || bound === null) return { condition: sql`not (${before(plan, values)})`, bound };
  return { condition: sql`${raw(`${walked}.place`)} ${raw(key.ascending ? '>=' : '<=')} ${bound}`, bound };
}

function boundOf(keys: readonly OrderKey[], [place]: readonly CursorValue[]): number | null {
  return isByPlace(keys) && typeof place === 'number' ? place : null;
}

function before({ keys, walked }: Plan, values: readonly CursorValue[]): Fragment {
  return precedes(keys, keysOf(keys, 'e', walked), given(values));
}

function startAtAnchor(plan: Plan, anchor: string, skip: number): Start {
  const record = findEmail(plan.database, plan.account, anchor);
  const [row] = record
    ? readRows(plan, {
        condition: sql`e.place = ${record.place}`,
        bound: record.place,
        skip: 0,
        limit: 1,
      })
    : [];
  if (!row)
    throw new DeliveryError('notFound', 'the anchor is not among the results', { fields: { anchor } });
  const values = keyValues(plan, row);
  const list = countedList(plan);
  const standing = list ? rankOf(list, row.place) : countRows(plan, before(plan, values));
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

function countRows(plan: Plan, condition: Fragment): number {
  const { where } = plan;
  const driver = plan.driver();
  const statement = sql`select count(*) total from ${driver.from} where ${driver.where} and ${where} and ${condition}`;
  return plan.database.get<{ total: number }>(statement.sql, ...statement.values)?.total ?? 0;
}

/** All results: from kept counts where the filter is one tag or nothing, else counted. */
function totalOf(plan: Plan): number {
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
  if (plan.isFound && plan.found) return plan.found.count();
  return countRows(plan, raw('1'));
}

function hasSealed({ database, account }: Plan): boolean {
  const state = database.get<{ sealed: number }>('select sealed from account where number = ?', account);
  return (state?.sealed ?? 0) > 0;
}
