import type { EmailFilter } from '../../query.ts';
import type { Database } from '../database.ts';
import type { SearchSource } from '../search/catch-up.ts';
import { Hits } from '../search/hits.ts';
import { isPureSearch, toMatch } from '../search/match.ts';
import type { ReadContext } from '../threads/context.ts';

/** The search filters of a query, answered by the account's search file. */
export interface SearchPlan {
  readonly isUsed: boolean;
  readonly isCapped: boolean;
  readonly isSearch: (filter: EmailFilter) => boolean;
  /** The number of the set of emails that this filter finds. */
  readonly hits: (filter: EmailFilter) => number;
  /** What this filter finds; undefined when it is no search. */
  readonly found: (filter: EmailFilter) => Hits | undefined;
  /** Forgets the sets. */
  end(): void;
}

const noSearch: SearchPlan = {
  isUsed: false,
  isCapped: false,
  isSearch: () => false,
  hits: () => 0,
  found: () => undefined,
  end: () => undefined,
};

/** Makes every search filter of the query ready, in an index that is up to date with the shard. */
export function prepareSearch(
  context: ReadContext,
  source: SearchSource,
  filter: EmailFilter | null,
): SearchPlan {
  const searches = filter ? searchesIn(filter) : [];
  if (searches.length === 0) return noSearch;
  const found = new Map<EmailFilter, Hits>();
  const isCapped = context.search.use(source, search => lookUp(search, searches, found));
  // Sets are made only where a query asks about single emails.
  const numbers = new Map<EmailFilter, number>();
  return {
    isUsed: true,
    isCapped,
    isSearch: candidate => found.has(candidate),
    found: candidate => found.get(candidate),
    hits: candidate => {
      const number = numbers.get(candidate) ?? numbers.size;
      if (!numbers.has(candidate)) context.hits.set(number, new Set(found.get(candidate)?.all()));
      numbers.set(candidate, number);
      return number;
    },
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

function lookUp(search: Database, searches: readonly EmailFilter[], found: Map<EmailFilter, Hits>): boolean {
  let isCapped = false;
  for (const filter of searches) {
    if (!isPureSearch(filter)) continue;
    const match = toMatch(search, filter);
    found.set(filter, new Hits(search, match.query));
    isCapped ||= match.isCapped;
  }
  return isCapped;
}
