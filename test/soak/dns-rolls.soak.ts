import { test } from 'node:test';
import { rollKeys, rollWays } from '../suites/dns-rolls.ts';
import { sqliteBackend } from '../support/backend.ts';
import { tell } from './parameters.ts';

for (const way of rollWays) {
  test(`a zone signed ${way.signing} and delegated ${way.placing} rolls its keys to the end`, async t => {
    const steps = await rollKeys(t, way, { on: sqliteBackend, toEnd: true });
    if (steps !== null) tell({ ...way, steps });
  });
}
