import type { Database } from '../database.ts';
import type { indexes } from './file.ts';

/** Hits read in the first step, and at most in one: a page is often full after the first. */
const first = 100;
const most = 4000;

/** The emails that a search finds. */
export interface Hits {
  /** Their places, newest first. */
  all(): readonly number[];
  count(): number;
  /** Their places in pieces, in order of place, from the place `bound` on (included) when there is one. */
  slices(ascending: boolean, bound: number | null): Iterable<readonly number[]>;
}

/** The emails that one FTS5 query finds, read only as far as they are needed. */
export class MatchHits implements Hits {
  readonly #search: Database;
  readonly #index: (typeof indexes)[number];
  readonly #query: string;
  #all: readonly number[] | null = null;

  constructor(search: Database, index: (typeof indexes)[number], query: string) {
    this.#search = search;
    this.#index = index;
    this.#query = query;
  }

  all(): readonly number[] {
    this.#all ??= this.#places('', 'desc', []);
    return this.#all;
  }

  count(): number {
    if (this.#all) return this.#all.length;
    const row = this.#search.get<{ hits: number }>(
      `select count(*) hits from ${this.#index} where ${this.#index} match ?`,
      this.#query,
    );
    return row?.hits ?? 0;
  }

  *slices(ascending: boolean, bound: number | null): Iterable<readonly number[]> {
    const [behind, order] = ascending ? (['>', 'asc'] as const) : (['<', 'desc'] as const);
    let last = ascending ? (bound ?? 0) - 1 : (bound ?? Number.MAX_SAFE_INTEGER - 1) + 1;
    for (let size = first; ; size = Math.min(4 * size, most)) {
      const places = this.#places(`and rowid ${behind} ?`, order, [last], `limit ${size}`);
      if (places.length > 0) yield places;
      if (places.length < size) return;
      last = places.at(-1) ?? last;
    }
  }

  #places(condition: string, order: 'asc' | 'desc', values: readonly number[], limit = ''): number[] {
    const rows = this.#search.all<{ rowid: number }>(
      `select rowid from ${this.#index} where ${this.#index} match ? ${condition} order by rowid ${order} ${limit}`,
      this.#query,
      ...values,
    );
    return rows.map(({ rowid }) => rowid);
  }
}

/** Emails whose places are known already. */
export class ListedHits implements Hits {
  readonly #places: Float64Array;

  /** Places in any order, some perhaps more than once. */
  constructor(places: Iterable<number>) {
    const sorted = Float64Array.from(places).sort();
    this.#places = sorted.filter((place, index) => place !== sorted[index - 1]).reverse();
  }

  all(): readonly number[] {
    return [...this.#places];
  }

  count(): number {
    return this.#places.length;
  }

  *slices(ascending: boolean, bound: number | null): Iterable<readonly number[]> {
    const isInside = (place: number): boolean =>
      bound === null || (ascending ? place >= bound : place <= bound);
    const places = this.#places.filter(isInside);
    if (ascending) places.reverse();
    let from = 0;
    for (let size = first; from < places.length; size = Math.min(4 * size, most)) {
      yield [...places.subarray(from, from + size)];
      from += size;
    }
  }
}
