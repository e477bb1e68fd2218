import type { SearchTerm } from '../../query.ts';
import type { Database } from '../database.ts';
import { isPureSearch, type PureSearch } from './pure-search.ts';

/** A filter of search terms alone, as an FTS5 query. */
export interface Match {
  readonly query: string;
  /** True when a prefix had more words than are looked up. */
  readonly isCapped: boolean;
}

/** Words that a prefix stands for at most; native prefix queries take seconds in a big index. */
const maxWords = 64;

/** The FTS5 query of a pure search; prefixes become an `or` of the words that the index has. */
export function toMatch(search: Database, filter: PureSearch): Match {
  if ('search' in filter) return termMatch(search, filter.search);
  if ('any' in filter) return combined(search, filter.any, ' OR ');
  const found = combined(search, filter.all.filter(isPureSearch), ' AND ');
  const taken = filter.all.flatMap(part => ('none' in part ? part.none : []));
  if (taken.length === 0) return found;
  const none = combined(search, taken, ' OR ');
  return { query: `(${found.query} NOT ${none.query})`, isCapped: found.isCapped || none.isCapped };
}

function combined(search: Database, parts: readonly PureSearch[], operator: string): Match {
  const matches = parts.map(part => toMatch(search, part));
  return {
    query: `(${matches.map(({ query }) => query).join(operator)})`,
    isCapped: matches.some(({ isCapped }) => isCapped),
  };
}

function termMatch(search: Database, term: SearchTerm): Match {
  const column = term.field === 'any' ? '' : `{${term.field}} : `;
  const last = term.words.at(-1);
  if (!term.prefix || last === undefined) {
    return { query: `(${column}${quote(term.words.join(' '))})`, isCapped: false };
  }
  const { words, isCapped } = expand(search, last);
  const before = term.words.slice(0, -1);
  const phrases = words.map(word => quote([...before, word].join(' ')));
  return { query: `(${column}(${phrases.join(' OR ')}))`, isCapped };
}

/** The words of the index that begin with `prefix`, the first ones in order; `prefix` itself when there is none. */
function expand(search: Database, prefix: string): { words: string[]; isCapped: boolean } {
  const rows = search.all<{ term: string }>(
    `select term from vocabulary where term >= ? and term < ? limit ${maxWords + 1}`,
    prefix,
    `${prefix}\u{10ffff}`,
  );
  const words = rows.slice(0, maxWords).map(({ term }) => term);
  return { words: words.length > 0 ? words : [prefix], isCapped: rows.length > maxWords };
}

/** The text as a string of FTS5's query language. */
export function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
