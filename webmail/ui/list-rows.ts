import type { Range } from './list-window.ts';

/** What of a long list is held: some rows by their place, and how many there are. */
export interface Rows<T> {
  readonly total: number;
  /** False: there are more than `total`, and it is not known how many. */
  readonly isCounted: boolean;
  readonly held: ReadonlyMap<number, T>;
  /** Places whose rows were loaded before the list last changed. */
  readonly stale: ReadonlySet<number>;
  /** How far rows have moved down since the list was first loaded: a place less this number keeps its row. */
  readonly moved: number;
}

/** A part of the list as the server gives it. */
export interface RowPage<T> {
  readonly position: number;
  readonly rows: readonly T[];
  /** Null when it isn't known. */
  readonly total: number | null;
  readonly hasMore: boolean;
}

export const noRows: Rows<never> = {
  total: 0,
  isCounted: false,
  held: new Map<number, never>(),
  stale: new Set(),
  moved: 0,
};

/** Rows held at most; those farthest from what was loaded last are let go. */
export const maxHeld = 400;
/** Rows asked for in one request at most. */
export const pageSize = 40;
/** What a list of unknown length seems to go on by. */
const guess = 10;

/** The list with a page in its place. */
export function withPage<T>(rows: Rows<T>, page: RowPage<T>): Rows<T> {
  const { position } = page;
  const end = position + page.rows.length;
  const total = totalOf(rows, page);
  const held = new Map([...rows.held].filter(([place]) => place < total));
  for (const [index, row] of page.rows.entries()) held.set(position + index, row);
  const kept = nearest(held, (position + end) / 2);
  const stale = new Set(
    [...rows.stale].filter(place => kept.has(place) && (place < position || place >= end)),
  );
  return { ...rows, total, isCounted: isCounted(rows, page), held: kept, stale };
}

function totalOf(
  rows: Rows<unknown>,
  { position, rows: { length }, total, hasMore }: RowPage<unknown>,
): number {
  if (total !== null) return total;
  const end = position + length;
  if (hasMore) return Math.max(rows.total, end + (rows.isCounted ? 1 : guess));
  // A page that begins behind the end says nothing of where that is.
  return length > 0 || position === 0 ? end : Math.min(rows.total, position);
}

function isCounted(rows: Rows<unknown>, { total, hasMore }: RowPage<unknown>): boolean {
  return total !== null || !hasMore || rows.isCounted;
}

function nearest<T>(held: ReadonlyMap<number, T>, middle: number): ReadonlyMap<number, T> {
  if (held.size <= maxHeld) return held;
  const places = [...held.keys()].sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
  return new Map(
    places.slice(0, maxHeld).flatMap(place => (held.has(place) ? [[place, held.get(place) as T]] : [])),
  );
}

/** The list after it has changed: rows have moved down by so many places, and each may be another one now. */
export function movedBy<T>(rows: Rows<T>, by: number): Rows<T> {
  const held = new Map(
    [...rows.held].flatMap(([place, row]) => (place + by < 0 ? [] : [[place + by, row] as const])),
  );
  return { ...rows, held, stale: new Set(held.keys()), moved: rows.moved + by };
}

/** The list without the rows that are on their way out of it; what stood below them moves up. */
export function without<T>(rows: Rows<T>, isGone: (row: T) => boolean): Rows<T> {
  const gone = [...rows.held].filter(([, row]) => isGone(row)).map(([place]) => place);
  if (gone.length === 0) return rows;
  const left = [...rows.held].filter(([place]) => !gone.includes(place));
  const to = (place: number): number => place - gone.filter(other => other < place).length;
  return {
    ...rows,
    total: rows.total - gone.length,
    held: new Map(left.map(([place, row]) => [to(place), row])),
    stale: new Set([...rows.stale].filter(place => !gone.includes(place)).map(to)),
  };
}

/** What to ask for next so that the range is there: null when nothing is missing. */
export function missingIn(
  rows: Rows<unknown>,
  { first, end }: Range,
): { position: number; limit: number } | null {
  const isMissing = (place: number): boolean => !rows.held.has(place) || rows.stale.has(place);
  let from = first;
  while (from < end && !isMissing(from)) from++;
  if (from >= end) return null;
  let to = end;
  while (to > from + 1 && !isMissing(to - 1)) to--;
  // Some of what comes next in either direction, as far as it is missing, too.
  const spare = Math.max(0, pageSize - (to - from));
  const before = from === first && first > 0 && isMissing(first - 1) ? Math.floor(spare / 2) : 0;
  const position = Math.max(0, from - before);
  const rest = rows.isCounted ? rows.total - position : pageSize;
  return { position, limit: Math.max(to - position, Math.min(pageSize, rest)) };
}
