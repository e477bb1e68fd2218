import { test } from 'node:test';
import { killUnderLoad } from '../suites/blows/killed.ts';
import { sqliteBackend } from '../support/backend.ts';
import { parameter, seed, tell } from './parameters.ts';

const rounds = parameter('SOAK_ROUNDS', 1);
const messages = parameter('SOAK_MESSAGES', 500);
const kills = parameter('SOAK_KILLS', 20);

for (let round = 0; round < rounds; round++) {
  test(`${messages} messages while something is killed ${kills} times, seed ${seed + round}`, async t => {
    tell(await killUnderLoad(t, sqliteBackend, { messages, kills, seed: seed + round }));
  });
}
