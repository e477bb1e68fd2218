/** Named inputs of one message, each about -3..3; a missing name is 0. */
export type Inputs = ReadonlyArray<readonly [name: string, value: number]>;

const unit = 2 ** 20;

/**
 * A small logistic layer over the learners' log-odds and the signals. Weights are whole multiples of 2^-20, as in
 * the learners, so that a step can be taken back exactly. A name without a weight weighs its starting weight.
 */
export interface Fusion {
  readonly weights: Map<string, number>;
}

/** A fusion that starts from the given weights. */
export function newFusion(start: ReadonlyMap<string, number>): Fusion {
  return { weights: new Map([...start].map(([name, weight]) => [name, Math.round(weight * unit)])) };
}

/** What each input adds to the log-odds, in the order of the inputs. */
export function contributions(fusion: Fusion, inputs: Inputs): number[] {
  return inputs.map(([name, value]) => ((fusion.weights.get(name) ?? 0) * value) / unit);
}

/** Log-odds of spam. */
export function fuse(fusion: Fusion, inputs: Inputs): number {
  return contributions(fusion, inputs).reduce((sum, part) => sum + part, 0);
}

/** A change of weights, by name, in whole units: what `applyChange` adds. */
export type Change = ReadonlyArray<readonly [name: string, units: number]>;

/** One step of gradient descent for an error `target - probability` and a rate; what is no finite number is left out. */
export function changeFor(inputs: Inputs, error: number, rate: number): Change {
  return inputs
    .map(([name, value]) => [name, Math.round(unit * rate * error * value)] as const)
    .filter(([, units]) => units !== 0 && Number.isFinite(units));
}

/** Adds a change, or with `sign` -1 takes it back; a weight that comes back to nothing is forgotten. */
export function applyChange(fusion: Fusion, change: Change, sign: 1 | -1 = 1): void {
  for (const [name, units] of change) {
    const weight = (fusion.weights.get(name) ?? 0) + sign * units;
    if (weight === 0) fusion.weights.delete(name);
    else fusion.weights.set(name, weight);
  }
}
