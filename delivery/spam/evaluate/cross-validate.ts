import { emptyModel, predict } from '../model.ts';
import type { Labelled } from '../replay.ts';
import { train } from '../train.ts';
import type { Judged } from './figures.ts';

/** Messages and the fold of each. */
export interface Trial {
  readonly samples: readonly Labelled[];
  /** Numbers from 0, one for each sample. */
  readonly folds: readonly number[];
  readonly withPrior: boolean;
}

/** Judges each message by a model that has learned all the other folds; in the order of the samples. */
export function crossValidate({ samples, folds, withPrior }: Trial): Judged[] {
  const scores: number[] = [];
  for (const fold of new Set(folds)) {
    const model = emptyModel({ withPrior });
    train(
      model,
      samples.filter((_, at) => folds[at] !== fold),
    );
    for (const [at, { features }] of samples.entries())
      if (folds[at] === fold) scores[at] = predict(model, features);
  }
  return samples.map(({ isSpam }, at) => ({ isSpam, score: scores[at] ?? 0 }));
}
