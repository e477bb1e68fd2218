import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageUnits } from '../../../delivery/spam/fading.ts';
import { count, emptyTally, weigh } from '../../../delivery/spam/tally.ts';

const slots = Uint32Array.of(3, 70);

test('a tally never counts below nothing, nor more than its table holds', () => {
  const tally = emptyTally();
  count(tally, slots, true, messageUnits);
  count(tally, slots, true, -messageUnits - 1);
  assert.deepEqual(tally.messages, { ham: 0, spam: 0 });
  assert.ok(tally.counts.every(value => value === 0));
  for (let times = 0; times < 3; times++) count(tally, slots, false, 2 ** 30);
  assert.equal(tally.counts[6], 2 ** 31 - 1);
});

test('counts below nothing weigh as nothing', () => {
  const weighed = (ham: number) => {
    const tally = emptyTally();
    Object.assign(tally.messages, { ham: 3 * messageUnits, spam: 200 * messageUnits });
    for (const slot of slots) tally.counts.set([ham, 200 * messageUnits], 2 * slot);
    return weigh(tally, slots);
  };
  assert.ok(weighed(0) > 0);
  for (const ham of [-1, -293, -messageUnits, -400 * messageUnits]) assert.equal(weighed(ham), weighed(0));
});
