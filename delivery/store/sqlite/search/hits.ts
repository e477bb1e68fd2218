import type { Database } from '../database.ts';
import type { indexes } from './file.ts';
import { noPlaces, type Places, placesFrom, rankIn, readPlaces, within } from './places.ts';

/** Hits read in the first step, and at most in one: a page is often full after the first. */
const first = 100;
const most = 4000;

/** The emails that a search finds. */
export interface Hits {
  all(): Places;
  count(): number;
  /** Those from one place to another, both included. */
  between(first: number, last: number): Places;
  /** Their places in pieces, in order of place, from the place `bound` on (included) when there is one. */
  slices(ascending: boolean, bound: number | null): Iterable<readonly number[]>;
}

/** The emails that one FTS5 query finds, read only as far as they are needed. */
export class MatchHits implements Hits {
  readonly #search: Database;
  readonly #index: (typeof indexes)[number];
  readonly #query: string;
  #all: Places | null = null;

  constructor(search: Database, index: (typeof indexes)[number], query: string) {
    this.#search = search;
    this.#index = index;
    this.#query = query;
  }

  all(): Places {
    if (this.#all) return this.#all;
    // One row of JSON crosses four times faster than its numbers as rows.
    const row = this.#search.get<{ places: string }>(
      `select json_group_array(rowid) places from
         (select rowid from ${this.#index} where ${this.#index} match ? order by rowid)`,
      this.#query,
    );
    this.#all = row ? readPlaces(row.places) : noPlaces;
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

  between(first: number, last: number): Places {
    if (this.#all) return within(this.#all, first, last);
    const rows = this.#search.all<{ rowid: number }>(
      `select rowid from ${this.#index} where ${this.#index} match ? and rowid between ? and ? order by rowid`,
      this.#query,
      first,
      last,
    );
    return placesFrom(rows.map(({ rowid }) => rowid));
  }

  *slices(ascending: boolean, bound: number | null): Iterable<readonly number[]> {
    if (this.#all) return yield* slicesOf(this.#all, ascending, bound);
    const [behind, order] = ascending ? (['>', 'asc'] as const) : (['<', 'desc'] as const);
    let last = ascending ? (bound ?? 0) - 1 : (bound ?? Number.MAX_SAFE_INTEGER - 1) + 1;
    for (let size = first; ; size = Math.min(4 * size, most)) {
      const places = this.#search.all<{ rowid: number }>(
        `select rowid from ${this.#index} where ${this.#index} match ? and rowid ${behind} ?
         order by rowid ${order} limit ${size}`,
        this.#query,
        last,
      );
      if (places.length > 0) yield places.map(({ rowid }) => rowid);
      if (places.length < size) return;
      last = places.at(-1)?.rowid ?? last;
    }
  }
}

/** Emails whose places are known already. */
export class ListedHits implements Hits {
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  /** Of places in any order, some perhaps more than once. */
  static of(places: readonly number[]): ListedHits {
    return new ListedHits(placesFrom(places));
  }

  all(): Places {
    return this.#places;
  }

  count(): number {
    return this.#places.length;
  }

  between(first: number, last: number): Places {
    return within(this.#places, first, last);
  }

  slices(ascending: boolean, bound: number | null): Iterable<readonly number[]> {
    return slicesOf(this.#places, ascending, bound);
  }
}

/** `Hits.slices` of places that are known. */
export function* slicesOf(
  places: Places,
  ascending: boolean,
  bound: number | null,
): Iterable<readonly number[]> {
  let [from, end] = [0, places.length];
  if (bound !== null && ascending) from = rankIn(places, bound);
  if (bound !== null && !ascending) end = rankIn(places, bound + 1);
  for (let size = first; from < end; size = Math.min(4 * size, most)) {
    if (ascending) {
      yield [...places.subarray(from, Math.min(from + size, end))];
      from += size;
    } else {
      yield [...places.subarray(Math.max(from, end - size), end)].reverse();
      end -= size;
    }
  }
}
