import { fade, messageUnits, unitsAfter } from './fading.ts';
import { fitFusion, type JudgedInputs } from './fit-fusion.ts';
import { apply, type Learner, margin, probability, stepOf } from './learner.ts';
import {
  countedViews,
  inputsOf,
  type Judge,
  type Model,
  remember,
  scalingTally,
  shareOf,
  unlearn,
} from './model.ts';
import { type Labelled, readSample, sampleOf, writeSample } from './replay.ts';
import { hashText, mix } from './slots.ts';
import { count } from './tally.ts';
import { allScales, type Scales } from './telling.ts';
import { forEachView, type ViewName, viewNames } from './views.ts';

const rate = 20;
const decay = 0.8;
const epochs = 5;
/** Errors below this are left alone: the message lies outside the margin. */
const margins = 0.05;
/** Orders in which the messages are learned; the mean of what comes of them owes less to any one of them. */
const orders = 3;
const folds = 4;

/**
 * Learns many messages together, several times over, so that their order does not matter: they are sorted by id
 * first, and both classes come mixed. Messages known with the same label are left out; with the other label, their
 * update is taken back first. A sample of the messages learned before is taken back and learned again beside the new
 * ones. The fusion learns from judgements of learners that had not seen the message. Returns the number of new ones.
 * `month` is the one of now, as `monthOf` counts: what was learned before fades to it. Left out: nothing fades.
 */
export function train(model: Model, samples: readonly Labelled[], month = model.month): number {
  const fresh = newSamples(model, samples);
  if (fresh.length === 0) return 0;
  const earlier = recalled(model);
  // Nothing is left in it that holds without scales alone.
  if (model.counts.ham + model.counts.spam === 0) model.isScaled = true;
  fade(model, month);
  const together = [...fresh, ...earlier]
    .map(sample => dated(sample, model.month))
    .sort((a, b) => (a.features.id < b.features.id ? -1 : 1));
  const shares = sharesOf(model, together);
  countAll(model, together, 1);
  const judged = crossJudge(model, together, shares);
  const steps = teach(model, together, shares);
  if (isMixed(together)) {
    fitFusion(model, judged);
    forgetFusionSteps(model);
  }
  for (const [at, { features, isSpam, units }] of together.entries()) {
    const update = { isSpam, isCounted: true, units, steps: steps[at] ?? forEachView(() => 0), fusion: [] };
    remember(model, features.id, update);
  }
  model.kept = writeSample(sampleOf(together));
  return fresh.length;
}

/** A message with the month in which it was learned, and what it weighs now. */
interface Dated extends Labelled {
  readonly month: number;
  readonly units: number;
}

function dated({ features, isSpam, month }: Labelled, now: number): Dated {
  const learned = Math.min(month ?? now, now);
  return { features, isSpam, month: learned, units: unitsAfter(now - learned) };
}

/** The steps of single acts were in the weights that were fitted anew: there is nothing of them to take back. */
function forgetFusionSteps({ learned }: Model): void {
  for (const [id, update] of learned)
    if (update.fusion.length > 0) learned.set(id, { ...update, fusion: [] });
}

/** Distinct messages that the model does not know with this label; the last label given for one wins. */
function newSamples(model: Model, samples: readonly Labelled[]): Labelled[] {
  const byId = new Map(samples.map(sample => [sample.features.id, sample]));
  return [...byId.values()].filter(({ features, isSpam }) => {
    const earlier = model.learned.get(features.id);
    if (earlier && earlier.isSpam !== isSpam) unlearn(model, features);
    return earlier?.isSpam !== isSpam;
  });
}

/** The kept messages that still have the label they were learned with, their updates taken back. */
function recalled(model: Model): Labelled[] {
  return readSample(model.kept)
    .filter(
      ({ features, isSpam }) => model.learned.get(features.id)?.isSpam === isSpam && unlearn(model, features),
    )
    .map(sample => ({ ...sample, month: sample.month ?? model.month }));
}

/** True when both classes are there: nothing can be weighed on one alone. */
function isMixed(samples: readonly Labelled[]): boolean {
  return samples.some(({ isSpam }) => isSpam) && samples.some(({ isSpam }) => !isSpam);
}

/** How much a message of each class weighs, 0..1. */
interface Shares {
  readonly ham: number;
  readonly spam: number;
}

function sharesOf({ mass }: Model, samples: readonly Dated[]): Shares {
  const known = { ...mass };
  for (const { isSpam, units } of samples) known[isSpam ? 'spam' : 'ham'] += units;
  return { ham: shareOf(known, false), spam: shareOf(known, true) };
}

/** How much a message weighs, 0..1: by its class and its age. */
function weightOf({ isSpam, units }: Dated, shares: Shares): number {
  return ((isSpam ? shares.spam : shares.ham) * units) / messageUnits;
}

function countAll(model: Model, samples: readonly Dated[], sign: 1 | -1): void {
  for (const name of countedViews(model)) {
    for (const { features, isSpam, units } of samples) {
      count(model.tallies[name], features.views[name], isSpam, sign * units);
    }
  }
}

/** Runs the epochs over the learners; gives each sample's steps in sum, as units of a weight. */
function teach(judge: Judge, samples: readonly Dated[], shares: Shares): Record<ViewName, number>[] {
  const { learners } = judge;
  const steps = samples.map(() => forEachView(() => 0));
  for (const name of viewNames) {
    const tally = scalingTally(judge, name);
    const scales = tally && allScales(tally);
    const sums = new Float64Array(samples.length);
    for (let order = 0; order < orders; order++) {
      learnInOrder(copy(learners[name]), samples, { name, order, shares, scales }, sums);
    }
    for (const [at, { features }] of samples.entries()) {
      const step = Math.round((sums[at] ?? 0) / orders);
      apply(learners[name], features.views[name], step);
      // Both have one entry for each sample.
      (steps[at] as Record<ViewName, number>)[name] = step;
    }
  }
  return steps;
}

/** How the samples are gone through. */
interface Course {
  readonly name: ViewName;
  readonly order: number;
  readonly shares: Shares;
  readonly scales: Scales | null;
}

/** Teaches a learner that is thrown away; adds up what each sample changed. */
function learnInOrder(
  learner: Learner,
  samples: readonly Dated[],
  { name, order, shares, scales }: Course,
  sums: Float64Array,
): void {
  const places = shuffled(samples, `${name} ${order}`);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const pace = rate * decay ** epoch;
    for (const place of places) {
      // `shuffled` gives each place once.
      const sample = samples[place] as Dated;
      const { features, isSpam } = sample;
      (sums[place] as number) += nudge(learner, features.views[name], isSpam, {
        rate: pace * weightOf(sample, shares),
        scales,
      });
    }
  }
}

/** The places of the samples in an order of its own for each word given. */
function shuffled(samples: readonly Dated[], word: string): number[] {
  const seed = hashText(word);
  const keys = samples.map(({ features }) => mix(hashText(features.id, seed)));
  return keys.map((_, at) => at).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
}

function nudge(
  learner: Learner,
  slots: Uint32Array,
  isSpam: boolean,
  { rate, scales }: { readonly rate: number; readonly scales: Scales | null },
): number {
  const error = (isSpam ? 1 : 0) - probability(margin(learner, slots, scales));
  if (Math.abs(error) < margins) return 0;
  const step = stepOf(slots, { error, rate, scales });
  apply(learner, slots, step);
  return step;
}

/** The fusion's inputs for each sample, by learners that were taught all the other folds. */
function crossJudge(model: Model, samples: readonly Dated[], shares: Shares): JudgedInputs[] {
  const judged: JudgedInputs[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const [held, others] = [true, false].map(isHeld =>
      samples.filter((_, at) => (at % folds === fold) === isHeld),
    ) as [Dated[], Dated[]];
    const judge = { ...model, learners: forEachView(name => copy(model.learners[name])) };
    countAll(model, held, -1);
    teach(judge, others, shares);
    for (const sample of held) {
      const { features, isSpam } = sample;
      const inputs = inputsOf(judge, features);
      judged.push({ inputs, isSpam, share: weightOf(sample, shares) });
    }
    countAll(model, held, 1);
  }
  return judged;
}

function copy({ weights }: Learner): Learner {
  return { weights: weights.slice() };
}
