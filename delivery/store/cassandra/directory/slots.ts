import { createHash } from 'node:crypto';
import { decodeCursor, encodeCursor, pageSize } from '../../page.ts';
import type { Page, PageRequest } from '../../store.ts';
import { listSlots } from '../schema.ts';

/** The partition in which a list of the whole instance holds this key. */
export function slotOf(key: string): number {
  return (createHash('sha256').update(key).digest()[0] ?? 0) % listSlots;
}

/** All partitions of such a list. */
export const slots: readonly number[] = Array.from({ length: listSlots }, (_unused, slot) => slot);

/** A part of a list: up to `limit` keys behind `after`, in ASCII order. */
export type KeyReader = (part: { slot: number; after: string; limit: number }) => Promise<string[]>;

/** One page of keys of a list that is spread over all slots, in order. */
export async function listKeys(page: PageRequest, read: KeyReader): Promise<Page<string>> {
  return await pageOfKeys(page, async ({ after, limit }) => {
    const parts = await Promise.all(slots.map(slot => read({ slot, after, limit })));
    // Keys are ASCII: the order of code units is the cluster's.
    return parts.flat().sort((one, other) => (one < other ? -1 : 1));
  });
}

/** One page of keys, from what gives the first ones behind `after`. */
export async function pageOfKeys(
  page: PageRequest,
  read: (part: { after: string; limit: number }) => Promise<string[]>,
): Promise<Page<string>> {
  const limit = pageSize(page);
  const keys = await read({ after: String(decodeCursor(page)?.[0] ?? ''), limit: limit + 1 });
  const items = keys.slice(0, limit);
  const last = items.at(-1);
  return { items, next: keys.length > limit && last !== undefined ? encodeCursor([last]) : null };
}
