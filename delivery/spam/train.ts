import { applyChange, changeFor, type Fusion, fuse, type Inputs, newFusion } from './fusion.ts';
import { apply, type Learner, margin, probability, stepOf } from './learner.ts';
import { inputsOf, type Model, remember, shareOf, startingWeights, unlearn } from './model.ts';
import { type Labelled, readSample, sampleOf, writeSample } from './replay.ts';
import { hashText, mix } from './slots.ts';
import { forEachView, type ViewName, viewNames } from './views.ts';

const rate = 50;
const decay = 0.6;
const epochs = 5;
/** Errors below this are left alone: the message lies outside the margin. */
const margins = 0.1;
const folds = 4;

/**
 * Learns many messages together, several times over, so that their order does not matter: they are sorted by id
 * first, and both classes come mixed. Messages known with the same label are left out; with the other label, their
 * update is taken back first. A sample of the messages learned before is taken back and learned again beside the new
 * ones. The fusion learns from judgements of learners that had not seen the message. Returns the number of new ones.
 */
export function train(model: Model, samples: readonly Labelled[]): number {
  const fresh = newSamples(model, samples);
  if (fresh.length === 0) return 0;
  const together = [...fresh, ...recalled(model)].sort((a, b) => (a.features.id < b.features.id ? -1 : 1));
  const shares = sharesOf(model, together);
  const judged = crossJudge(model, together, shares);
  const steps = teach(model.learners, together, shares);
  if (isMixed(together)) fitFusion(model, judged, shares);
  for (const [at, { features, isSpam }] of together.entries()) {
    remember(model, features.id, { isSpam, steps: steps[at] ?? forEachView(() => 0), fusion: [] });
  }
  model.kept = writeSample(sampleOf(together));
  return fresh.length;
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
  return readSample(model.kept).filter(
    ({ features, isSpam }) => model.learned.get(features.id)?.isSpam === isSpam && unlearn(model, features),
  );
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

function sharesOf({ counts }: Model, samples: readonly Labelled[]): Shares {
  const spam = samples.filter(({ isSpam }) => isSpam).length;
  const known = { ham: counts.ham + samples.length - spam, spam: counts.spam + spam };
  return { ham: shareOf(known, false), spam: shareOf(known, true) };
}

type Learners = Model['learners'];

/** Runs the epochs over the learners; gives each sample's steps in sum, as units of a weight. */
function teach(learners: Learners, samples: readonly Labelled[], shares: Shares): Record<ViewName, number>[] {
  const summed = samples.map(sample => ({ ...sample, sum: forEachView(() => 0) }));
  for (const name of viewNames) {
    const order = shuffled(summed, name);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const pace = rate * decay ** epoch;
      for (const { features, isSpam, sum } of order) {
        sum[name] += nudge(
          learners[name],
          features.views[name],
          isSpam,
          pace * (isSpam ? shares.spam : shares.ham),
        );
      }
    }
  }
  return summed.map(({ sum }) => sum);
}

/** In an order of its own for each view, so that what a view owes to the order is not what the others owe to it. */
function shuffled<T extends Labelled>(samples: readonly T[], name: ViewName): T[] {
  const keyed = samples.map(sample => ({ sample, key: mix(hashText(sample.features.id, hashText(name))) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ sample }) => sample);
}

function nudge(learner: Learner, slots: Uint32Array, isSpam: boolean, pace: number): number {
  const error = (isSpam ? 1 : 0) - probability(margin(learner, slots));
  if (Math.abs(error) < margins) return 0;
  const step = stepOf(slots, error, pace);
  apply(learner, slots, step);
  return step;
}

interface Judged {
  readonly inputs: Inputs;
  readonly isSpam: boolean;
}

/** The fusion's inputs for each sample, by learners that were taught all the other folds. */
function crossJudge(model: Model, samples: readonly Labelled[], shares: Shares): Judged[] {
  const judged: Judged[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const learners = forEachView(name => copy(model.learners[name]));
    teach(
      learners,
      samples.filter((_, at) => at % folds !== fold),
      shares,
    );
    for (const { features, isSpam } of samples.filter((_, at) => at % folds === fold)) {
      judged.push({ inputs: inputsOf({ learners, prior: model.prior }, features), isSpam });
    }
  }
  return judged;
}

function copy({ weights }: Learner): Learner {
  return { weights: weights.slice() };
}

const fusionEpochs = 40;
/** How strongly weights are held to where they started. */
const anchor = 12;
/** Signals are held to this share of their starting weights: the learners have seen most of what they say. */
const signalShare = 0.5;

/** Logistic regression of the fusion's weights, held to their starting weights by a quadratic penalty. */
function fitFusion(model: Model, judged: readonly Judged[], shares: Shares): void {
  const { fusion } = model;
  const start = newFusion(anchors(model));
  for (let epoch = 0; epoch < fusionEpochs; epoch++) {
    const pace = 0.5 / (1 + epoch / 4);
    for (const { inputs, isSpam } of judged) {
      const error = (isSpam ? 1 : 0) - probability(fuse(fusion, inputs));
      applyChange(fusion, changeFor(inputs, error, pace * (isSpam ? shares.spam : shares.ham)));
    }
    pullBack(fusion, start, Math.min(0.9, (anchor * pace) / 10));
  }
}

function anchors(model: Model): Map<string, number> {
  const views: ReadonlySet<string> = new Set(viewNames);
  const start = [...startingWeights(model.prior !== null)];
  return new Map(start.map(([name, weight]) => [name, views.has(name) ? weight : weight * signalShare]));
}

function pullBack(fusion: Fusion, start: Fusion, share: number): void {
  for (const [name, weight] of fusion.weights) {
    const from = start.weights.get(name) ?? 0;
    fusion.weights.set(name, weight + Math.round((from - weight) * share));
  }
}
