import { MethodError } from './errors.ts';
import { maxQueryLimit } from './limits.ts';

/** What part of a whole result list is wanted (RFC 8620 §5.5). */
export interface Window {
  readonly position: number | null;
  readonly anchor: string | null;
  readonly anchorOffset: number | null;
  readonly limit: number | null;
}

/** The wanted part of a list that is known as a whole. Throws `anchorNotFound`. */
export function cut(
  ids: readonly string[],
  window: Window,
): { ids: string[]; position: number; limit?: number } {
  const start = startOf(ids, window);
  const limit = Math.min(window.limit ?? maxQueryLimit, maxQueryLimit);
  const wasCut = window.limit === null ? ids.length - start > limit : window.limit > limit;
  return { ids: ids.slice(start, start + limit), position: start, ...(wasCut ? { limit } : {}) };
}

function startOf(ids: readonly string[], window: Window): number {
  if (window.anchor !== null) {
    const at = ids.indexOf(window.anchor);
    if (at < 0) throw new MethodError('anchorNotFound');
    return Math.max(0, at + (window.anchorOffset ?? 0));
  }
  const position = window.position ?? 0;
  return position < 0 ? Math.max(0, ids.length + position) : position;
}
