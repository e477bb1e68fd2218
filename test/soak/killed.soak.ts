import { test } from 'node:test';
import { killUnderLoad } from '../suites/blows/killed.ts';
import { canRun, parameter, seed, stores, tell } from './parameters.ts';

const rounds = parameter('SOAK_ROUNDS', 1);
const messages = parameter('SOAK_MESSAGES', 500);
const kills = parameter('SOAK_KILLS', 20);

for (const store of stores) {
  for (let round = 0; round < rounds; round++) {
    const plan = { messages, kills, seed: seed + round };
    test(`${store.name}: ${messages} messages, ${kills} processes killed, seed ${plan.seed}`, async t => {
      if (await canRun(t, store)) tell(await killUnderLoad(t, store, plan));
    });
  }
}
