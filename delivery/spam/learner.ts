import { slotCount } from './slots.ts';
import type { Scales } from './telling.ts';

/** Weights are whole multiples of 2^-20, so that adding and taking away a step leaves no trace. */
const unit = 2 ** 20;

/**
 * A linear learner over hashed features: logistic regression on features that are there or not, each message
 * scaled to length 1. A step adds the same whole number to every slot of a message; that number is all that
 * `unlearn` needs.
 */
export interface Learner {
  /** Fixed-point log-odds by slot. */
  readonly weights: Int32Array;
}

/** A learner that knows nothing. */
export function emptyLearner(): Learner {
  return { weights: new Int32Array(slotCount) };
}

/** Log-odds of spam for distinct slots; 0 when there are none. Without scales each slot counts the same. */
export function margin(learner: Learner, slots: Uint32Array, scales: Scales | null = null): number {
  const { weights } = learner;
  if (slots.length === 0) return 0;
  let sum = 0;
  // Slots are below the tables' length.
  if (!scales) {
    for (let at = 0; at < slots.length; at++) sum += weights[slots[at] as number] as number;
  } else {
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as number;
      sum += (weights[slot] as number) * (scales[slot] as number);
    }
  }
  return sum / (unit * lengthOf(slots, scales));
}

/** Length of a message as a vector. */
function lengthOf(slots: Uint32Array, scales: Scales | null): number {
  if (!scales) return Math.sqrt(slots.length);
  let squares = 0;
  // Slots are below the table's length.
  for (let at = 0; at < slots.length; at++) squares += scales[slots[at] as number] as number;
  return Math.sqrt(squares);
}

/** What a step is taken for. */
export interface Lesson {
  /** Target less probability. */
  readonly error: number;
  readonly rate: number;
  readonly scales?: Scales | null;
}

/** One step of gradient descent: how much the weight of each slot changes. */
export function stepOf(slots: Uint32Array, { error, rate, scales = null }: Lesson): number {
  return slots.length === 0 ? 0 : Math.round((unit * rate * error) / lengthOf(slots, scales));
}

/** Adds a step to every slot. `apply(…, -step)` undoes it exactly: integers of 32 bits wrap both ways. */
export function apply(learner: Learner, slots: Uint32Array, step: number): void {
  const { weights } = learner;
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at] as number;
    weights[slot] = (weights[slot] as number) + step;
  }
}

/** The logistic function. */
export function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
