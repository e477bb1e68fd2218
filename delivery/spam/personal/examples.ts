import { type Entry, type Source, slotsOfEntry } from './entry.ts';
import { sketchSlots, weightOf } from './slot-classes.ts';

/** Entries made ready to compare with, in their order. */
export interface Examples {
  readonly entries: readonly Entry[];
  /** Slots of all entries one after the other; those of the entry n end at `ends[n]`. */
  readonly slots: Uint16Array;
  readonly ends: Uint32Array;
  /** Length of each entry's sketch; 0 for an empty one. */
  readonly lengths: Float64Array;
}

/** What each slot counts for. */
export const slotWeights: Readonly<Float64Array> = Float64Array.from({ length: sketchSlots }, (_, slot) =>
  weightOf(slot),
);

/** Reads the entries once, so that many messages can be compared with them. */
export function examplesOf(entries: readonly Entry[]): Examples {
  const sketches = entries.map(slotsOfEntry);
  const slots = new Uint16Array(sketches.reduce((sum, one) => sum + one.length, 0));
  const ends = new Uint32Array(entries.length);
  let end = 0;
  for (const [at, sketch] of sketches.entries()) {
    slots.set(sketch, end);
    end += sketch.length;
    ends[at] = end;
  }
  return { entries, slots, ends, lengths: Float64Array.from(sketches, lengthOf) };
}

/** Length of a sketch as a vector. */
export function lengthOf(slots: Uint16Array): number {
  let sum = 0;
  for (const slot of slots) sum += slotWeights[slot] ?? 0;
  return Math.sqrt(sum);
}

/** What an entry counts for when it is new, and after how many days for half of that. */
const trust: Readonly<Record<Source, { readonly weight: number; readonly halfLifeDays: number }>> = {
  owner: { weight: 1, halfLifeDays: 365 },
  reply: { weight: 0.5, halfLifeDays: 180 },
  correspondent: { weight: 0.25, halfLifeDays: 90 },
};

/** What an entry counts for at a time, 0..1. */
export function trustIn({ source, at }: Pick<Entry, 'source' | 'at'>, now: Date): number {
  const { weight, halfLifeDays } = trust[source];
  return weight * 2 ** (-Math.max(0, now.getTime() / 1000 - at) / (halfLifeDays * 86_400));
}
