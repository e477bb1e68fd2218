import type { Database } from '../database.ts';

/** Hits read in the first step, and at most in one: a page is often full after the first. */
const first = 100;
const most = 4000;

/** The emails that one FTS5 query finds, read only as far as they are needed. */
export class Hits {
  readonly #search: Database;
  readonly #query: string;
  #all: readonly number[] | null = null;

  constructor(search: Database, query: string) {
    this.#search = search;
    this.#query = query;
  }

  /** Their places, newest first. */
  all(): readonly number[] {
    this.#all ??= this.#search
      .all<{ rowid: number }>('select rowid from words where words match ? order by rowid desc', this.#query)
      .map(({ rowid }) => rowid);
    return this.#all;
  }

  count(): number {
    if (this.#all) return this.#all.length;
    const row = this.#search.get<{ hits: number }>(
      'select count(*) hits from words where words match ?',
      this.#query,
    );
    return row?.hits ?? 0;
  }

  /** Their places in pieces, in order of place, from the place `bound` on (included) when there is one. */
  *slices(ascending: boolean, bound: number | null): Iterable<readonly number[]> {
    const [behind, order] = ascending ? ['>', 'asc'] : ['<', 'desc'];
    let last = ascending ? (bound ?? 0) - 1 : (bound ?? Number.MAX_SAFE_INTEGER - 1) + 1;
    for (let size = first; ; size = Math.min(4 * size, most)) {
      const rows = this.#search.all<{ rowid: number }>(
        `select rowid from words where words match ? and rowid ${behind} ? order by rowid ${order} limit ${size}`,
        this.#query,
        last,
      );
      if (rows.length > 0) yield rows.map(({ rowid }) => rowid);
      if (rows.length < size) return;
      last = rows.at(-1)?.rowid ?? last;
    }
  }
}
