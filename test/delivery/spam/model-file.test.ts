import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import type { DeliveryError } from '../../../delivery/errors.ts';
import { extractFeatures } from '../../../delivery/spam/features.ts';
import { emptyModel, learn, type Model } from '../../../delivery/spam/model.ts';
import { loadModel, modelPath, openModel, saveModel } from '../../../delivery/spam/model-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { madeUp } from './messages.ts';

test('a folder without a model judges by the prior, and a saved model is taken at once', async context => {
  const folder = temporaryFolder(context);
  const model = openModel(folder);
  assert.deepEqual((await model()).counts, { ham: 0, spam: 0 });
  const learned = emptyModel();
  learn(learned, extractFeatures(madeUp('spam', 1)), true);
  saveModel(modelPath(folder), learned);
  assert.deepEqual((await model()).counts, { ham: 0, spam: 1 });
  assert.equal(await model(), await model());
});

test('the file can be read by its owner alone', context => {
  const path = modelPath(temporaryFolder(context));
  saveModel(path, emptyModel({ withPrior: false }));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a damaged file leaves the model before it in use and is told to the log', async context => {
  const folder = temporaryFolder(context);
  const events: string[] = [];
  const log = {
    error: (_: unknown, event: string) => void events.push(event),
    warn() {},
    info() {},
    debug() {},
    child: () => log,
  };
  const learned = emptyModel();
  learn(learned, extractFeatures(madeUp('spam', 1)), true);
  saveModel(modelPath(folder), learned);
  const model = openModel(folder, { log });
  const before = await model();
  writeFileSync(modelPath(folder), 'caliospm and nothing of use');
  assert.equal(await model(), before);
  await model();
  assert.deepEqual(events, ['spamModelUnreadable']);
});

test('who is to teach a damaged file learns which one, and what to do', context => {
  const path = modelPath(temporaryFolder(context));
  writeFileSync(path, 'caliospm and nothing of use');
  assert.throws(
    () => loadModel(path),
    ({ code, message }: DeliveryError) =>
      code === 'badInput' && message.startsWith(`${path}: `) && message.includes('move the file away'),
  );
});

test('a model with a number that is not finite is not written, and the file before it stays', context => {
  const folder = temporaryFolder(context);
  const path = modelPath(folder);
  saveModel(path, emptyModel());
  const before = readFileSync(path);
  const features = extractFeatures(madeUp('spam', 1));
  const spoilers: ((model: Model) => void)[] = [
    model => model.fusion.weights.set('bias', Number.NaN),
    model => Object.assign(model.mass, { ham: Number.POSITIVE_INFINITY }),
    model => Object.assign(model.tallies.traceWords.messages, { spam: Number.NaN }),
    model => Object.assign(model, { month: Number.NaN }),
    model => Object.assign(model.learned.get(features.id) ?? {}, { units: Number.NaN }),
  ];
  for (const spoil of spoilers) {
    const model = emptyModel();
    learn(model, features, true);
    spoil(model);
    assert.throws(() => saveModel(path, model), { code: 'internal' });
    assert.ok(readFileSync(path).equals(before));
    assert.deepEqual(readdirSync(folder), [basename(path)]);
  }
});

test('no file is no model', context => {
  assert.equal(loadModel(modelPath(temporaryFolder(context))), null);
});

test('models tried with options of their own lie beside the one that judges mail', () => {
  assert.equal(modelPath('/data'), '/data/spam.model');
  assert.equal(
    modelPath('/data', { only: 'links,content', prior: false }),
    '/data/spam.only-content-links.no-prior.model',
  );
});
