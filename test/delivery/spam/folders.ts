import { extractFeatures } from '../../../delivery/spam/features.ts';
import type { Model } from '../../../delivery/spam/model.ts';
import { writeModel } from '../../../delivery/spam/model-format.ts';
import type { Labelled } from '../../../delivery/spam/replay.ts';
import { madeUp } from './messages.ts';

/** Messages of one kind, with the label given. */
export function some(
  kind: 'ham' | 'spam',
  isSpam: boolean,
  { from, count }: { from: number; count: number },
) {
  return Array.from({ length: count }, (_, at) => ({
    features: extractFeatures(madeUp(kind, from + at)),
    isSpam,
  }));
}

/** A folder of each kind, rightly labelled. */
export function both(from: number, count: number): Labelled[] {
  return [...some('ham', false, { from, count }), ...some('spam', true, { from, count })];
}

/** What a model is, but for the order in which it learned. */
export function octetsOf(model: Model): Buffer {
  const learned = [...model.learned].sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(writeModel({ ...model, learned: new Map(learned) }));
}
