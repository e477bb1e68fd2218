import { DeliveryError } from '../errors.ts';
import type { Page } from './store.ts';

/** Most rows of one page. */
export const maxPage = 500;

/** The wanted number of rows, 1 to 500; 100 when none is named. */
export function pageSize(page: { readonly limit?: number }): number {
  const limit = page.limit ?? 100;
  if (!Number.isInteger(limit) || limit < 0) {
    throw new DeliveryError('badRequest', 'limit is no whole number', { fields: { limit } });
  }
  return Math.min(Math.max(limit, 1), maxPage);
}

export type CursorValue = string | number | null;

/** A cursor: the key of the last row as an opaque text. */
export function encodeCursor(values: readonly CursorValue[]): string {
  return `C${Buffer.from(JSON.stringify(values)).toString('base64url')}`;
}

/** What `encodeCursor` wrote, null for the beginning; throws `badRequest` for anything else. */
export function decodeCursor(page: { readonly after?: string | null }): CursorValue[] | null {
  if (page.after === undefined || page.after === null) return null;
  const values = readJson(Buffer.from(page.after.slice(1), 'base64url').toString());
  const isCursor =
    page.after.startsWith('C') &&
    Array.isArray(values) &&
    values.length > 0 &&
    values.every(value => value === null || typeof value === 'string' || typeof value === 'number');
  if (!isCursor) throw new DeliveryError('badRequest', 'no such cursor', { fields: { after: page.after } });
  return values;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a cursor of ours; the caller says so.
    return null;
  }
}

/** The first `limit` rows as a page; one row more than that says that there is a next one. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (last: Row) => readonly CursorValue[],
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
}
