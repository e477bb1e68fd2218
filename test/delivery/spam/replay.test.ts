import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFeatures } from '../../../delivery/spam/features.ts';
import { readSample, sampleOf, writeSample } from '../../../delivery/spam/replay.ts';
import { viewNames } from '../../../delivery/spam/views.ts';
import { madeUp } from './messages.ts';

const samples = Array.from({ length: 20 }, (_, at) => ({
  features: extractFeatures(madeUp(at % 2 ? 'spam' : 'ham', at)),
  isSpam: at % 2 === 1,
}));

test('a sample comes back from its octets with the same slots in every view', () => {
  const read = readSample(writeSample(samples));
  assert.equal(read.length, samples.length);
  for (const [at, { features, isSpam }] of samples.entries()) {
    const one = read[at];
    assert.equal(one?.isSpam, isSpam);
    assert.equal(one?.features.id, features.id);
    for (const name of viewNames) {
      assert.deepEqual(one?.features.views[name].toSorted(), features.views[name].toSorted(), name);
    }
  }
  assert.deepEqual(readSample(new Uint8Array(0)), []);
});

test('the sample is the same whatever the order, and leaves room for both classes', () => {
  assert.deepEqual(sampleOf(samples.toReversed()), sampleOf(samples));
  const [one] = samples;
  assert.ok(one);
  const many = Array.from({ length: 3000 }, (_, at) => ({
    features: { ...one.features, id: at.toString(16).padStart(32, '0') },
    isSpam: at % 10 === 0,
  }));
  const kept = sampleOf(many);
  assert.equal(kept.length, 1200);
  assert.equal(kept.filter(({ isSpam }) => isSpam).length, 300);
});
