import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { messageUnits } from '../../../delivery/spam/fading.ts';
import { apply, emptyLearner, margin, stepOf } from '../../../delivery/spam/learner.ts';
import { count, emptyTally, type Tally } from '../../../delivery/spam/tally.ts';
import { allScales, scalesOf } from '../../../delivery/spam/telling.ts';

const everywhere = 10;
const inSpam = 20;
const inHam = 30;
const unseen = 40;
const slots = Uint32Array.of(everywhere, inSpam, inHam, unseen);

/** A tally of wanted and unwanted messages: each has one slot of its own kind and one that all have. */
function tallyOf(ham: number, spam: number): Tally {
  const tally = emptyTally();
  for (const [isSpam, times, slot] of [
    [false, ham, inHam],
    [true, spam, inSpam],
  ] as const)
    count(tally, Uint32Array.of(everywhere, slot), isSpam, times * messageUnits);
  return tally;
}

function scaleOf(tally: Tally, slot: number): number {
  return scalesOf(tally, Uint32Array.of(slot))[slot] as number;
}

test('a slot that one class alone has tells more, and the more the oftener; one that all have, or none, tells the least', () => {
  const [few, many] = [tallyOf(20, 20), tallyOf(500, 200)];
  for (const tally of [few, many]) {
    assert.equal(scaleOf(tally, everywhere), 1);
    assert.equal(scaleOf(tally, unseen), 1);
  }
  for (const slot of [inHam, inSpam]) {
    assert.ok(scaleOf(few, slot) > 2);
    assert.ok(scaleOf(many, slot) > scaleOf(few, slot));
  }
});

test('what two messages of each class say of a slot is hardly trusted', () => {
  for (const slot of [inHam, inSpam]) {
    const scale = scaleOf(tallyOf(2, 2), slot);
    assert.ok(scale > 1 && scale < 1.5, String(scale));
  }
});

test('while one class alone was seen, nothing tells more than the rest', () => {
  for (const tally of [tallyOf(0, 50), tallyOf(50, 0), emptyTally()])
    for (const slot of slots) assert.equal(scaleOf(tally, slot), 1);
});

test('scales are finite whatever was counted', () => {
  const tally = tallyOf(3, 3);
  tally.counts.set([-5 * messageUnits, 2 ** 31 - 1], 2 * inSpam);
  tally.counts.set([9, -5 * messageUnits], 2 * inHam);
  for (const slot of slots) assert.ok(Number.isFinite(scaleOf(tally, slot)) && scaleOf(tally, slot) >= 1);
});

test('the scales of all slots are those of each', () => {
  const tally = tallyOf(40, 30);
  const all = allScales(tally);
  for (const slot of slots) assert.equal(all[slot], scaleOf(tally, slot));
});

test('a step moves the judgement of its own message as far with scales as without', () => {
  const scales = allScales(tallyOf(40, 30));
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), error => {
      const moved = [null, scales].map(used => {
        const learner = emptyLearner();
        apply(learner, slots, stepOf(slots, { error, rate: 20, scales: used }));
        return margin(learner, slots, used);
      });
      for (const one of moved) assert.ok(Math.abs(one - 20 * error) < 1e-4, `${moved}`);
    }),
    { numRuns: 20 },
  );
});
