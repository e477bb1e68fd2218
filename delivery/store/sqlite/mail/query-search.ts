import type { EmailFilter } from '../../query.ts';
import type { Database } from '../database.ts';
import type { SearchSource } from '../search/catch-up.ts';
import { isPureSearch, toMatch } from '../search/match.ts';
import type { ReadContext } from '../threads/context.ts';

/** The search filters of a query, answered by the account's search file. */
export interface SearchPlan {
  readonly isUsed: boolean;
  readonly isCapped: boolean;
  readonly isSearch: (filter: EmailFilter) => boolean;
  /** The number of the set of emails that this filter finds. */
  readonly hits: (filter: EmailFilter) => number;
  /** Forgets the sets. */
  end(): void;
}

const noSearch: SearchPlan = {
  isUsed: false,
  isCapped: false,
  isSearch: () => false,
  hits: () => 0,
  end: () => undefined,
};

/** Looks up every search filter of the query once, in an index that is up to date with the shard. */
export function prepareSearch(
  context: ReadContext,
  source: SearchSource,
  filter: EmailFilter | null,
): SearchPlan {
  const searches = filter ? searchesIn(filter) : [];
  if (searches.length === 0) return noSearch;
  const numbers = new Map<EmailFilter, number>();
  const isCapped = context.search.use(source, search => lookUp(search, searches, context, numbers));
  return {
    isUsed: true,
    isCapped,
    isSearch: candidate => numbers.has(candidate),
    hits: candidate => numbers.get(candidate) ?? -1,
    end: () => {
      for (const number of numbers.values()) context.hits.delete(number);
    },
  };
}

/** The widest parts of the filter that are searches alone. */
function searchesIn(filter: EmailFilter): EmailFilter[] {
  if (isPureSearch(filter)) return [filter];
  if ('all' in filter) return filter.all.flatMap(searchesIn);
  if ('any' in filter) return filter.any.flatMap(searchesIn);
  if ('none' in filter) return filter.none.flatMap(searchesIn);
  return [];
}

function lookUp(
  search: Database,
  searches: readonly EmailFilter[],
  context: ReadContext,
  numbers: Map<EmailFilter, number>,
): boolean {
  let isCapped = false;
  for (const [index, filter] of searches.entries()) {
    if (!isPureSearch(filter)) continue;
    const match = toMatch(search, filter);
    const rows = search.all<{ rowid: number }>('select rowid from words where words match ?', match.query);
    context.hits.set(index, new Set(rows.map(row => row.rowid)));
    numbers.set(filter, index);
    isCapped ||= match.isCapped;
  }
  return isCapped;
}
