import { test } from 'node:test';
import { rollKeys, rollWays } from '../suites/dns-rolls.ts';
import { backend, onlyOn, sqliteBackend } from '../support/backend.ts';

const options = onlyOn(
  sqliteBackend,
  'the clock is set on by days, and Cassandra takes nobody whose clock is wrong',
);

for (const way of rollWays) {
  const name = `a zone signed ${way.signing} and delegated ${way.placing} is valid at each step of a roll of its keys`;
  test(name, options, async t => {
    await rollKeys(t, way, { on: backend });
  });
}
