import type { EmailFilter } from '../../query.ts';
import type { Database } from '../database.ts';
import type { SearchSource } from '../search/catch-up.ts';
import { fieldHits } from '../search/field-hits.ts';
import { type Hits, ListedHits, MatchHits } from '../search/hits.ts';
import { toMatch } from '../search/match.ts';
import { union } from '../search/places.ts';
import { isPureSearch, joinSearches } from '../search/pure-search.ts';
import type { ReadContext } from '../threads/context.ts';

/** The search filters of a query, answered by the account's search file. */
export interface SearchPlan {
  /** The query's filter, with searches that stand side by side joined into one. */
  readonly filter: EmailFilter | null;
  /** Words of messages are asked for. */
  readonly isUsed: boolean;
  readonly isCapped: boolean;
  /** The index holds all emails. */
  readonly isCurrent: boolean;
  readonly isSearch: (filter: EmailFilter) => boolean;
  /** The number of the set of emails that this filter finds. */
  readonly hits: (filter: EmailFilter) => number;
  /** What this filter finds; undefined when it is no search, nor several of which one must hold. */
  readonly found: (filter: EmailFilter) => Hits | undefined;
  /** Some of what it finds may not meet it. */
  readonly isLoose: (filter: EmailFilter) => boolean;
  /** Whether there are searches, and whether some of them is loose. */
  readonly searches: 'none' | 'exact' | 'loose';
  /** Takes the filter for a search that finds these. */
  know(filter: EmailFilter, hits: Hits): void;
  /** Forgets the sets. */
  end(): void;
}

const noSearch: Omit<SearchPlan, 'filter'> = {
  isUsed: false,
  isCapped: false,
  isCurrent: true,
  isSearch: () => false,
  hits: () => 0,
  found: () => undefined,
  isLoose: () => false,
  searches: 'none',
  know: () => undefined,
  end: () => undefined,
};

/** Makes every search filter of the query ready, in an index that is up to date with the shard if that is soon done. */
export function prepareSearch(
  context: ReadContext,
  source: SearchSource,
  asked: EmailFilter | null,
): SearchPlan {
  const filter = asked && joinSearches(asked);
  const searches = filter ? searchesIn(filter) : [];
  if (searches.length === 0) return { ...noSearch, filter };
  const found: Found = { hits: new Map(), unions: new Map(), loose: new Set(), isCapped: false };
  const isCurrent = context.search.use(source, (search, isReady) => {
    for (const one of searches) lookUp(search, one, found);
    return isReady;
  });
  // Sets are made only where a query asks about single emails.
  const numbers = new Map<EmailFilter, number>();
  return {
    filter,
    isUsed: searches.some(isPureSearch),
    isCapped: found.isCapped,
    isCurrent,
    isSearch: candidate => found.hits.has(candidate),
    found: candidate => hitsOf(candidate, found),
    isLoose: candidate => isLoose(candidate, found),
    searches: found.loose.size === 0 ? 'exact' : 'loose',
    know: (candidate, hits) => found.hits.set(candidate, hits),
    hits: candidate => {
      const number = numbers.get(candidate) ?? numbers.size;
      if (!numbers.has(candidate)) context.hits.set(number, new Set(found.hits.get(candidate)?.all()));
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
  if (isPureSearch(filter) || 'fieldName' in filter) return [filter];
  if ('all' in filter) return filter.all.flatMap(searchesIn);
  if ('any' in filter) return filter.any.flatMap(searchesIn);
  if ('none' in filter) return filter.none.flatMap(searchesIn);
  return [];
}

/** What the searches of a query found. */
interface Found {
  readonly hits: Map<EmailFilter, Hits>;
  /** Of filters that are no search themselves: all that one of theirs finds. */
  readonly unions: Map<EmailFilter, Hits>;
  readonly loose: Set<EmailFilter>;
  isCapped: boolean;
}

function lookUp(search: Database, filter: EmailFilter, found: Found): void {
  if ('fieldName' in filter) {
    const { hits, isExact } = fieldHits(search, filter);
    found.hits.set(filter, hits);
    if (!isExact) found.loose.add(filter);
  } else if (isPureSearch(filter)) {
    const { query, isCapped } = toMatch(search, filter);
    found.hits.set(filter, new MatchHits(search, 'words', query));
    found.isCapped ||= isCapped;
  }
}

function hitsOf(filter: EmailFilter, found: Found): Hits | undefined {
  const known = found.hits.get(filter) ?? found.unions.get(filter);
  if (known || !('any' in filter) || filter.any.length === 0) return known;
  const parts = filter.any.flatMap(part => found.hits.get(part) ?? []);
  if (parts.length < filter.any.length) return undefined;
  const together = new ListedHits(union(parts.map(part => part.all())));
  found.unions.set(filter, together);
  return together;
}

function isLoose(filter: EmailFilter, { loose }: Found): boolean {
  return loose.has(filter) || ('any' in filter && filter.any.some(part => loose.has(part)));
}
