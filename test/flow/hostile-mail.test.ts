import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hostileMail } from '../fixtures/hostile/mail.ts';
import {
  type Assessed,
  addressWithKey,
  assessAll,
  dearest,
  faultsOf,
  openHostileTarget,
  openPgpBombs,
} from '../suites/blows/hostile.ts';
import { backend } from '../support/backend.ts';

function assertCheap(t: TestContext, assessed: readonly Assessed[]): void {
  for (const line of dearest(assessed)) t.diagnostic(line);
  assert.deepEqual(faultsOf(assessed), []);
}

test('hostile mail is judged at little cost and stored as it was received, at both doors', async t => {
  const target = await openHostileTarget(t, backend);
  const mail = Object.entries(hostileMail).flatMap(([name, make]) =>
    (['smtp', 'lmtp'] as const).map(door => ({ name, door, make })),
  );
  assertCheap(t, await assessAll(target, mail));
});

test('OpenPGP messages made to cost much are judged at little cost, whether they open or not', async t => {
  const target = await openHostileTarget(t, backend);
  const assessed: Assessed[] = [];
  for (const [name, octets] of Object.entries(await openPgpBombs(target.keyOwner)))
    assessed.push(await target.assess(name, octets, { door: 'lmtp', address: addressWithKey }));
  assertCheap(t, assessed);
});
