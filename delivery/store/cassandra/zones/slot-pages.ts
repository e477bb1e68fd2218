import { createHash } from 'node:crypto';
import { type CursorValue, decodeCursor, encodeCursor, pageSize } from '../../page.ts';
import type { PageRequest } from '../../store.ts';
import { keySlots } from '../schema.ts';

/** The partition in which a published key, by the key of its address, or a zone, by its name, is kept. */
export function keySlot(key: string): number {
  return createHash('sha256').update(key).digest().readUInt16BE(0) % keySlots;
}

/** Slots that are read at once, where they hold little. */
const mostAtOnce = 64;

/** How a table that is spread over slots is read. */
export interface SlotTable<Row> {
  /** The first `limit` rows of a slot behind the row of this key; null: from its beginning on. */
  read(part: {
    readonly slot: number;
    readonly after: readonly CursorValue[] | null;
    readonly limit: number;
  }): Promise<Row[]>;
  /** Names the row within its slot, and orders it. */
  keyOf(row: Row): readonly CursorValue[];
}

/** One page of rows, slot by slot: as many slots at once as the page may need, by what the ones before held. */
export async function pageOfSlots<Row>(
  page: PageRequest,
  { read, keyOf }: SlotTable<Row>,
): Promise<{ readonly rows: Row[]; readonly next: string | null }> {
  const limit = pageSize(page);
  const cursor = decodeCursor(page);
  let slot = Number(cursor?.[0] ?? 0);
  let after = cursor?.slice(1) ?? null;
  let found: { readonly slot: number; readonly row: Row }[] = [];
  let isKnown = false;
  let perSlot = 0;
  while (slot < keySlots && found.length <= limit) {
    const left = limit + 1 - found.length;
    const wanted = isKnown ? Math.min(mostAtOnce, Math.ceil(left / Math.max(perSlot, 0.01))) : 1;
    const some = Array.from({ length: Math.min(wanted, keySlots - slot) }, (_unused, index) => slot + index);
    const parts = await Promise.all(
      some.map(async (one, index) => {
        const rows = await read({ slot: one, after: index === 0 ? after : null, limit: left });
        return rows.map(row => ({ slot: one, row }));
      }),
    );
    // What is left of a slot says nothing about the others.
    if (after === null) {
      isKnown = true;
      perSlot = parts.flat().length / some.length;
    }
    found = found.concat(...parts);
    slot += some.length;
    after = null;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return {
    rows: shown.map(({ row }) => row),
    next: hasMore ? encodeCursor([last.slot, ...keyOf(last.row)]) : null,
  };
}
