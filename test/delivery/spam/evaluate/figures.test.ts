import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Cut,
  cutAt,
  cutFor,
  figuresOf,
  type Judged,
  upperBound,
} from '../../../../delivery/spam/evaluate/figures.ts';

function judgedOf(ham: readonly number[], spam: readonly number[]): Judged[] {
  return [...ham.map(score => ({ isSpam: false, score })), ...spam.map(score => ({ isSpam: true, score }))];
}

test('figures of a few messages are what is reckoned by hand', () => {
  const judged = judgedOf([0.01, 0.02, 0.3, 0.85], [0.3, 0.9, 0.95, 0.99, 0.999]);
  const { oneMinusAuc, atThreshold, calibration, calibrationError } = figuresOf(judged, 0.8);
  // Of 20 pairs, (0.85, 0.3) is wrong, and (0.3, 0.3) half.
  assert.ok(Math.abs(oneMinusAuc - 1.5 / 20) < 1e-12);
  assert.deepEqual(atThreshold, {
    threshold: 0.8,
    lostHam: 1,
    lostHamShare: 0.25,
    missedSpam: 1,
    missedSpamShare: 0.2,
  });
  assert.deepEqual(
    calibration.map(({ messages, spamShare }) => [messages, spamShare]),
    [
      [2, 0],
      [0, null],
      [0, null],
      [2, 0.5],
      [0, null],
      [0, null],
      [0, null],
      [0, null],
      [1, 0],
      [4, 1],
    ],
  );
  const error = Math.abs(0.03) + Math.abs(0.6 - 1) + 0.85 + Math.abs(3.839 - 4);
  assert.ok(Math.abs(calibrationError - error / 9) < 1e-12);
});

test('no other threshold that loses no more than asked misses less, or as little and loses fewer; it has few digits', () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(scores, scores, fc.double({ min: 0, max: 0.5, noNaN: true }), (ham, spam, maxLost) => {
      const judged = judgedOf(ham, spam);
      const cut = cutFor(judged, maxLost);
      if (!cut) return ham.filter(score => score >= 1).length / ham.length > maxLost;
      const isBetter = (other: Cut) =>
        other.missedSpam < cut.missedSpam ||
        (other.missedSpam === cut.missedSpam && other.lostHam < cut.lostHam);
      const others = [...ham, ...spam, 1].map(score => cutAt(judged, score));
      const allowed = others.filter(({ lostHamShare }) => lostHamShare <= maxLost);
      return cut.lostHamShare <= maxLost + 1e-9 && !allowed.some(isBetter);
    }),
  );
  const judged = judgedOf([0.1, 0.2, 0.734], [0.4, 0.81234, 0.9]);
  assert.equal(cutFor(judged, 0)?.threshold, 0.8);
  assert.equal(cutFor(judged, 0.9)?.threshold, 0.3);
  assert.equal(cutFor(judgedOf([1], [1]), 0), null);
});

test('the bound of a loss is that of the binomial distribution', () => {
  const rows: [number, number, number][] = [
    // Nothing lost of n: 1 - 0.05^(1/n), "the rule of three".
    [0, 10, 0.258866],
    [0, 1000, 0.002991],
    [0, 100_000, 0.00002996],
    [1, 100, 0.046563],
    [5, 100, 0.102253],
    [100, 100, 1],
  ];
  for (const [lost, messages, bound] of rows) {
    const found = upperBound(lost, messages);
    assert.ok(Math.abs(found - bound) <= 1e-3 * bound, `${lost} of ${messages}: ${found}`);
  }
});
