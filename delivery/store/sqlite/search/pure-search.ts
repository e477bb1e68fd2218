import type { EmailFilter, SearchTerm } from '../../query.ts';

/** A filter that one FTS5 query answers. */
export type PureSearch =
  | Extract<EmailFilter, { search: SearchTerm }>
  | { all: (PureSearch | Negation)[] }
  | { any: PureSearch[] };

/** What none of these searches finds: FTS5 can only take it out of what another one finds. */
export interface Negation {
  readonly none: PureSearch[];
}

/** Whether the filter is made of search terms, `all` and `any` alone, and of `none` beside what must be found. */
export function isPureSearch(filter: EmailFilter): filter is PureSearch {
  if ('search' in filter) return true;
  if ('all' in filter)
    return filter.all.some(isPureSearch) && filter.all.every(part => isPureSearch(part) || isNegation(part));
  return 'any' in filter && filter.any.length > 0 && filter.any.every(isPureSearch);
}

export function isNegation(filter: EmailFilter): filter is Negation {
  return 'none' in filter && filter.none.length > 0 && filter.none.every(isPureSearch);
}

/**
 * The same filter, with searches that stand side by side joined into one, as far as the index can answer them at once.
 */
export function joinSearches(filter: EmailFilter): EmailFilter {
  if ('all' in filter) return joinedAll(filter.all.map(joinSearches).flatMap(partsOfAll));
  if ('any' in filter) return joinedAny(filter.any.map(joinSearches));
  if ('none' in filter && filter.none.length > 0) return { none: [joinedAny(filter.none.map(joinSearches))] };
  return filter;
}

function partsOfAll(filter: EmailFilter): readonly EmailFilter[] {
  return 'all' in filter ? filter.all : [filter];
}

function joinedAll(parts: readonly EmailFilter[]): EmailFilter {
  const searches = parts.filter(isPureSearch);
  const negations = parts.filter(isNegation);
  const others = parts.filter(part => !isPureSearch(part) && !isNegation(part));
  const none = negations.flatMap(part => part.none);
  const negation: Negation[] = none.length > 0 ? [{ none: [single('any', none)] }] : [];
  if (searches.length === 0) return single('all', [...negation, ...others]);
  return single('all', [single('all', [...searches, ...negation]), ...others]);
}

function joinedAny(parts: readonly EmailFilter[]): EmailFilter {
  const searches = parts.filter(isPureSearch);
  const others = parts.filter(part => !isPureSearch(part));
  return single('any', searches.length > 0 ? [single('any', searches), ...others] : others);
}

function single<Part extends EmailFilter>(kind: 'all', parts: Part[]): Part | { all: Part[] };
function single<Part extends EmailFilter>(kind: 'any', parts: Part[]): Part | { any: Part[] };
function single(kind: 'all' | 'any', parts: EmailFilter[]): EmailFilter {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return kind === 'all' ? { all: parts } : { any: parts };
}
