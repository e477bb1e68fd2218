import type { Features } from './features.ts';
import { applyChange, type Change, changeFor, type Fusion, fuse, type Inputs, newFusion } from './fusion.ts';
import { apply, emptyLearner, type Learner, margin, probability, stepOf } from './learner.ts';
import { priorLearner, priorMargin } from './prior.ts';
import { rules } from './rules.ts';

/** What one message changed in a model: enough to take it back. */
export interface Update {
  readonly isSpam: boolean;
  /** Steps of the learners, in units of a weight. */
  readonly grams: number;
  readonly words: number;
  readonly fusion: Change;
}

/** A classifier: two learners over hashed features, a prior that does not change, and the layer that weighs them. */
export interface Model {
  readonly grams: Learner;
  readonly words: Learner;
  /** Null with `--no-prior`. */
  readonly prior: Learner | null;
  readonly fusion: Fusion;
  /** Updates by message id, oldest first; at most `maxLearned`, then the oldest can no longer be unlearned. */
  readonly learned: Map<string, Update>;
  /** Messages learned in all, those forgotten in `learned` included. */
  readonly counts: { ham: number; spam: number };
}

/** Messages whose updates a model remembers. */
export const maxLearned = 50_000;

/** Learners' log-odds are cut at ±`cut` and brought to ±3. */
const cut = 30;

/** A model that has learned nothing; with the prior it judges its first message all the same. */
export function emptyModel(options: { withPrior?: boolean } = {}): Model {
  const prior = options.withPrior === false ? null : priorLearner();
  return {
    grams: emptyLearner(),
    words: emptyLearner(),
    prior,
    fusion: newFusion(startingWeights(prior !== null)),
    learned: new Map(),
    counts: { ham: 0, spam: 0 },
  };
}

/** Weights of the fusion before any learning. Without the prior nothing but the learners weighs. */
export function startingWeights(withPrior: boolean): Map<string, number> {
  const start = new Map([
    ['grams', 4],
    ['words', 4],
  ]);
  if (!withPrior) return start;
  start.set('bias', -1.2).set('prior', 1);
  for (const { id, weight } of rules) start.set(id, weight);
  return start;
}

/** What the fusion sees of a message. */
export function inputsOf(model: Pick<Model, 'grams' | 'words' | 'prior'>, features: Features): Inputs {
  return [
    ['bias', 1],
    ['grams', scaled(margin(model.grams, features.grams))],
    ['words', scaled(margin(model.words, features.words))],
    ...(model.prior ? [['prior', priorMargin(model.prior, features.words)] as const] : []),
    ...features.signals.map(({ id, value }) => [id, value] as const),
  ];
}

function scaled(logOdds: number): number {
  return Math.max(-3, Math.min(3, (logOdds * 3) / cut));
}

/** Probability of spam, 0..1. */
export function predict(model: Model, features: Features): number {
  return probability(fuse(model.fusion, inputsOf(model, features)));
}

/** Rates of one act of the owner's; a folder is learned by `train`. */
const rates = { learner: 20, fusion: 0.05 };

/**
 * Learns one message at once. The same message with the same label again changes nothing; with the other label
 * the first update is taken back before. Returns false when nothing was changed.
 */
export function learn(model: Model, features: Features, isSpam: boolean): boolean {
  const earlier = model.learned.get(features.id);
  if (earlier?.isSpam === isSpam) return false;
  if (earlier) unlearn(model, features);
  const target = isSpam ? 1 : 0;
  const inputs = inputsOf(model, features);
  const errorOf = (learner: Learner, slots: Uint32Array) => target - probability(margin(learner, slots));
  const update: Update = {
    isSpam,
    grams: stepOf(features.grams, errorOf(model.grams, features.grams), rates.learner),
    words: stepOf(features.words, errorOf(model.words, features.words), rates.learner),
    fusion: changeFor(inputs, target - probability(fuse(model.fusion, inputs)), rates.fusion),
  };
  applyUpdate(model, features, update, 1);
  remember(model, features.id, update);
  return true;
}

/**
 * Takes back what the message's update did; false when the model does not remember it. When nothing was learned
 * since, the model is bit for bit what it was before.
 */
export function unlearn(model: Model, features: Features): boolean {
  const update = model.learned.get(features.id);
  if (!update) return false;
  applyUpdate(model, features, update, -1);
  model.learned.delete(features.id);
  model.counts[update.isSpam ? 'spam' : 'ham']--;
  return true;
}

/** Notes an update that has been applied. */
export function remember(model: Model, id: string, update: Update): void {
  model.learned.set(id, update);
  model.counts[update.isSpam ? 'spam' : 'ham']++;
  if (model.learned.size <= maxLearned) return;
  const [oldest] = model.learned.keys();
  if (oldest !== undefined) model.learned.delete(oldest);
}

function applyUpdate(model: Model, features: Features, update: Update, sign: 1 | -1): void {
  apply(model.grams, features.grams, sign * update.grams);
  apply(model.words, features.words, sign * update.words);
  applyChange(model.fusion, update.fusion, sign);
}
