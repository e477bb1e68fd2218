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

/** Where a page begins, and how many rows a slot was seen to hold; null: nobody knows. */
interface Place {
  readonly slot: number;
  readonly after: readonly CursorValue[] | null;
  readonly perSlot: number | null;
}

/** One page of rows, slot by slot: as many slots at once as the page may need, by what the ones before held. */
export async function pageOfSlots<Row>(
  page: PageRequest,
  table: SlotTable<Row>,
): Promise<{ readonly rows: Row[]; readonly next: string | null }> {
  const limit = pageSize(page);
  let place = placeOf(page);
  let found: PlacedRow<Row>[] = [];
  while (place.slot < keySlots && found.length <= limit) {
    const step = await readSome(table, place, limit + 1 - found.length);
    found = found.concat(step.rows);
    place = step.next;
  }
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return {
    rows: shown.map(({ row }) => row),
    next: hasMore ? encodeCursor([last.slot, place.perSlot, ...table.keyOf(last.row)]) : null,
  };
}

function placeOf(page: PageRequest): Place {
  const [slot = 0, perSlot = null, ...after] = decodeCursor(page) ?? [];
  return {
    slot: Number(slot),
    after: after.length > 0 ? after : null,
    perSlot: perSlot === null ? null : Number(perSlot),
  };
}

interface PlacedRow<Row> {
  readonly slot: number;
  readonly row: Row;
}

/** Reads some slots at once, whose rows may be fewer than wanted, or more. */
async function readSome<Row>(
  { read }: SlotTable<Row>,
  place: Place,
  wanted: number,
): Promise<{ readonly rows: PlacedRow<Row>[]; readonly next: Place }> {
  const { slot, after, perSlot } = place;
  const width = perSlot === null ? 1 : Math.ceil(wanted / Math.max(perSlot, 1));
  const count = Math.min(width, mostAtOnce, keySlots - slot);
  const parts = await Promise.all(
    Array.from({ length: count }, async (_unused, index) => {
      const rows = await read({ slot: slot + index, after: index === 0 ? after : null, limit: wanted });
      return rows.map(row => ({ slot: slot + index, row }));
    }),
  );
  // What is left of a slot says nothing about the others.
  const whole = (after === null ? parts : parts.slice(1)).map(({ length }) => length);
  const next = { slot: slot + count, after: null, perSlot: meanOf(whole, wanted, perSlot) };
  return { rows: parts.flat(), next };
}

/** Rows of a slot, by those that were read; a slot that gave all that was wanted may hold more. */
function meanOf(counts: readonly number[], wanted: number, known: number | null): number | null {
  if (counts.length === 0) return known;
  const mean = counts.reduce((sum, one) => sum + one, 0) / counts.length;
  return counts.includes(wanted) ? Math.max(mean, known ?? 0) : mean;
}
