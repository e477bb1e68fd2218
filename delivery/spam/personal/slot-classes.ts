/** Every hashed feature of a sketch falls into one of these. */
export const sketchSlots = 2 ** 15;

/** A class of features: its slots, how many are taken of a message, and how much one of them weighs. */
export interface SketchClass {
  readonly from: number;
  /** A power of two. */
  readonly size: number;
  readonly most: number;
  readonly weight: number;
}

/** Who wrote weighs more than any word; what header fields say is much the same in all mail. */
export const classes = {
  sender: { from: 0, size: 4096, most: 12, weight: 9 },
  header: { from: 4096, size: 8192, most: 64, weight: 0.5 },
  content: { from: 12_288, size: 16_384, most: 48, weight: 1 },
  other: { from: 28_672, size: 4096, most: 24, weight: 1 },
} as const satisfies Record<string, SketchClass>;

/** Most slots of one sketch. */
export const maxSketch = Object.values(classes).reduce((sum, { most }) => sum + most, 0);

/** What a slot counts for where two sketches share it. */
export function weightOf(slot: number): number {
  const found = Object.values(classes).find(({ from, size }) => slot >= from && slot < from + size);
  return found?.weight ?? 0;
}
