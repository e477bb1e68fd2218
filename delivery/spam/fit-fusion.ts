import { type Inputs, newFusion } from './fusion.ts';
import { probability } from './learner.ts';
import { learnedInputs, type Model, startingWeights } from './model.ts';

/** What the fusion saw of a message whose class is known, and how much that message weighs, 0..1. */
export interface JudgedInputs {
  readonly inputs: Inputs;
  readonly isSpam: boolean;
  readonly share: number;
}

/** How strongly weights are held to their anchors; those of signals more, since old mail tells little of new tricks. */
const holds = { learned: 3, signal: 10 };
/** Signals and the prior are held to this share of their starting weights: the learners have seen most of what they say. */
const startShare = 0.5;
const epochs = 200;
const pace = 0.3;

/**
 * Sets the fusion's weights by logistic regression over messages that the learners had not seen, each weight held to
 * where it started by a quadratic penalty, so that rare signals keep their meaning. What was fitted before does not
 * matter; inputs that none of the messages has keep the weights that they have, and so do those whose fit is no finite
 * number.
 */
export function fitFusion(model: Pick<Model, 'fusion' | 'prior'>, judged: readonly JudgedInputs[]): void {
  const names = [...new Set(judged.flatMap(({ inputs }) => inputs.map(([name]) => name)))];
  const places = new Map(names.map((name, at) => [name, at]));
  const rows = judged.map(row => packed(row, places));
  const scales = scalesOf(names, rows);
  const anchors = anchorsOf(names, scales, model.prior !== null);
  const weights = Float64Array.from(anchors);
  // Steps by each weight's own history of slopes (Duchi et al. 2011).
  const squares = new Float64Array(names.length).fill(1e-6);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const slopes = slopesOf(rows, weights, scales);
    for (let at = 0; at < names.length; at++) {
      // All tables have one entry for each name.
      const slope =
        (slopes[at] as number) + holdOf(names[at]) * ((weights[at] as number) - (anchors[at] as number));
      (squares[at] as number) += slope * slope;
      (weights[at] as number) -= (pace * slope) / Math.sqrt(squares[at] as number);
    }
  }
  const fitted = newFusion(new Map(names.map((name, at) => [name, (weights[at] ?? 0) / (scales[at] ?? 1)])));
  for (const [name, weight] of fitted.weights)
    if (Number.isFinite(weight)) model.fusion.weights.set(name, weight);
}

/** The bias goes where the messages put it. */
function holdOf(name: string | undefined): number {
  if (name === 'bias') return 0;
  return learned.has(name ?? '') ? holds.learned : holds.signal;
}

interface Row {
  readonly places: Uint16Array;
  readonly values: Float64Array;
  readonly target: number;
  readonly share: number;
}

function packed({ inputs, isSpam, share }: JudgedInputs, places: ReadonlyMap<string, number>): Row {
  return {
    places: Uint16Array.from(inputs, ([name]) => places.get(name) ?? 0),
    values: Float64Array.from(inputs, ([, value]) => value),
    target: isSpam ? 1 : 0,
    share,
  };
}

const learned: ReadonlySet<string> = new Set([...learnedInputs, 'prior']);

/** Learners are compared by how widely they differ between messages; signals are 0 to 1 by themselves. */
function scalesOf(names: readonly string[], rows: readonly Row[]): Float64Array {
  const squares = new Float64Array(names.length);
  for (const { places, values } of rows) {
    for (const [at, place] of places.entries()) (squares[place] as number) += (values[at] ?? 0) ** 2;
  }
  return squares.map((sum, at) =>
    learned.has(names[at] ?? '') && sum > 0 ? Math.sqrt(sum / rows.length) : 1,
  );
}

/** What a learner's weight is held to, in units of its scale. */
const learnedAnchor = 0.7;

/** Where weights are held, in units of their scales. */
function anchorsOf(names: readonly string[], scales: Float64Array, withPrior: boolean): Float64Array {
  const start = startingWeights(withPrior);
  return Float64Array.from(names, (name, at) => {
    if (name === 'bias') return 0;
    const weight = start.get(name) ?? 0;
    if (name === 'prior') return weight * startShare * (scales[at] ?? 1);
    return learned.has(name) ? learnedAnchor : weight * startShare;
  });
}

function slopesOf(rows: readonly Row[], weights: Float64Array, scales: Float64Array): Float64Array {
  const slopes = new Float64Array(weights.length);
  for (const { places, values, target, share } of rows) {
    let sum = 0;
    for (let at = 0; at < places.length; at++) {
      // Both tables have the row's length; places are below the weights'.
      const place = places[at] as number;
      sum += ((weights[place] as number) * (values[at] as number)) / (scales[place] as number);
    }
    const error = share * (probability(sum) - target);
    for (let at = 0; at < places.length; at++) {
      const place = places[at] as number;
      (slopes[place] as number) += (error * (values[at] as number)) / (scales[place] as number);
    }
  }
  return slopes;
}
