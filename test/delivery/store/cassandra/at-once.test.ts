import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { mapAtOnce } from '../../../../delivery/store/cassandra/directory/at-once.ts';

test('where one of several fails, what began has ended and nothing more begins', async () => {
  const [begun, ended]: [number[], number[]] = [[], []];
  const all = mapAtOnce([0, 1, 2, 3], 2, async item => {
    begun.push(item);
    if (item === 0) throw new Error('first');
    await turn();
    ended.push(item);
  });
  await assert.rejects(all, /first/);
  assert.deepEqual([begun, ended], [[0, 1], [1]]);
});
