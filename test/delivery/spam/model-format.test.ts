import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { messageUnits, monthOf } from '../../../delivery/spam/fading.ts';
import { emptyModel, learn, type Model, predict, unlearn } from '../../../delivery/spam/model.ts';
import { loadModel } from '../../../delivery/spam/model-file.ts';
import { readModel, writeModel } from '../../../delivery/spam/model-format.ts';
import { readSample, writeSample } from '../../../delivery/spam/replay.ts';
import { train } from '../../../delivery/spam/train.ts';
import { judgingTallies, talliedViews, viewNames } from '../../../delivery/spam/views.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { both, octetsOf } from './folders.ts';
import { framed, partsOf } from './model-octets.ts';

const now = monthOf(new Date('2026-05-31T23:59:59Z'));

/** What a message counted in earlier versions. */
const unitsBefore = { 2: 1, 3: 512, 4: messageUnits };

/** The octets that an earlier version wrote: no scales; larger units, or whole messages and no time. */
function writtenBefore(model: Model, version: keyof typeof unitsBefore): Buffer {
  const times = messageUnits / unitsBefore[version];
  const { head, rest } = partsOf(Buffer.from(writeModel(unscaled(model))));
  const { isScaled, mass, month, tallied, ...others } = head;
  const larger = ({ ham, spam }: Model['mass']) => ({ ham: ham / times, spam: spam / times });
  const weightsEnd = viewNames.length * model.learners.allWords.weights.byteLength;
  const tables = judgingTallies.map(name => model.tallies[name].counts.map(value => value / times));
  const recordsAt = weightsEnd + tables.reduce((sum, table) => sum + table.byteLength, 0);
  const octets = 21 + 4 * viewNames.length;
  const records = [...model.learned.values()].map(({ units }, at) => {
    const record = Buffer.from(rest.subarray(recordsAt + at * octets, recordsAt + (at + 1) * octets));
    record.writeUInt16LE(units / times, 17);
    return version > 2 ? record : Buffer.concat([record.subarray(0, 17), record.subarray(19)]);
  });
  return framed(
    version,
    { ...others, tallied: tallied.map(larger), ...(version > 2 ? { mass: larger(mass), month } : {}) },
    Buffer.concat([
      rest.subarray(0, weightsEnd),
      ...tables.map(table => Buffer.from(table.buffer)),
      ...records,
      rest.subarray(recordsAt + records.length * octets),
    ]),
  );
}

function unscaled(model: Model): Model {
  return { ...model, isScaled: false };
}

test('a model of version 2, which knew no time, was learned when its file was written', context => {
  const model = emptyModel();
  train(model, both(0, 10));
  const sample = readSample(model.kept).map(({ features, isSpam }) => ({ features, isSpam }));
  model.kept = writeSample(sample);
  const path = join(temporaryFolder(context), 'spam.model');
  writeFileSync(path, writtenBefore(model, 2));
  const writtenAt = new Date('2025-03-03T10:00:00Z');
  utimesSync(path, writtenAt, writtenAt);
  const read = loadModel(path);
  assert.ok(read);
  assert.equal(read.month, monthOf(writtenAt));
  assert.ok(octetsOf({ ...read, month: 0 }).equals(octetsOf(unscaled(model))));
  train(read, both(100, 1), now);
  const months = new Set(readSample(read.kept).map(({ month }) => month));
  assert.deepEqual([...months].sort(), [monthOf(writtenAt), now]);
});

test('a model of version 3, which counted in larger units, is the same in ours', () => {
  const model = emptyModel();
  train(model, both(0, 10), now - 12);
  train(model, both(100, 10), now);
  assert.ok(octetsOf(readModel(writtenBefore(model, 3))).equals(octetsOf(unscaled(model))));
});

test('counts below 0, as version 3 could leave them, are read as none', () => {
  const model = emptyModel();
  train(model, both(0, 5), now);
  Object.assign(model.mass, { ham: -3596 });
  model.tallies.headerWords.counts.fill(-293 * 8, 0, 1000);
  Object.assign(model.tallies.traceWords.messages, { spam: -messageUnits });
  const read = readModel(writtenBefore(model, 3));
  assert.equal(read.mass.ham, 0);
  assert.deepEqual(read.tallies.traceWords.messages, { ham: 5 * messageUnits, spam: 0 });
  for (const name of talliedViews) assert.ok(read.tallies[name].counts.every(value => value >= 0));
  const [one] = both(0, 1);
  assert.ok(one && unlearn(read, one.features));
  assert.deepEqual([read.counts.ham, read.mass.ham], [4, 0]);
});

test('a model from before slots were scaled judges as it did, and what it learns can be taken back of it', () => {
  const model = emptyModel();
  train(model, both(0, 20), now);
  const read = readModel(writtenBefore(model, 4));
  assert.equal(read.isScaled, false);
  const [one, other] = both(500, 1);
  assert.ok(one && other);
  assert.equal(predict(read, one.features), predict(unscaled(model), one.features));
  assert.notEqual(predict(read, one.features), predict(model, one.features));
  const before = octetsOf(read);
  learn(read, one.features, true);
  learn(read, other.features, false);
  for (const { features } of [other, one]) assert.ok(unlearn(read, features));
  assert.ok(octetsOf(read).equals(before));
  assert.ok(octetsOf(readModel(before)).equals(before));
});

test('a model from before slots were scaled stays so while it knows what can not be learned anew', () => {
  const model = emptyModel();
  train(model, both(0, 20), now);
  const whole = readModel(writtenBefore(model, 4));
  train(whole, both(100, 5), now);
  const straight = emptyModel();
  train(straight, [...both(0, 20), ...both(100, 5)], now);
  assert.ok(octetsOf(whole).equals(octetsOf(straight)));
  const partial = readModel(writtenBefore({ ...model, kept: writeSample(both(0, 19)) }, 4));
  train(partial, both(100, 5), now);
  assert.equal(partial.isScaled, false);
  assert.ok(partial.tallies.headerGrams.counts.every(value => value === 0));
});
