import { apply, emptyLearner, type Learner, probability, stepOf } from './learner.ts';
import { composePriorTexts } from './prior-texts.ts';
import { priorSlots } from './words.ts';

const epochs = 6;
const rate = 12;

/**
 * What the product knows of unwanted mail before anybody taught it: a learner over the words of texts of our own
 * making. It is made anew from the texts at each start (about 20 ms) and never changes.
 */
export function priorLearner(): Learner {
  const learner = emptyLearner();
  const samples = composePriorTexts().map(({ text, isSpam }) => ({ slots: priorSlots(text), isSpam }));
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const { slots, isSpam } of samples) {
      const error = (isSpam ? 1 : 0) - probability(knownMargin(learner, slots));
      apply(learner, slots, stepOf(slots, { error, rate }));
    }
  }
  return learner;
}

/** The prior's opinion of word slots, -3..3: only words it knows count, and few known words say little. */
export function priorMargin(prior: Learner, words: Uint32Array): number {
  return Math.max(-3, Math.min(3, knownMargin(prior, words)));
}

function knownMargin({ weights }: Learner, slots: Uint32Array): number {
  let sum = 0;
  let known = 0;
  for (let at = 0; at < slots.length; at++) {
    // `at` is below the length, slots below the table's.
    const weight = weights[slots[at] as number] as number;
    if (weight === 0) continue;
    sum += weight;
    known++;
  }
  return sum / (2 ** 20 * Math.sqrt(known + 20));
}
