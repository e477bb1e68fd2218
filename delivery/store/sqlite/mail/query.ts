import { DeliveryError } from '../../../errors.ts';
import type { EmailFilter } from '../../query.ts';
import type { EmailQuery, EmailQueryResult } from '../../store.ts';
import type { Database } from '../database.ts';
import { requireAccount } from '../directory/rows.ts';
import { shardOf } from '../files.ts';
import { type CursorValue, decodeCursor, encodeCursor, maxPage } from '../page.ts';
import { isPureSearch } from '../search/match.ts';
import type { ReadContext } from '../threads/context.ts';
import { type EmailRecord, findEmail } from './email-rows.ts';
import { type Fragment, join, raw, sql } from './fragment.ts';
import { conjuncts, type Driver, driverOf, hitDriver } from './query-driver.ts';
import { type FilterContext, filterToSql } from './query-filter.ts';
import { given, isByPlace, keysOf, type OrderKey, orderBy, orderKeys, precedes } from './query-order.ts';
import { prepareSearch, type SearchPlan } from './query-search.ts';
import { toRow } from './reads.ts';

/** Everything a query is answered with. */
interface Plan {
  readonly database: Database;
  readonly account: number;
  readonly query: EmailQuery;
  readonly context: FilterContext;
  readonly keys: readonly OrderKey[];
  /** The list that is walked; with a search, made of what it found. */
  readonly driver: Driver;
  /** What the narrowest search found, newest first; null without one. */
  readonly found: readonly number[] | null;
  /** The filter, with thread folding where it was asked for. */
  readonly where: Fragment;
}

type Row = Pick<EmailRecord, 'place' | 'tail' | 'thread' | 'received_at'> & Record<`k${number}`, CursorValue>;

/** `Mail.queryEmails`. */
export function queryEmails(context: ReadContext, accountId: string, query: EmailQuery): EmailQueryResult {
  const account = requireAccount(context.directory, accountId).number;
  const database = context.shard(shardOf(accountId, context.settings.shards));
  const search = prepareSearch(context, { database, account }, query.filter);
  try {
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
  };
  const keys = orderKeys(query.sort, context);
  const filters = conjuncts(query.filter, search.isSearch);
  const found = narrowest(filters, search);
  // What the driver finds needs no second look.
  const others = filters.filter(filter => found === null || search.found(filter) !== found);
  const where = others.map(filter => filterToSql(filter, 'e', context));
  if (query.collapseThreads) where.push(isFirstOfThread(query.filter, keys, context));
  const driver = found ? hitDriver(account, JSON.stringify(found)) : driverOf(filters, context);
  return { database, account, query, context, keys, driver, found, where: join(where, ' and ', '1') };
}

/** Of the searches that must all hold, the one that found least. */
function narrowest(filters: readonly EmailFilter[], search: SearchPlan): readonly number[] | null {
  let best: readonly number[] | null = null;
  for (const filter of filters) {
    const found = search.found(filter);
    if (found && (best === null || found.length < best.length)) best = found;
  }
  return best;
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
  const rows = readRows(plan, start.condition, start.skip, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown.map(toRow),
    position: start.position,
    total: query.calculateTotal ? totalOf(plan) : null,
    next: rows.length > limit && last ? encodeCursor(keyValues(plan, last)) : null,
    incomplete: search.isCapped || ((search.isUsed || asksInside(query)) && hasSealed(plan)),
  };
}

function keyValues({ keys }: Plan, row: Row): CursorValue[] {
  return keys.map((_key, index) => row[`k${index}`] ?? null);
}

/** Found emails looked at in one step, when the newest are wanted first. */
const foundAtOnce = 1000;

function readRows(plan: Plan, condition: Fragment, skip: number, limit: number, isReversed = false): Row[] {
  const { found, keys } = plan;
  if (!found || !isByPlace(keys)) return readFrom(plan, plan.driver, { condition, skip, limit, isReversed });
  const isNewestFirst = (keys[0]?.ascending ?? false) === isReversed;
  const rows: Row[] = [];
  for (const slice of slices(found, isNewestFirst)) {
    if (rows.length >= skip + limit) break;
    const driver = hitDriver(plan.account, JSON.stringify(slice));
    rows.push(
      ...readFrom(plan, driver, { condition, skip: 0, limit: skip + limit - rows.length, isReversed }),
    );
  }
  return rows.slice(skip);
}

function* slices(found: readonly number[], isNewestFirst: boolean): Iterable<readonly number[]> {
  const ordered = isNewestFirst ? found : [...found].reverse();
  for (let from = 0; from < ordered.length; from += foundAtOnce)
    yield ordered.slice(from, from + foundAtOnce);
}

function readFrom(
  plan: Plan,
  driver: Driver,
  {
    condition,
    skip,
    limit,
    isReversed,
  }: { condition: Fragment; skip: number; limit: number; isReversed: boolean },
): Row[] {
  const columns = plan.keys.map((key, index) => sql`${key.of('e')} ${raw(`k${index}`)}`);
  const list = {
    sql: columns.map(column => column.sql).join(', '),
    values: columns.flatMap(column => column.values),
  };
  const statement = sql`select e.place, e.tail, e.thread, e.received_at, ${list} from ${driver.from}
    where ${driver.where} and ${plan.where} and ${condition}
    order by ${orderBy(plan.keys, driver.walked, isReversed)} limit ${limit} offset ${skip}`;
  return plan.database.all<Row>(statement.sql, ...statement.values);
}

interface Start {
  /** Which rows come into question. */
  readonly condition: Fragment;
  /** How many of them are skipped. */
  readonly skip: number;
  readonly position: number | null;
}

function startOf(plan: Plan): Start {
  const { query, keys } = plan;
  const skip = query.skip ?? 0;
  const cursor = decodeCursor({ after: query.after ?? null });
  if (cursor) {
    if (cursor.length !== keys.length)
      throw new DeliveryError('badRequest', 'the cursor is of another query');
    return { condition: behind(plan, cursor), skip: Math.max(0, skip), position: null };
  }
  if (query.anchor != null) return startAtAnchor(plan, query.anchor, skip);
  return { condition: raw('1'), skip: Math.max(0, skip), position: Math.max(0, skip) };
}

function behind({ keys, driver }: Plan, values: readonly CursorValue[]): Fragment {
  return precedes(keys, given(values), keysOf(keys, 'e', driver.walked));
}

function before({ keys, driver }: Plan, values: readonly CursorValue[]): Fragment {
  return precedes(keys, keysOf(keys, 'e', driver.walked), given(values));
}

function startAtAnchor(plan: Plan, anchor: string, skip: number): Start {
  const record = findEmail(plan.database, plan.account, anchor);
  const [row] = record ? readRows(plan, sql`e.place = ${record.place}`, 0, 1) : [];
  if (!row)
    throw new DeliveryError('notFound', 'the anchor is not among the results', { fields: { anchor } });
  const values = keyValues(plan, row);
  const standing = countRows(plan, before(plan, values));
  const position = standing + 1 + skip;
  if (skip >= 0) return { condition: behind(plan, values), skip, position };
  if (position <= 0) return { condition: raw('1'), skip: 0, position: 0 };
  const notBehind = sql`not (${behind(plan, values)})`;
  const [first] = readRows(plan, notBehind, -skip - 1, 1, true);
  if (!first) return { condition: raw('1'), skip: 0, position: 0 };
  return { condition: sql`not (${before(plan, keyValues(plan, first))})`, skip: 0, position };
}

function countRows(plan: Plan, condition: Fragment): number {
  const { driver, where } = plan;
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
  if (plan.found && query.filter && isPureSearch(query.filter) && !query.collapseThreads)
    return plan.found.length;
  return countRows(plan, raw('1'));
}

/** Header fields that stand outside of sealed mail. */
const outerFields = new Set(['from', 'to', 'cc', 'date', 'message-id']);

/** Whether the filter or the order depends on what sealed mail keeps from us: then it is left out, or stands anywhere. */
function asksInside({ filter, sort }: EmailQuery): boolean {
  return sort.some(({ key }) => key === 'subject') || (filter !== null && isAboutInside(filter));
}

function isAboutInside(filter: EmailFilter): boolean {
  if ('all' in filter) return filter.all.some(isAboutInside);
  if ('any' in filter) return filter.any.some(isAboutInside);
  if ('none' in filter) return filter.none.some(isAboutInside);
  if ('fieldName' in filter) return !outerFields.has(filter.fieldName.toLowerCase());
  return 'hasAttachment' in filter;
}

function hasSealed({ database, account }: Plan): boolean {
  const state = database.get<{ sealed: number }>('select sealed from account where number = ?', account);
  return (state?.sealed ?? 0) > 0;
}
