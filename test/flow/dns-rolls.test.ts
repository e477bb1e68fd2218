import { test } from 'node:test';
import { rollKeys, rollWays } from '../suites/dns-rolls.ts';
import { backend } from '../support/backend.ts';

for (const way of rollWays) {
  test(`a zone signed ${way.signing} and delegated ${way.placing} is valid at each step of a roll of its keys`, async t => {
    await rollKeys(t, way, { on: backend });
  });
}
