import type { EmailFilter } from '../../query.ts';
import type { Database } from '../database.ts';
import type { Hits } from '../search/hits.ts';
import { isIn, noPlaces, type Places, readPlaces, sift, union, writePlaces } from '../search/places.ts';
import { type Fragment, raw, sql } from './fragment.ts';
import { conjuncts, type Driver, driverOf, hitDriver, mailDriver } from './query-driver.ts';
import { type FilterContext, filterToSql } from './query-filter.ts';

/** Where places are looked up. */
export interface PlaceSource {
  readonly database: Database;
  readonly account: number;
  readonly context: FilterContext;
  /** What a search has found; undefined for any other filter. */
  readonly found: (filter: EmailFilter) => Hits | undefined;
}

/** Looking an email up by its place costs as much as walking over this many. */
const walkedPerLookUp = 16;

/** The places of all emails, or of those `within`, that the filter lets through: its searches are exact. */
export function placesOf(filter: EmailFilter, source: PlaceSource, within: Places | null = null): Places {
  if (within?.length === 0) return noPlaces;
  const hits = source.found(filter);
  if (hits) return within ? sift(within, hits.all(), true) : hits.all();
  if (!hasSearch(filter)) return listed(filter, source, within);
  if ('all' in filter) return placesOfAll(filter.all, source, within);
  if ('any' in filter) return placesOfAny(filter.any, source, within);
  const none = 'none' in filter ? filter.none : [];
  const candidates = within ?? listed({ all: [] }, source, null);
  return sift(candidates, placesOfAny(none, source, within), false);
}

/** What is found by search comes first, what is taken away last: both have less to look at then. */
function placesOfAll(parts: readonly EmailFilter[], source: PlaceSource, within: Places | null): Places {
  const searches = parts.filter(hasSearch);
  const plain = parts.filter(part => !hasSearch(part));
  const ordered = [
    ...searches.filter(part => !('none' in part)),
    ...(plain.length > 0 ? [{ all: plain }] : []),
    ...searches.filter(part => 'none' in part),
  ];
  let left = within;
  for (const part of ordered) left = placesOf(part, source, left);
  return left ?? noPlaces;
}

function placesOfAny(parts: readonly EmailFilter[], source: PlaceSource, within: Places | null): Places {
  const plain = parts.filter(part => !hasSearch(part));
  const lists = parts.filter(hasSearch).map(part => placesOf(part, source, within));
  return union(plain.length > 0 ? [...lists, listed({ any: plain }, source, within)] : lists);
}

function hasSearch(filter: EmailFilter): boolean {
  if ('all' in filter) return filter.all.some(hasSearch);
  if ('any' in filter) return filter.any.some(hasSearch);
  if ('none' in filter) return filter.none.some(hasSearch);
  return 'search' in filter || 'fieldName' in filter;
}

/** By the shard's own lists: of few places each is looked up, else a list is walked. */
function listed(filter: EmailFilter, source: PlaceSource, within: Places | null): Places {
  const { database, account, context } = source;
  const condition = filterToSql(filter, 'e', context);
  if (within && within.length * walkedPerLookUp < emailsOf(source))
    return walk(database, hitDriver(account, writePlaces(within)), condition);
  const places = walk(database, walkedDriver(filter, source), condition);
  return within ? sift(within, places, true) : places;
}

/**
 * One row of JSON crosses faster than many of numbers. They are asked for in order, in which lists are walked anyway:
 * of all mail SQLite would else read a narrower index, which saves less than sorting its places takes.
 */
function walk(database: Database, driver: Driver, condition: Fragment): Places {
  const statement = sql`select json_group_array(place) places from (select e.place
    from ${driver.from} where ${driver.where} and ${condition} order by ${raw(driver.walked)}.place)`;
  const row = database.get<{ places: string }>(statement.sql, ...statement.values);
  return row ? readPlaces(row.places) : noPlaces;
}

/** The list for this filter; all mail where looking up what that list names would cost more. */
export function walkedDriver(filter: EmailFilter | null, source: PlaceSource): Driver {
  const { database, context } = source;
  const driver = driverOf(conjuncts(filter, context.isSearch), context);
  const all = mailDriver(source.account);
  if (driver.from.sql === all.from.sql) return driver;
  const limit = Math.ceil(emailsOf(source) / walkedPerLookUp);
  const statement = sql`select count(*) n from (select 1 from ${driver.from} where ${driver.where} limit ${limit})`;
  const found = database.get<{ n: number }>(statement.sql, ...statement.values)?.n ?? 0;
  return found < limit ? driver : all;
}

function emailsOf({ database, account }: PlaceSource): number {
  const row = database.get<{ emails: number }>('select emails from account where number = ?', account);
  return row?.emails ?? 0;
}

/** Of each thread the first of these places in their order. */
export function firstOfThreads(places: Places, source: PlaceSource, ascending: boolean): Places {
  const { database, account } = source;
  if (places.length * walkedPerLookUp < emailsOf(source)) {
    const { from, where } = hitDriver(account, writePlaces(places));
    const first = raw(ascending ? 'min(e.place)' : 'max(e.place)');
    const statement = sql`select json_group_array(place) places from
      (select ${first} place from ${from} where ${where} group by e.thread)`;
    const row = database.get<{ places: string }>(statement.sql, ...statement.values);
    return row ? readPlaces(row.places) : noPlaces;
  }
  const later = new Set<number>();
  for (const thread of longThreads(source)) {
    const found = thread.filter(place => isIn(places, place)).sort((one, other) => one - other);
    for (const place of ascending ? found.slice(1) : found.slice(0, -1)) later.add(place);
  }
  return places.filter(place => !later.has(place));
}

/** The places of each thread that has more than one email. */
function longThreads({ database, account }: PlaceSource): number[][] {
  const row = database.get<{ threads: string }>(
    `select json_group_array(json(places)) threads from (select json_group_array(place) places
       from email indexed by email_thread where account = ? group by thread having count(*) > 1)`,
    account,
  );
  return JSON.parse(row?.threads ?? '[]') as number[][];
}
