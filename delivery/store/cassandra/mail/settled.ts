import type { types } from 'cassandra-driver';

/**
 * What was announced for a bucket is there after this long: twice the 5 s that clocks may be apart, three seconds for
 * which one announcement holds, and seven for the write itself.
 */
export const settleMilliseconds = 20_000;

/** Whether all changes announced for a bucket were there when it was read; then that stays so until `changed` changes. */
export function isSettled({ changed }: { readonly changed: types.TimeUuid | null }, readAt: number): boolean {
  return changed !== null && readAt >= changed.getDate().getTime() + settleMilliseconds;
}
