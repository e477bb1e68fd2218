import { test } from 'node:test';
import { killUnderLoad } from '../suites/blows/killed.ts';
import { backend } from '../support/backend.ts';
import { seedOfRun } from '../support/random.ts';

test('whatever process is killed, each message that was taken is stored exactly once', async t => {
  const seed = seedOfRun(process.env.CALIOPEN_TEST_SEED);
  t.diagnostic(`seed ${seed}`);
  await killUnderLoad(t, backend, { messages: 60, kills: 5, seed });
});
