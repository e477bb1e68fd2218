import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostileMail } from '../fixtures/hostile/mail.ts';
import { type Assessed, addressWithKey, openHostileTarget, openPgpBombs } from '../suites/blows/hostile.ts';
import { sqliteBackend } from '../support/backend.ts';

function faultsOf(assessed: readonly Assessed[]): string[] {
  return assessed.flatMap(({ name, door, faults }) => faults.map(fault => `${name} at ${door}: ${fault}`));
}

test('hostile mail is judged at little cost and stored as it was received, at both doors', async t => {
  const target = await openHostileTarget(t, sqliteBackend);
  const assessed: Assessed[] = [];
  for (const [name, make] of Object.entries(hostileMail)) {
    const octets = make();
    for (const door of ['smtp', 'lmtp'] as const) assessed.push(await target.assess(name, octets, { door }));
  }
  const all = assessed;
  if (process.env.DBG)
    for (const a of [...all].sort((x, y) => y.seconds - x.seconds).slice(0, 40))
      console.log(a.name, a.door, a.seconds.toFixed(2), Math.round(a.octets / 1048576));
  assert.deepEqual(faultsOf(assessed), []);
});

test('OpenPGP messages made to cost much are judged at little cost, whether they open or not', async t => {
  const target = await openHostileTarget(t, sqliteBackend);
  const assessed: Assessed[] = [];
  for (const [name, octets] of Object.entries(await openPgpBombs(target.keyOwner)))
    assessed.push(await target.assess(name, octets, { door: 'lmtp', address: addressWithKey }));
  if (process.env.DBG)
    for (const a of assessed)
      console.log(a.name, a.door, a.seconds.toFixed(2), Math.round(a.octets / 1048576));
  assert.deepEqual(faultsOf(assessed), []);
});
