import { type Examples, examplesOf } from './examples.ts';
import { likenessOf, personalWeighing, sharedWeighing } from './likeness.ts';
import { type Linear, linearOdds, linearOf } from './linear.ts';
import { accountCapacity, active, type Memory, sharedCapacity } from './memory.ts';
import type { Sketch } from './sketch.ts';

/** What acts say about one message, in log-odds to be added to all the rest. */
export interface Opinion {
  /** Of this account's own. */
  readonly personal: number;
  /** Of everybody's on this instance; the more of the like the account itself has learned, the less they count. */
  readonly shared: number;
}

/** What judging by a memory needs, made once for many messages. */
export interface Knowledge {
  readonly examples: Examples;
  /** Null where it is not used, or where only one class was learned. */
  readonly linear: Linear | null;
}

/** An account's own knowledge: of messages alike, and, the more it has learned of both classes, of words. */
export function personalKnowledge(memory: Memory, at: Date): Knowledge {
  const examples = examplesOf(active(memory, accountCapacity));
  return { examples, linear: linearOf(examples, at) };
}

/** What everybody's acts have taught: only of messages alike, so that nobody can teach the others a word. */
export function sharedKnowledge(memory: Memory): Knowledge {
  return { examples: examplesOf(active(memory, sharedCapacity)), linear: null };
}

/** Octets that it takes, about. */
export function knowledgeOctets({ examples, linear }: Knowledge): number {
  const { slots, entries } = examples;
  return slots.byteLength + entries.length * 400 + (linear?.weights.byteLength ?? 0);
}

/** What an owner's device has learned of words, and the sketch that it is asked by: of more than the memory may keep. */
export interface DeviceWords {
  readonly linear: Linear;
  readonly sketch: Sketch;
}

/** The opinion of both on a message; null stands for a memory of nothing. Words of a device come before the memory's. */
export function opinionOf(
  sketch: Sketch,
  { personal, shared, device = null }: OpinionSources,
  at: Date,
): Opinion {
  const own = personal
    ? likenessOf(personal.examples, sketch, { at, weighing: personalWeighing })
    : nothingLike;
  const others = shared ? likenessOf(shared.examples, sketch, { at, weighing: sharedWeighing }) : nothingLike;
  const words = device ?? (personal?.linear ? { linear: personal.linear, sketch } : null);
  const byWords = words ? linearOdds(words.linear, words.sketch) : 0;
  const left = 1 - own.evidence;
  return { personal: own.shift + left * byWords, shared: left * others.shift };
}

interface OpinionSources {
  readonly personal: Knowledge | null;
  readonly shared: Knowledge | null;
  readonly device?: DeviceWords | null;
}

const nothingLike = { shift: 0, evidence: 0 };
