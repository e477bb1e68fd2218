import type { Entry } from './entry.ts';
import { type Examples, lengthOf, slotWeights, trustIn } from './examples.ts';
import type { Sketch } from './sketch.ts';

/** What messages that are alike say. */
export interface Likeness {
  /** Log-odds that those learned would have needed. */
  readonly shift: number;
  /** 0..1: how much of the like was learned. */
  readonly evidence: number;
}

/** How entries are weighed. */
export interface Weighing {
  /** Likeness, in whole messages, at which they are half believed. */
  readonly doubt: number;
  /** Likeness, in whole messages, that the entries of one owner count for at most. */
  readonly perOwner: number;
}

/** The owner's own acts: one message very much like this one nearly settles it. */
export const personalWeighing: Weighing = { doubt: 0.05, perOwner: Number.POSITIVE_INFINITY };
/** The acts of others: several must agree, and one owner alone is never more than one message. */
export const sharedWeighing: Weighing = { doubt: 2, perOwner: 1 };

/** Log-odds that a message that is learned should have had. */
const wantedLogOdds = 4;
/** What an entry that was judged rightly before still adds. */
const leastShift = 0.5;
/** Up to this cosine nothing is alike: all mail has as much in common. */
const leastCosine = 0.3;
/** Likeness is what the cosine is above that, of 1, to this power. */
const power = 4;
/** Only so many count, the most alike: a crowd of messages that are hardly alike says nothing. */
const maxNeighbours = 5;

/** Zero between messages: a new one for each would be 256 kB of garbage. */
const present = new Float64Array(slotWeights.length);

/**
 * Kernel regression (Nadaraya, Watson) of what was missing to the log-odds of the messages learned that are most like
 * this one, weighed by their likeness, their age and their source. It is never more than what was missing to one of
 * them, so a message like none of them is left alone, and marking a thousand newsletters says nothing about a friend's
 * letter.
 */
export function likenessOf(
  examples: Examples,
  { slots }: Sketch,
  { at, weighing }: { at: Date; weighing: Weighing },
): Likeness {
  for (const slot of slots) present[slot] = slotWeights[slot] ?? 0;
  const neighbours = neighboursOf(examples, lengthOf(slots), { at, weighing });
  for (const slot of slots) present[slot] = 0;
  neighbours.sort((one, other) => other.like - one.like);
  let shift = 0;
  let likeness = 0;
  for (const { like, entry } of neighbours.slice(0, maxNeighbours)) {
    shift += like * missing(entry);
    likeness += like;
  }
  return { shift: shift / (weighing.doubt + likeness), evidence: likeness / (weighing.doubt + likeness) };
}

interface Neighbour {
  readonly entry: Entry;
  readonly like: number;
}

/** The entries that are like the message whose slots are present. */
function neighboursOf(
  { entries, slots, ends, lengths }: Examples,
  length: number,
  { at, weighing }: { at: Date; weighing: Weighing },
): Neighbour[] {
  const found: Neighbour[] = [];
  const perOwner = new Map<number, number>();
  let start = 0;
  for (const [n, entry] of entries.entries()) {
    const end = ends[n] ?? start;
    const cosine = shared(slots, start, end) / (length * (lengths[n] ?? 0));
    start = end;
    // Not a number where one of the two is empty.
    if (!(cosine > leastCosine)) continue;
    const spent = perOwner.get(entry.owner) ?? 0;
    const wanted = ((cosine - leastCosine) / (1 - leastCosine)) ** power * trustIn(entry, at);
    const like = Math.min(wanted, weighing.perOwner - spent);
    perOwner.set(entry.owner, spent + like);
    found.push({ entry, like });
  }
  return found;
}

function shared(slots: Uint16Array, start: number, end: number): number {
  let sum = 0;
  // Slots are below the table's length.
  for (let at = start; at < end; at++) sum += present[slots[at] as number] as number;
  return sum;
}

function missing({ isSpam, logOdds }: Entry): number {
  const sign = isSpam ? 1 : -1;
  return sign * Math.max(leastShift, wantedLogOdds - sign * logOdds);
}
