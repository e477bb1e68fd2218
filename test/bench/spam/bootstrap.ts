import {
  calibrationErrorOf,
  cutAt,
  cutFor,
  type Judged,
  oneMinusAucOf,
} from '../../../delivery/spam/evaluate/figures.ts';
import { openRandom } from '../../support/random.ts';

/** What is compared, in order; each as a share (0..1), less is better. */
export const measureNames = [
  'oneMinusAuc',
  'missedAtLoss',
  'lostHam',
  'missedSpam',
  'calibrationError',
] as const;
export type Measures = Readonly<Record<(typeof measureNames)[number], number>>;

/** One filter's judgements, and the score from which it says spam. */
export interface Side {
  readonly judged: readonly Judged[];
  readonly threshold: number;
}

/** `missedAtLoss` is the spam missed when at most 0.1 % of ham may be lost; the next two are at the threshold. */
export function measuresOf({ judged, threshold }: Side): Measures {
  const { lostHamShare, missedSpamShare } = cutAt(judged, threshold);
  return {
    oneMinusAuc: oneMinusAucOf(judged),
    missedAtLoss: cutFor(judged, 0.001)?.missedSpamShare ?? 1,
    lostHam: lostHamShare,
    missedSpam: missedSpamShare,
    calibrationError: calibrationErrorOf(judged),
  };
}

/** From and to. */
export type Interval = readonly [number, number];

/**
 * For each measure, the interval that holds 90 % of the differences (ours less theirs) when the same messages are drawn
 * again and again from those there are, with repetition, ham and spam apart (paired bootstrap). Both sides hold the same
 * messages in the same order.
 */
export function pairedIntervals(ours: Side, theirs: Side, rounds = 500): Record<keyof Measures, Interval> {
  const random = openRandom(1);
  const placesOf = (kind: boolean) => ours.judged.flatMap(({ isSpam }, at) => (isSpam === kind ? [at] : []));
  const kinds = [placesOf(false), placesOf(true)];
  const differences = Array.from({ length: rounds }, () => {
    const drawn = kinds.flatMap(places => places.map(() => random.pick(places)));
    const [own, other] = [ours, theirs].map(({ judged, threshold }) =>
      measuresOf({ judged: drawn.flatMap(at => judged[at] ?? []), threshold }),
    ) as [Measures, Measures];
    return (name: keyof Measures) => own[name] - other[name];
  });
  const intervalOf = (name: keyof Measures): Interval => {
    const sorted = differences.map(difference => difference(name)).sort((a, b) => a - b);
    return [sorted[Math.floor(rounds * 0.05)] ?? 0, sorted[Math.ceil(rounds * 0.95) - 1] ?? 0];
  };
  return Object.fromEntries(measureNames.map(name => [name, intervalOf(name)])) as Record<
    keyof Measures,
    Interval
  >;
}
