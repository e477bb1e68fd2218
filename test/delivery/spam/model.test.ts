import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messageUnits } from '../../../delivery/spam/fading.ts';
import { extractFeatures, type Features } from '../../../delivery/spam/features.ts';
import { fitFusion } from '../../../delivery/spam/fit-fusion.ts';
import { changeFor } from '../../../delivery/spam/fusion.ts';
import { emptyModel, learn, type Model, predict, shareOf, unlearn } from '../../../delivery/spam/model.ts';
import { readModel, writeModel } from '../../../delivery/spam/model-format.ts';
import { train } from '../../../delivery/spam/train.ts';
import { viewNames } from '../../../delivery/spam/views.ts';
import { madeUp, messageOf } from './messages.ts';
import { framed, partsOf } from './model-octets.ts';

const featuresOf = (kind: 'ham' | 'spam', number: number) => extractFeatures(madeUp(kind, number));

function labelled(count: number, from = 0): { features: Features; isSpam: boolean }[] {
  return Array.from({ length: count * 2 }, (_, at) => ({
    features: featuresOf(at % 2 ? 'spam' : 'ham', from + Math.floor(at / 2)),
    isSpam: at % 2 === 1,
  }));
}

function contentOf(model: Model): unknown {
  return {
    octets: Buffer.from(writeModel({ ...model, learned: new Map() })).toString('base64'),
    learned: [...model.learned.keys()].sort(),
  };
}

test('a model that has learned nothing says the same of every message when it starts without the prior', () => {
  const model = emptyModel({ withPrior: false });
  assert.equal(predict(model, featuresOf('ham', 1)), 0.5);
  assert.equal(predict(model, featuresOf('spam', 1)), 0.5);
});

test('the prior tells a plain request for a password from a plain note before anything is learned', () => {
  const model = emptyModel();
  const phishing = extractFeatures(
    messageOf(
      'Votre compte a été suspendu. Vérifiez votre identité sous 24 heures : http://192.0.2.7/compte',
    ),
  );
  const note = extractFeatures(
    messageOf('Bonjour, merci pour le compte rendu de la réunion. À demain, Anna'),
  );
  assert.ok(predict(model, phishing) > 0.8, String(predict(model, phishing)));
  assert.ok(predict(model, note) < 0.3, String(predict(model, note)));
});

test('one learned message moves the judgement of its like at once, and both ways', () => {
  for (const isSpam of [true, false]) {
    const model = emptyModel();
    const features = featuresOf('spam', 1);
    const before = predict(model, features);
    learn(model, features, isSpam);
    const after = predict(model, features);
    assert.ok(isSpam ? after > before : after < before, `${before} -> ${after}`);
    assert.ok(isSpam ? after > 0.9 : after < 0.1, String(after));
  }
});

test('learning the same message again with the same label changes nothing', () => {
  const model = emptyModel({ withPrior: false });
  assert.equal(learn(model, featuresOf('spam', 1), true), true);
  const once = contentOf(model);
  assert.equal(learn(model, featuresOf('spam', 1), true), false);
  assert.deepEqual(contentOf(model), once);
  assert.deepEqual(model.counts, { ham: 0, spam: 1 });
});

test('learning a message with the other label is as if it had been learned so at first', () => {
  const changed = emptyModel({ withPrior: false });
  learn(changed, featuresOf('spam', 1), false);
  learn(changed, featuresOf('spam', 1), true);
  const straight = emptyModel({ withPrior: false });
  learn(straight, featuresOf('spam', 1), true);
  assert.deepEqual(contentOf(changed), contentOf(straight));
});

test('unlearning takes an update back bit for bit', () => {
  const samples = labelled(6);
  const model = emptyModel();
  train(model, samples);
  const kinds = fc.record({ number: fc.integer({ min: 100, max: 10_000 }), isSpam: fc.boolean() });
  fc.assert(
    fc.property(kinds, ({ number, isSpam }) => {
      const features = featuresOf(isSpam ? 'spam' : 'ham', number);
      const before = predict(model, features);
      const weights = () => viewNames.map(name => model.learners[name].weights.slice());
      const tables = [weights(), new Map(model.fusion.weights)];
      learn(model, features, !isSpam);
      assert.equal(unlearn(model, features), true);
      assert.equal(predict(model, features), before);
      assert.deepEqual([weights(), model.fusion.weights], tables);
    }),
    { numRuns: 8 },
  );
});

test('marking nothing but spam does not teach that everything is spam', () => {
  const model = emptyModel();
  const ham = Array.from({ length: 20 }, (_, at) => featuresOf('ham', 3000 + at));
  for (let at = 0; at < 40; at++) learn(model, featuresOf('spam', at), true);
  const lost = ham.filter(features => predict(model, features) >= 0.8);
  assert.equal(lost.length, 0);
  assert.ok(predict(model, featuresOf('spam', 5000)) > 0.8);
});

test('a message weighs 0 to 1 of itself, whatever the classes weigh', () => {
  assert.equal(shareOf({ ham: -3596, spam: 9001 * messageUnits }, false), 1);
  assert.equal(shareOf({ ham: -3596, spam: 9 * messageUnits }, true), 0.2);
});

test('unlearning what was never learned changes nothing and says so', () => {
  const model = emptyModel({ withPrior: false });
  assert.equal(unlearn(model, featuresOf('ham', 1)), false);
});

test('a folder is learned the same in any order', () => {
  const samples = labelled(20);
  const forward = emptyModel({ withPrior: false });
  const backward = emptyModel({ withPrior: false });
  assert.equal(train(forward, samples), 40);
  assert.equal(train(backward, samples.toReversed()), 40);
  assert.deepEqual(contentOf(forward), contentOf(backward));
  assert.equal(train(forward, samples), 0);
});

test('one class learned after the other, in two runs, still tells them apart', () => {
  const samples = labelled(40);
  for (const first of [true, false]) {
    const model = emptyModel({ withPrior: false });
    train(
      model,
      samples.filter(({ isSpam }) => isSpam === first),
    );
    const later = readModel(writeModel(model));
    train(
      later,
      samples.filter(({ isSpam }) => isSpam !== first),
    );
    assert.deepEqual(later.counts, { ham: 40, spam: 40 });
    for (const { features, isSpam } of labelled(20, 1000)) {
      const score = predict(later, features);
      assert.ok(isSpam ? score > 0.5 : score < 0.5, `${first} ${isSpam} ${score}`);
    }
  }
});

test('ten messages of each kind are enough to tell kinds apart', () => {
  for (const withPrior of [true, false]) {
    const model = emptyModel({ withPrior });
    train(model, labelled(10));
    for (const { features, isSpam } of labelled(20, 1000)) {
      const score = predict(model, features);
      assert.ok(isSpam ? score > 0.5 : score < 0.5, `${withPrior} ${isSpam} ${score}`);
    }
  }
});

test('every probability lies between 0 and 1, whatever was learned', () => {
  const model = emptyModel();
  fc.assert(
    fc.property(
      fc.string({ maxLength: 400 }),
      fc.string({ maxLength: 80 }),
      fc.boolean(),
      (body, subject, isSpam) => {
        const features = extractFeatures(messageOf(body, { Subject: subject }));
        learn(model, features, isSpam);
        const score = predict(model, features);
        assert.ok(score >= 0 && score <= 1 && score === predict(model, features));
      },
    ),
    { numRuns: 60 },
  );
});

test('a model comes back from its octets as it was, with the updates it can take back', () => {
  const model = emptyModel();
  train(model, labelled(8));
  const late = featuresOf('spam', 99);
  learn(model, late, true);
  const octets = writeModel(model);
  assert.ok(octets.length < 32 * 2 ** 20);
  const read = readModel(octets);
  assert.deepEqual(Buffer.from(writeModel(read)).equals(octets), true);
  assert.equal(predict(read, late), predict(model, late));
  assert.deepEqual(read.counts, model.counts);
  assert.equal(unlearn(read, late), true);
});

test('a rule that came after a model was written weighs what it weighs in a new one', () => {
  const model = emptyModel();
  train(model, labelled(8));
  const start = model.fusion.weights.get('lookAlikeLink');
  model.fusion.weights.delete('lookAlikeLink');
  const read = readModel(writeModel(model));
  assert.ok(start);
  assert.equal(read.fusion.weights.get('lookAlikeLink'), start);
});

test('damaged octets are no model', () => {
  const octets = writeModel(emptyModel({ withPrior: false }));
  const flipped = octets.slice();
  flipped[100_000] = 1;
  for (const bad of [
    new Uint8Array(0),
    Buffer.from('something else entirely'),
    octets.subarray(0, 1000),
    flipped,
  ]) {
    assert.throws(() => readModel(bad), { code: 'badInput' });
  }
});

test('a stored number that is none is damage', () => {
  const { head, rest } = partsOf(Buffer.from(writeModel(emptyModel({ withPrior: false }))));
  assert.ok(readModel(framed(5, head, rest)));
  const [[name], ...weights] = head.weights;
  for (const bad of [
    { ...head, weights: [[name, null], ...weights] },
    { ...head, mass: { ham: null, spam: 0 } },
    { ...head, counts: { ham: 0, spam: null } },
    { ...head, tallied: [{ ham: 0, spam: 0 }, { ham: 0 }] },
    { ...head, month: null },
  ]) {
    assert.throws(() => readModel(framed(5, bad, rest)), { code: 'badInput' });
  }
});

test('an input that is no number leaves the weights that were there', () => {
  const model = emptyModel();
  const before = new Map(model.fusion.weights);
  const judged = [true, false].map(isSpam => ({
    inputs: [['bias', 1] as const, ['headerWordsTally', isSpam ? Number.NaN : -1] as const],
    isSpam,
    share: 1,
  }));
  fitFusion(model, judged);
  assert.deepEqual(model.fusion.weights, before);
  assert.deepEqual(
    changeFor(
      [
        ['bias', 1],
        ['headerWordsTally', Number.NaN],
      ],
      1,
      2 ** -20,
    ),
    [['bias', 1]],
  );
});
