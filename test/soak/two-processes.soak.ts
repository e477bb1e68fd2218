import { test } from 'node:test';
import { changeFromTwo, deliverAtOnce, pollThroughout, type TwoPlan } from '../suites/blows/two-processes.ts';
import { requireService } from '../support/services.ts';
import { canRun, parameter, seed, stores, tell } from './parameters.ts';

const rounds = parameter('SOAK_ROUNDS', 3);
const messages = parameter('SOAK_MESSAGES', 200);
const changes = parameter('SOAK_CHANGES', 1000);

for (const store of stores) {
  for (let round = 0; round < rounds; round++) {
    test(`${store.name}: processes with clocks ten seconds apart, seed ${seed + round}`, async t => {
      const faketime = requireService(t, 'faketime');
      if (!faketime || !(await canRun(t, store))) return;
      const plan: TwoPlan = { messages, changes, seed: seed + round, faketime };
      await t.test('deliver the same messages', t => deliverAtOnce(t, store, plan));
      await t.test('change the same messages', t => changeFromTwo(t, store, plan));
      await t.test('are polled for changes', async t => tell(await pollThroughout(t, store, plan)));
    });
  }
}
