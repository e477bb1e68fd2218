import type { EmailFilter } from '../../query.ts';
import type { EmailQuery } from '../../store.ts';
import type { Database } from '../database.ts';
import { type Hits, ListedHits } from '../search/hits.ts';
import { writePlaces } from '../search/places.ts';
import { isPureSearch } from '../search/pure-search.ts';
import { type Fragment, join, raw, sql } from './fragment.ts';
import { OtherHits } from './other-hits.ts';
import { conjuncts, type Driver, driverOf, hitDriver } from './query-driver.ts';
import { type FilterContext, filterToSql, secondLook } from './query-filter.ts';
import { isByPlace, keysOf, type OrderKey, orderKeys, precedes } from './query-order.ts';
import { firstOfThreads, type PlaceSource, placesOf } from './query-places.ts';
import type { SearchPlan } from './query-search.ts';

/** Everything a query is answered with. */
export interface QueryPlan extends PlaceSource {
  /** With its searches joined. */
  readonly query: EmailQuery;
  readonly keys: readonly OrderKey[];
  /** The list that is walked; made of all that `hits` has where there is a search. */
  readonly driver: () => Driver;
  /** The table that has the places of that list. */
  readonly walked: Driver['walked'];
  /** What the narrowest search finds; null without one. */
  readonly hits: Hits | null;
  /** That is all the query finds. */
  readonly isFound: boolean;
  /** The filter, with thread folding where it was asked for. */
  readonly where: Fragment;
  /** The same with all that the query finds looked up; null where that can't be, or is so already. */
  readonly whole: (() => QueryPlan) | null;
}

/** How to answer the query, whose searches have been looked up. */
export function planQuery(
  database: Database,
  account: number,
  asked: EmailQuery,
  search: SearchPlan,
): QueryPlan {
  const query = { ...asked, filter: search.filter };
  const context: FilterContext = {
    account,
    tagNumber: id =>
      database.get<{ number: number }>('select number from tag where account = ? and id = ?', account, id)
        ?.number,
    hits: search.hits,
    isSearch: search.isSearch,
    isLoose: search.isLoose,
  };
  const source = { database, account, context, found: search.found };
  const planned = { ...source, query, keys: orderKeys(query.sort, context) };
  const isWhole = { exact: needsAll, none: countsThreads, loose: () => false }[search.searches];
  return isWhole(planned) ? wholePlan(planned, search) : walkingPlan(planned, search);
}

type Planned = PlaceSource & Pick<QueryPlan, 'query' | 'keys'>;

/** Whether the answer depends on all that the query finds, and not on what stands first alone. */
function needsAll({ query, keys }: Planned): boolean {
  const { calculateTotal, collapseThreads, skip, anchor } = query;
  return !isByPlace(keys) || Boolean(calculateTotal || collapseThreads || skip) || anchor != null;
}

/** Whether threads are to be counted of which no count is kept, in a query without searches. */
function countsThreads({ query: { filter, calculateTotal, collapseThreads }, keys }: Planned): boolean {
  return Boolean(calculateTotal && collapseThreads) && isByPlace(keys) && !(filter && 'tag' in filter);
}

/** All that the query finds is looked up before its rows are. */
function wholePlan(planned: Planned, search: SearchPlan): QueryPlan {
  const { query, keys } = planned;
  const filter = query.filter ?? { all: [] };
  const hits = search.found(filter) ?? othersOf(filter, planned, search) ?? listedHits(filter, planned);
  if (query.collapseThreads && isByPlace(keys)) {
    const first = firstOfThreads(hits.all(), planned, keys[0]?.ascending ?? false);
    return planOf(planned, { hits: new ListedHits(first), where: [], list: null, whole: null });
  }
  search.know(filter, hits);
  return walkingPlan(planned, search);
}

function listedHits(filter: EmailFilter, source: PlaceSource): Hits {
  return new ListedHits(placesOf(filter, source));
}

/** What a search for words leaves, in an index that is up to date; null where the filter asks for anything else. */
function othersOf(filter: EmailFilter, source: PlaceSource, { found, isCurrent }: SearchPlan): Hits | null {
  const [only, ...others] = 'none' in filter ? filter.none : [];
  const isAlone = only && others.length === 0 && isPureSearch(only) && isCurrent;
  const hits = isAlone ? found(only) : undefined;
  return hits ? new OtherHits({ ...source, places: () => placesOf({ all: [] }, source) }, hits) : null;
}

/** The narrowest list is walked until the page is full. */
function walkingPlan(planned: Planned, search: SearchPlan): QueryPlan {
  const { query, keys, context } = planned;
  const filters = conjuncts(query.filter, search.isSearch);
  const hits = narrowest(filters, search);
  const where = filters.flatMap(filter => {
    if (hits === null || search.found(filter) !== hits) return [filterToSql(filter, 'e', context)];
    // What the driver finds needs no second look where it is exact.
    if (!search.isLoose(filter)) return [];
    return [search.isSearch(filter) ? secondLook(filter, 'e') : filterToSql(filter, 'e', context)];
  });
  if (query.collapseThreads) where.push(isFirstOfThread(query.filter, keys, context));
  const isDone = search.searches !== 'exact' || where.length === 0 || query.collapseThreads === true;
  return planOf(planned, {
    hits,
    where,
    list: hits ? null : driverOf(filters, context),
    whole: isDone ? null : () => wholePlan(planned, search),
  });
}

interface Parts {
  readonly hits: Hits | null;
  readonly where: readonly Fragment[];
  readonly list: Driver | null;
  readonly whole: QueryPlan['whole'];
}

function planOf(planned: Planned, { hits, where, list, whole }: Parts): QueryPlan {
  return {
    ...planned,
    driver: () => list ?? hitDriver(planned.account, hits ? writePlaces(hits.all()) : '[]'),
    walked: list?.walked ?? 'e',
    hits,
    isFound: hits !== null && where.length === 0,
    where: join(where, ' and ', '1'),
    whole,
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
