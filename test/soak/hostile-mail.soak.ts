import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileMail, moreHostileMail } from '../fixtures/hostile/mail.ts';
import { assessAll, dearest, faultsOf, openHostileTarget } from '../suites/blows/hostile.ts';
import { sqliteBackend } from '../support/backend.ts';
import { tell } from './parameters.ts';

for (const door of ['smtp', 'lmtp'] as const) {
  test(`all hostile mail there is, by ${door}`, async t => {
    const target = await openHostileTarget(t, sqliteBackend);
    const mail = Object.entries({ ...hostileMail, ...moreHostileMail });
    const assessed = await assessAll(
      target,
      mail.map(([name, make]) => ({ name, door, make })),
    );
    const seconds = assessed.reduce((sum, one) => sum + one.seconds, 0);
    tell({ door, messages: assessed.length, seconds: Math.round(seconds), dearest: dearest(assessed) });
    assert.deepEqual(faultsOf(assessed), []);
    assert.deepEqual(await Array.fromAsync(target.parts.store.verify()), []);
  });
}
