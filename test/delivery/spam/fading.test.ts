import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fade, messageUnits, monthOf, unitsAfter, weightAfter } from '../../../delivery/spam/fading.ts';
import {
  emptyModel,
  inputsOf,
  learn,
  type Model,
  predict,
  shareOf,
  unlearn,
} from '../../../delivery/spam/model.ts';
import { readModel, writeModel } from '../../../delivery/spam/model-format.ts';
import { type Labelled, readSample } from '../../../delivery/spam/replay.ts';
import { count, emptyTally } from '../../../delivery/spam/tally.ts';
import { train } from '../../../delivery/spam/train.ts';
import { forEachTally, talliedViews, viewNames } from '../../../delivery/spam/views.ts';
import { both, octetsOf, some } from './folders.ts';

const now = monthOf(new Date('2026-05-31T23:59:59Z'));

/** Tables are too long to be shown where they differ. */
function isSame(one: Int32Array, other: Int32Array): boolean {
  return Buffer.from(one.buffer).equals(Buffer.from(other.buffer));
}

test('a month is one of the calendar, and a message weighs half after twelve', () => {
  assert.equal(monthOf(new Date('1970-01-01T00:00:00Z')), 0);
  assert.equal(monthOf(new Date('2026-06-01T00:00:00Z')), now + 1);
  assert.deepEqual([-1, 0, 12, 24].map(weightAfter), [1, 1, 0.5, 0.25]);
  assert.equal(unitsAfter(12), messageUnits / 2);
});

test('what was learned two years ago and is said to be otherwise now flips sooner than what was learned yesterday', () => {
  const fresh = some('spam', false, { from: 5000, count: 5 });
  /** How many times four must be called wanted until others like them are believed to be. */
  const needed = (learnedIn: number) => {
    const model = emptyModel();
    train(model, both(0, 12), learnedIn);
    for (let times = 1; times <= 8; times++) {
      train(model, some('spam', false, { from: 1000 + 4 * times, count: 4 }), now);
      const sum = fresh.reduce((all, { features }) => all + predict(model, features), 0);
      if (sum < fresh.length / 2) return times;
    }
    return Number.POSITIVE_INFINITY;
  };
  const [old, recent] = [needed(now - 24), needed(now)];
  assert.ok(old * 3 <= recent, `${old} after two years, ${recent} at once`);
});

test('what is no longer kept fades where it is, with what can be taken back of it', () => {
  const model = emptyModel();
  train(model, both(0, 30), now - 24);
  model.kept = new Uint8Array(0);
  const before = readModel(writeModel(model));
  fade(model, now);
  const quarter = (value: number) => Math.round(value / 4);
  for (const name of viewNames) {
    assert.ok(isSame(model.learners[name].weights, before.learners[name].weights.map(quarter)), name);
  }
  for (const name of talliedViews) {
    assert.ok(isSame(model.tallies[name].counts, before.tallies[name].counts.map(quarter)), name);
    assert.equal(model.tallies[name].messages.spam, (30 * messageUnits) / 4);
  }
  for (const [id, { steps, units }] of before.learned) {
    assert.equal(model.learned.get(id)?.units, units / 4);
    assert.equal(model.learned.get(id)?.steps.allWords, quarter(steps.allWords));
  }
  train(model, some('ham', false, { from: 3000, count: 1 }), now);
  assert.equal(model.mass.ham, (30 * messageUnits) / 4 + messageUnits);
  assert.deepEqual(model.counts, { ham: 31, spam: 30 });
});

test('what has faded is taken back whole, and leaves nothing', () => {
  const model = emptyModel({ withPrior: false });
  const [one] = both(0, 1);
  assert.ok(one);
  train(model, [one], now - 30);
  fade(model, now);
  assert.ok(unlearn(model, one.features));
  for (const name of viewNames) assert.ok(model.learners[name].weights.every(weight => weight === 0));
  for (const name of talliedViews) {
    assert.ok(model.tallies[name].counts.every(count => count === 0));
    assert.deepEqual(model.tallies[name].messages, { ham: 0, spam: 0 });
  }
  assert.deepEqual(model.mass, { ham: 0, spam: 0 });
});

test('learning the same again changes nothing, however much later; only something new makes the rest older', () => {
  const model = emptyModel();
  train(model, both(0, 20), now - 12);
  const before = octetsOf(model);
  assert.equal(train(model, both(0, 20), now), 0);
  assert.ok(octetsOf(model).equals(before));
  assert.equal(train(model, both(100, 1), now), 2);
  assert.equal(model.month, now);
});

test('a clock that goes back makes nothing younger', () => {
  const model = emptyModel();
  train(model, both(0, 5), now);
  train(model, both(100, 5), now - 20);
  const straight = emptyModel();
  train(straight, [...both(0, 5), ...both(100, 5)], now);
  assert.ok(octetsOf(model).equals(octetsOf(straight)));
});

test('kept messages bear their month, and a model taken anew from them is the same', () => {
  const model = emptyModel();
  train(model, both(0, 10), now - 18);
  train(model, both(100, 10), now);
  const kept = readSample(model.kept);
  assert.deepEqual([...new Set(kept.map(({ month }) => month))].sort(), [now - 18, now]);
  const anew = emptyModel();
  train(anew, kept, now);
  assert.ok(octetsOf(anew).equals(octetsOf(model)));
});

test('mail of five years ago still tells kinds apart when a little new mail is learned', () => {
  const model = emptyModel({ withPrior: false });
  train(model, both(0, 200), now - 60);
  train(model, both(1000, 5), now);
  for (const { features, isSpam } of both(7000, 30)) {
    assert.equal(predict(model, features) > 0.5, isSpam);
  }
});

const pool = both(0, 6);

/** Sums are never below their parts, and all that judges is finite. */
function assertSound(model: Model): void {
  const parts = { ham: 0, spam: 0 };
  const tallies = forEachTally(emptyTally);
  for (const { features } of pool) {
    const update = model.learned.get(features.id);
    if (!update) continue;
    parts[update.isSpam ? 'spam' : 'ham'] += update.units;
    for (const name of talliedViews) count(tallies[name], features.views[name], update.isSpam, update.units);
  }
  for (const kind of ['ham', 'spam'] as const) {
    assert.ok(model.mass[kind] >= parts[kind], `mass of ${kind}`);
    for (const name of talliedViews) assert.ok(model.tallies[name].messages[kind] >= parts[kind], name);
    const share = shareOf(model.mass, kind === 'spam');
    assert.ok(share >= 0 && share <= 1, `share of ${kind}: ${share}`);
  }
  for (const name of talliedViews) {
    const { counts } = tallies[name];
    const isWhole = model.tallies[name].counts.every((value, at) => value >= (counts[at] as number));
    assert.ok(isWhole, name);
  }
  for (const { features } of pool) {
    for (const [name, value] of inputsOf(model, features)) assert.ok(Number.isFinite(value), name);
  }
  for (const [name, weight] of model.fusion.weights) assert.ok(Number.isFinite(weight), name);
}

/** What may be done with a model; `lose` does as if the messages were beyond the sample that is kept. */
const acts = ['train', 'fade', 'learn', 'unlearn', 'lose'] as const;

interface Act {
  readonly kind: (typeof acts)[number];
  /** Places in the pool. */
  readonly samples: readonly number[];
  readonly isSpam: boolean;
  readonly months: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(...acts),
  samples: fc.uniqueArray(fc.constantFrom(...pool.keys()), { minLength: 1 }),
  isSpam: fc.boolean(),
  months: fc.nat({ max: 30 }),
});

function perform(model: Model, { kind, samples, isSpam, months }: Act) {
  const chosen = samples.map(at => pool[at] as Labelled);
  if (kind === 'train') {
    train(
      model,
      chosen.map(({ features }) => ({ features, isSpam })),
      model.month + months,
    );
  } else if (kind === 'fade') fade(model, model.month + months);
  else if (kind === 'lose') model.kept = new Uint8Array(0);
  else if (kind === 'learn') for (const { features } of chosen) learn(model, features, isSpam);
  else for (const { features } of chosen) unlearn(model, features);
}

test('whatever is learned, fades, is corrected and taken back, nothing counts below 0 and all stays finite', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 3, maxLength: 8 }), done => {
      const model = emptyModel();
      train(model, pool, now);
      for (const one of done) {
        perform(model, one);
        assertSound(model);
      }
    }),
    { numRuns: 10 },
  );
});

test('a folder learned with the wrong label and corrected months later leaves next to nothing of it', () => {
  const wrong = some('spam', false, { from: 0, count: 60 });
  const right = [
    ...some('ham', false, { from: 0, count: 4 }),
    ...some('spam', true, { from: 1000, count: 5 }),
  ];
  const model = emptyModel();
  train(model, wrong, now - 7);
  model.kept = new Uint8Array(0);
  train(model, right, now - 4);
  train(
    model,
    wrong.map(({ features }) => ({ features, isSpam: true })),
    now,
  );
  assertSound(model);
  const left = model.mass.ham / (4 * unitsAfter(4));
  assert.ok(left >= 1 && left < 1.01, String(left));
  for (const { features, isSpam } of both(7000, 20)) assert.equal(predict(model, features) > 0.5, isSpam);
  const read = readModel(writeModel(model));
  assert.deepEqual(read.fusion.weights, model.fusion.weights);
});
