import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { onlineKeys, presignedKeys } from '../../../dns-keys/dnssec/key-policy.ts';
import { jumps, settle, started, turns } from './roll-turns.ts';
import { day } from './roll-world.ts';

const runs = { numRuns: 200 };
const long = { minLength: 10, maxLength: 80, size: 'max' } as const;

test('whatever happens and whatever a resolver holds, the zone is valid', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(turns, long), (isCombined, history) => {
      const world = started({ ...presignedKeys, isCombined });
      for (const turn of history) turn.happen(world);
    }),
    runs,
  );
});

test('the same with a clock that jumps and is said to be right', () => {
  const turn = fc.oneof({ weight: 6, arbitrary: turns }, { weight: 1, arbitrary: jumps });
  fc.assert(
    fc.property(fc.array(turn, long), history => {
      const world = started();
      for (const one of history) one.happen(world);
    }),
    runs,
  );
});

test('every roll comes to its end once the parent and the clock do their part', () => {
  const turn = fc.oneof({ weight: 8, arbitrary: turns }, { weight: 1, arbitrary: jumps });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 40 }), history => {
      const world = started();
      for (const one of history) one.happen(world);
      settle(world);
    }),
    { numRuns: 150 },
  );
});

test('a year of a pre-signed zone rolls its ZSK four times, never its KSK', () => {
  const world = started();
  settle(world);
  const [ksk] = world.keys.keys;
  const zsks = new Set<string>();
  for (const end = world.now + 370 * day; world.now < end; world.lookWhenDue())
    for (const key of world.keys.keys) if (key.role === 'zsk') zsks.add(key.id);
  assert.equal(world.keys.keys[0]?.id, ksk?.id);
  assert.equal(zsks.size, 5);
});

test('a combined key stays until somebody asks for another', () => {
  const world = started(onlineKeys);
  settle(world);
  const first = world.keys.keys[0]?.id;
  for (const end = world.now + 400 * day; world.now < end; ) world.lookWhenDue();
  assert.deepEqual(
    world.keys.keys.map(({ id }) => id),
    [first],
  );
  world.request(['ksk']);
  settle(world);
  assert.equal(world.keys.keys.length, 1);
  assert.notEqual(world.keys.keys[0]?.id, first);
});
