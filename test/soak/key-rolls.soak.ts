import { test } from 'node:test';
import fc from 'fast-check';
import { presignedKeys } from '../../dns-keys/dnssec/key-policy.ts';
import { jumps, settle, started, turns } from '../dns-keys/dnssec/roll-turns.ts';
import { parameter, seed, tell } from './parameters.ts';

const rounds = parameter('SOAK_ROUNDS', 10);

test('key rolls in long histories: every resolver finds the zone valid, and every roll ends', () => {
  const turn = fc.oneof({ weight: 9, arbitrary: turns }, { weight: 1, arbitrary: jumps });
  const history = fc.array(turn, { minLength: 10, maxLength: 300, size: 'max' });
  let happened = 0;
  fc.assert(
    fc.property(fc.boolean(), history, (isCombined, all) => {
      const world = started({ ...presignedKeys, isCombined });
      for (const one of all) one.happen(world);
      settle(world);
      happened += all.length;
    }),
    { numRuns: rounds * 200, seed },
  );
  tell({ keyRolls: { seed, histories: rounds * 200, happened } });
});
