import assert from 'node:assert/strict';
import { test } from 'node:test';
import { largeLine, takeLargeLines } from '../suites/blows/large-line.ts';
import { backend } from '../support/backend.ts';

// How many milliseconds it takes says the soak, on a machine that has nothing else to do.
test('mail does not wait for the end of a line of 20 MB, which is stored as it is, at both doors', async t => {
  const { target, seen } = await takeLargeLines(t, backend, {
    rounds: 10,
    enough: ({ large, calm, slowest }) => slowest - calm < large / 2,
  });
  for (const name of ['smtp', 'lmtp'] as const) {
    const last = seen[name].at(-1);
    assert.ok(last && last.slowest - last.calm < last.large / 2, JSON.stringify(seen[name]));
    const { faults } = await target.assess('a line of 20 MB', largeLine(`Y: ${name}`), { door: name });
    assert.deepEqual(faults, []);
  }
});
