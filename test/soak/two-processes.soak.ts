import { test } from 'node:test';
import { changeFromTwo, deliverAtOnce, pollThroughout, type TwoPlan } from '../suites/blows/two-processes.ts';
import { sqliteBackend } from '../support/backend.ts';
import { requireService } from '../support/services.ts';
import { parameter, seed, tell } from './parameters.ts';

const rounds = parameter('SOAK_ROUNDS', 3);
const messages = parameter('SOAK_MESSAGES', 200);
const changes = parameter('SOAK_CHANGES', 1000);

for (let round = 0; round < rounds; round++) {
  test(`two processes with clocks ten seconds apart, seed ${seed + round}`, async t => {
    const faketime = requireService(t, 'faketime');
    if (!faketime) return;
    const plan: TwoPlan = { messages, changes, seed: seed + round, faketime };
    await t.test('deliver the same messages', t => deliverAtOnce(t, sqliteBackend, plan));
    await t.test('change the same messages', t => changeFromTwo(t, sqliteBackend, plan));
    await t.test('are polled for changes', async t => tell(await pollThroughout(t, sqliteBackend, plan)));
  });
}
