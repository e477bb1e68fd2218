import { type TestContext, test } from 'node:test';
import { changeFromTwo, deliverAtOnce, pollThroughout, type TwoPlan } from '../suites/blows/two-processes.ts';
import { backend } from '../support/backend.ts';
import { seedOfRun } from '../support/random.ts';
import { requireService } from '../support/services.ts';

/** The clocks of the processes are ten seconds apart; null where they can't be. */
function planOf(t: TestContext): TwoPlan | null {
  const faketime = requireService(t, 'faketime');
  const seed = seedOfRun(process.env.CALIOPEN_TEST_SEED);
  t.diagnostic(`seed ${seed}`);
  return faketime ? { messages: 20, changes: 60, seed, faketime } : null;
}

test('processes that deliver the same message at the same instant store one copy', async t => {
  const plan = planOf(t);
  if (plan) await deliverAtOnce(t, backend, plan);
});

test('processes that change the same messages come to the same end, whatever their clocks say', async t => {
  const plan = planOf(t);
  if (plan) await changeFromTwo(t, backend, plan);
});

test('a client that polls for changes at two processes misses none, whatever their clocks say', async t => {
  const plan = planOf(t);
  if (plan) await pollThroughout(t, backend, plan);
});
