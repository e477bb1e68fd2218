import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../delivery/delivery.ts';
import type { ErrorCode } from '../../delivery/errors.ts';
import { openRecipients } from '../../delivery/recipients.ts';
import { openTestClock } from '../support/clock.ts';
import { openTestParts, testConfig } from '../support/door-process.ts';

const day = new Date('2026-03-01T00:00:00Z');

test('RCPT is answered by what the directory, the quota and the key say', async t => {
  const { store } = await openTestParts(t, testConfig(t), [
    { address: 'ada@example.org', aliases: ['a@example.org'] },
    { address: 'full@example.org', quotaOctets: 100 },
    { address: 'closed@example.org' },
    { address: 'sealed@example.org', custody: 'client' },
  ]);
  const id = async (address: string) => (await store.getAccountByAddress(address))?.id ?? '';
  await store.updateAccount(await id('closed@example.org'), { state: 'closed' });
  const recipients = openRecipients({ store, clock: openTestClock() });
  const code = async (path: string, sizeOctets = 0) => (await recipients.find(path, sizeOctets)).code;
  assert.equal(await code('a+x@EXAMPLE.org'), null);
  assert.equal(await code('nobody@example.org'), 'unknownRecipient');
  assert.equal(await code('nobody'), 'unknownRecipient');
  assert.equal(await code('ada@example.com'), 'relayDenied');
  assert.equal(await code('full@example.org', 101), 'overQuota');
  assert.equal(await code('closed@example.org'), 'recipientUnavailable');
  assert.equal(await code('sealed@example.org'), 'sealingImpossible');
  const sealed = await id('sealed@example.org');
  const key = { address: 'sealed@example.org', octets: new Uint8Array(1), firstSeenAt: day } as const;
  await store.putPublicKey(sealed, { ...key, fingerprint: '01', source: 'own', state: 'expired' });
  await store.putPublicKey(sealed, { ...key, fingerprint: '02', source: 'wkd', state: 'usable' });
  assert.equal(await code('sealed@example.org'), 'sealingImpossible');
  await store.putPublicKey(sealed, { ...key, fingerprint: '03', source: 'own', state: 'usable' });
  assert.equal(await code('sealed@example.org'), null);
});

test('an owner that failed alone answers 452 for a while, longer each time, until a delivery works again', async t => {
  const { store } = await openTestParts(t, testConfig(t), [{ address: 'ada@example.org' }]);
  const clock = openTestClock();
  const recipients = openRecipients({ store, clock });
  const find = async () => {
    const { recipient, code } = await recipients.find('ada@example.org', 0);
    return recipient ?? code;
  };
  const ada = await find();
  assert.ok(ada && typeof ada === 'object');
  const learn = (outcome: Outcome) => recipients.learn([ada], [outcome]);
  const failed = (code: ErrorCode): Outcome => ({ forwardPath: ada.forwardPath, status: 'deferred', code });
  learn(failed('storeUnavailable'));
  assert.equal(await find(), 'recipientUnavailable');
  clock.advance(31);
  assert.deepEqual(await find(), ada);
  learn(failed('sealingImpossible'));
  clock.advance(31);
  assert.equal(await find(), 'sealingImpossible');
  clock.advance(30);
  assert.deepEqual(await find(), ada);
  learn({ forwardPath: ada.forwardPath, status: 'stored', emailId: 'e1' });
  learn(failed('tooBusy'));
  assert.deepEqual(await find(), ada, "trouble of everybody's is nobody's own");
});
