import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { fade, messageUnits, monthOf, unitsAfter, weightAfter } from '../../../delivery/spam/fading.ts';
import { extractFeatures } from '../../../delivery/spam/features.ts';
import { emptyModel, type Model, predict, unlearn } from '../../../delivery/spam/model.ts';
import { loadModel } from '../../../delivery/spam/model-file.ts';
import { readModel, writeModel } from '../../../delivery/spam/model-format.ts';
import { type Labelled, readSample, writeSample } from '../../../delivery/spam/replay.ts';
import { train } from '../../../delivery/spam/train.ts';
import { talliedViews, viewNames } from '../../../delivery/spam/views.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { madeUp } from './messages.ts';

const now = monthOf(new Date('2026-05-31T23:59:59Z'));

/** Messages of one kind, with the label given. */
function some(kind: 'ham' | 'spam', isSpam: boolean, { from, count }: { from: number; count: number }) {
  return Array.from({ length: count }, (_, at) => ({
    features: extractFeatures(madeUp(kind, from + at)),
    isSpam,
  }));
}

/** A folder of each kind, rightly labelled. */
function both(from: number, count: number): Labelled[] {
  return [...some('ham', false, { from, count }), ...some('spam', true, { from, count })];
}

/** Tables are too long to be shown where they differ. */
function isSame(one: Int32Array, other: Int32Array): boolean {
  return Buffer.from(one.buffer).equals(Buffer.from(other.buffer));
}

/** What a model is, but for the order in which it learned. */
function octetsOf(model: Model): Buffer {
  const learned = [...model.learned].sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(writeModel({ ...model, learned: new Map(learned) }));
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
    return Number.NaN;
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

/** The octets that the version before wrote: whole messages in the tallies, and no time. */
function writtenBefore(model: Model): Buffer {
  const octets = Buffer.from(writeModel(model));
  const headEnd = 24 + octets.readUInt32LE(20);
  const { mass, month, tallied, ...head } = JSON.parse(octets.toString('utf8', 24, headEnd));
  const whole = tallied.map(({ ham, spam }: Record<string, number>) => ({
    ham: (ham as number) / messageUnits,
    spam: (spam as number) / messageUnits,
  }));
  const headOctets = Buffer.from(JSON.stringify({ ...head, tallied: whole }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(headOctets.length);
  const weightsEnd = headEnd + viewNames.length * model.learners.allWords.weights.byteLength;
  const tables = talliedViews.map(name => model.tallies[name].counts.map(value => value / messageUnits));
  const recordsAt = weightsEnd + tables.reduce((sum, table) => sum + table.byteLength, 0);
  const record = 21 + 4 * viewNames.length;
  const records = [...model.learned].map((_, at) => {
    const one = octets.subarray(recordsAt + at * record, recordsAt + (at + 1) * record);
    return Buffer.concat([one.subarray(0, 17), one.subarray(19)]);
  });
  const body = Buffer.concat([
    length,
    headOctets,
    octets.subarray(headEnd, weightsEnd),
    ...tables.map(table => Buffer.from(table.buffer)),
    ...records,
    octets.subarray(recordsAt + records.length * record),
  ]);
  const frame = Buffer.from(octets.subarray(0, 20));
  frame.writeUInt32LE(2, 8);
  frame.writeUInt32LE(crc32(body), 12);
  frame.writeUInt32LE(body.length, 16);
  return Buffer.concat([frame, body]);
}

test('a model of the version before, which knew no time, was learned when its file was written', context => {
  const model = emptyModel();
  train(model, both(0, 10));
  const sample = readSample(model.kept).map(({ features, isSpam }) => ({ features, isSpam }));
  model.kept = writeSample(sample);
  const path = join(temporaryFolder(context), 'spam.model');
  writeFileSync(path, writtenBefore(model));
  const writtenAt = new Date('2025-03-03T10:00:00Z');
  utimesSync(path, writtenAt, writtenAt);
  const read = loadModel(path);
  assert.ok(read);
  assert.equal(read.month, monthOf(writtenAt));
  assert.ok(octetsOf({ ...read, month: 0 }).equals(octetsOf(model)));
  train(read, both(100, 1), now);
  const months = new Set(readSample(read.kept).map(({ month }) => month));
  assert.deepEqual([...months].sort(), [monthOf(writtenAt), now]);
});
