import { messageUnits } from './fading.ts';
import type { Features, JudgedFeatures } from './features.ts';
import { applyChange, type Change, changeFor, type Fusion, fuse, type Inputs, newFusion } from './fusion.ts';
import { apply, emptyLearner, type Learner, margin, probability, stepOf } from './learner.ts';
import { priorLearner, priorMargin } from './prior.ts';
import { ruleRows } from './rules.ts';
import { clear, count, emptyTally, type Tally, weigh } from './tally.ts';
import { type Scales, scalesOf } from './telling.ts';
import {
  forEachTally,
  forEachView,
  judgingTallies,
  scaledViews,
  type TalliedView,
  talliedViews,
  type ViewName,
  viewNames,
} from './views.ts';

/** What one message changed in a model: enough to take it back. */
export interface Update {
  readonly isSpam: boolean;
  /** False for one that was made before there were tallies. */
  readonly isCounted: boolean;
  /** What it counts, in units of a message: fewer the older it is. */
  readonly units: number;
  /** Steps of the learners, in units of a weight. */
  readonly steps: Readonly<Record<ViewName, number>>;
  readonly fusion: Change;
}

/** A classifier: learners for the views, a prior that does not change, and the layer that weighs them. */
export interface Model {
  readonly learners: Readonly<Record<ViewName, Learner>>;
  readonly tallies: Readonly<Record<TalliedView, Tally>>;
  /**
   * False for one that learned before slots were scaled: what it knows holds without scales alone, so it goes on without
   * them, and without the tallies that it did not have.
   */
  isScaled: boolean;
  /** Null with `--no-prior`. */
  readonly prior: Learner | null;
  readonly fusion: Fusion;
  /** Updates by message id, oldest first; at most `maxLearned`, then the oldest can no longer be unlearned. */
  readonly learned: Map<string, Update>;
  /** Messages learned in all, those forgotten in `learned` included. */
  readonly counts: { ham: number; spam: number };
  /** The same as they weigh now, in units of a message. */
  readonly mass: { ham: number; spam: number };
  /** The month that all weights are of, as `monthOf` counts: that of the last learning; 0 before any. */
  month: number;
  /** A sample of the messages learned in folders, as `replay.ts` writes it; empty when there is none. */
  kept: Uint8Array;
}

/** Messages whose updates a model remembers. */
export const maxLearned = 50_000;

/** Log-odds of learners and tallies are brought to about ±1, and cut. */
const scale = 10;
const cut = 2.5;

/** A model that has learned nothing; with the prior it judges its first message all the same. */
export function emptyModel(options: { withPrior?: boolean } = {}): Model {
  const prior = options.withPrior === false ? null : priorLearner();
  return {
    learners: forEachView(emptyLearner),
    tallies: forEachTally(emptyTally),
    isScaled: true,
    prior,
    fusion: newFusion(startingWeights(prior !== null)),
    learned: new Map(),
    counts: { ham: 0, spam: 0 },
    mass: { ham: 0, spam: 0 },
    month: 0,
    kept: new Uint8Array(0),
  };
}

const scaled: ReadonlySet<ViewName> = new Set(scaledViews);

/** The views that a model counts. */
export function countedViews({ isScaled }: Pick<Model, 'isScaled'>): readonly TalliedView[] {
  return isScaled ? talliedViews : judgingTallies;
}

/** The tally that scales the slots of a view; null where none does. */
export function scalingTally({ isScaled, tallies }: Judge, name: ViewName): Tally | null {
  // What is scaled has a tally.
  return isScaled && scaled.has(name) ? tallies[name as TalliedView] : null;
}

/** Name of a tally's input. */
export function tallyInput(name: TalliedView): string {
  return `${name}Tally`;
}

/** Names of the inputs that learners and tallies give. */
export const learnedInputs: readonly string[] = [...viewNames, ...judgingTallies.map(tallyInput)];

/** Weights of the fusion before any learning. Without the prior nothing but the learners weighs. */
export function startingWeights(withPrior: boolean): Map<string, number> {
  const start = new Map<string, number>(learnedInputs.map(name => [name, startingWeight]));
  if (!withPrior) return start;
  start.set('bias', -2).set('prior', 1);
  for (const { id, weight } of ruleRows) start.set(id, weight);
  return start;
}

const startingWeight = 1;

/** What of a model judges before the fusion. */
export type Judge = Pick<Model, 'learners' | 'tallies' | 'isScaled' | 'prior'>;

/** What the fusion sees of a message. */
export function inputsOf(model: Judge, { views, ...features }: JudgedFeatures): Inputs {
  return [
    ['bias', 1],
    ...viewNames.map(name => [name, bounded(marginOf(model, name, views[name]))] as const),
    ...judgingTallies.map(
      name => [tallyInput(name), bounded(weigh(model.tallies[name], views[name]))] as const,
    ),
    ...(model.prior ? [['prior', priorMargin(model.prior, views.contentWords)] as const] : []),
    ...features.signals.map(({ id, value }) => [id, value] as const),
  ];
}

function marginOf(model: Judge, name: ViewName, slots: Uint32Array): number {
  return margin(model.learners[name], slots, scalesFor(model, name, slots));
}

function scalesFor(model: Judge, name: ViewName, slots: Uint32Array): Scales | null {
  const tally = scalingTally(model, name);
  return tally && scalesOf(tally, slots);
}

function bounded(logOdds: number): number {
  return Math.max(-cut, Math.min(cut, logOdds / scale));
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
  const share = shareOf(model.mass, isSpam);
  const update: Update = {
    isSpam,
    isCounted: true,
    units: messageUnits,
    steps: forEachView(name => {
      const slots = features.views[name];
      const scales = scalesFor(model, name, slots);
      const error = target - probability(margin(model.learners[name], slots, scales));
      return stepOf(slots, { error, rate: rates.learner * share, scales });
    }),
    fusion: changeFor(inputs, target - probability(fuse(model.fusion, inputs)), rates.fusion * share),
  };
  applyUpdate(model, features, update, 1);
  remember(model, features.id, update);
  return true;
}

/**
 * Class balance, 0..1, of messages as they weigh in units: an owner who only ever marks spam must not teach that
 * everything is spam, so the more messages of one class alone were learned, the less another one weighs.
 */
export function shareOf(mass: Model['mass'], isSpam: boolean): number {
  const [ham, spam] = [Math.max(0, mass.ham) / messageUnits, Math.max(0, mass.spam) / messageUnits];
  const [own, other] = isSpam ? [spam, ham] : [ham, spam];
  return Math.min(1, (3 * other + 2) / (own + 1));
}

/**
 * Takes back what the message's update did; false when the model does not remember it. When nothing was learned
 * since, the model is bit for bit what it was before. With the last message of a class goes all that was counted of it,
 * what fading rounded included.
 */
export function unlearn(model: Model, features: Features): boolean {
  const update = model.learned.get(features.id);
  if (!update) return false;
  applyUpdate(model, features, update, -1);
  model.learned.delete(features.id);
  const name = update.isSpam ? 'spam' : 'ham';
  model.counts[name]--;
  model.mass[name] = Math.max(0, model.mass[name] - update.units);
  if (model.counts[name] > 0) return true;
  model.mass[name] = 0;
  for (const view of countedViews(model)) clear(model.tallies[view], update.isSpam);
  return true;
}

/** Notes an update that has been applied. */
export function remember(model: Model, id: string, update: Update): void {
  model.learned.set(id, update);
  model.counts[update.isSpam ? 'spam' : 'ham']++;
  model.mass[update.isSpam ? 'spam' : 'ham'] += update.units;
  if (model.learned.size <= maxLearned) return;
  const [oldest] = model.learned.keys();
  if (oldest !== undefined) model.learned.delete(oldest);
}

function applyUpdate(model: Model, features: Features, update: Update, sign: 1 | -1): void {
  applyChange(model.fusion, update.fusion, sign);
  for (const name of viewNames) {
    apply(model.learners[name], features.views[name], sign * update.steps[name]);
  }
  if (!update.isCounted) return;
  for (const name of countedViews(model))
    count(model.tallies[name], features.views[name], update.isSpam, sign * update.units);
}
