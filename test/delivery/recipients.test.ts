import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Outcome } from '../../delivery/delivery.ts';
import type { ErrorCode } from '../../delivery/errors.ts';
import { type Log, silentLog } from '../../delivery/log.ts';
import { openRecipients } from '../../delivery/recipients.ts';
import { backend } from '../support/backend.ts';
import { openTestClock } from '../support/clock.ts';
import { openTestParts } from '../support/door-process.ts';

const day = new Date('2026-03-01T00:00:00Z');

test('RCPT is answered by what the directory, the quota and the key say', async t => {
  const { store } = await openTestParts(t, await backend.prepare(t), [
    { address: 'ada@example.org', aliases: ['a@example.org'] },
    { address: 'full@example.org', quotaOctets: 100 },
    { address: 'closed@example.org' },
    { address: 'sealed@example.org', custody: 'client' },
  ]);
  const id = async (address: string) => (await store.getAccountByAddress(address))?.id ?? '';
  await store.updateAccount(await id('closed@example.org'), { state: 'closed' });
  const told: [string, unknown][] = [];
  const log: Log = { ...silentLog, warn: ({ accountId }, event) => told.push([event, accountId]) };
  const clock = openTestClock();
  const recipients = openRecipients({ store, clock, config: { postmaster: '' }, log });
  const code = async (path: string, sizeOctets = 0) =>
    (await recipients.find(path, { sizeOctets, reversePath: 'a@example.net' })).code;
  assert.equal(await code('a+x@EXAMPLE.org'), null);
  assert.equal(await code('nobody@example.org'), 'unknownRecipient');
  assert.equal(await code('nobody'), 'unknownRecipient');
  assert.equal(await code('ada@example.com'), 'relayDenied');
  assert.equal(await code('full@example.org', 101), 'overQuota');
  assert.equal(await code('closed@example.org'), 'recipientUnavailable');
  const sealed = await id('sealed@example.org');
  for (const [seconds, lines] of [
    [0, 1],
    [59, 1],
    [1, 2],
  ] as const) {
    clock.advance(seconds);
    assert.equal(await code('sealed@example.org'), 'sealingImpossible');
    assert.deepEqual(told, Array(lines).fill(['recipientWithoutKey', sealed]), 'told once a minute');
  }
  const key = { address: 'sealed@example.org', octets: new Uint8Array(1), firstSeenAt: day } as const;
  await store.putPublicKey(sealed, { ...key, fingerprint: '01', source: 'own', state: 'expired' });
  await store.putPublicKey(sealed, { ...key, fingerprint: '02', source: 'wkd', state: 'usable' });
  assert.equal(await code('sealed@example.org'), 'sealingImpossible');
  await store.putPublicKey(sealed, { ...key, fingerprint: '03', source: 'own', state: 'usable' });
  assert.equal(await code('sealed@example.org'), null);
});

interface Remembering {
  readonly recipients: ReturnType<typeof openRecipients>;
  readonly clock: ReturnType<typeof openTestClock>;
  find(reversePath: string): Promise<ErrorCode | 'taken'>;
  learn(codes: readonly (ErrorCode | null)[]): void;
}

async function openRemembering(t: TestContext): Promise<Remembering> {
  const addresses = ['ada@example.org', 'bo@example.org'];
  const { store } = await openTestParts(
    t,
    await backend.prepare(t),
    addresses.map(address => ({ address })),
  );
  const clock = openTestClock();
  const recipients = openRecipients({
    store,
    clock,
    config: { postmaster: 'bo@example.org' },
    log: silentLog,
  });
  const known = await Promise.all(
    addresses.map(async forwardPath => ({
      forwardPath,
      accountId: (await store.getAccountByAddress(forwardPath))?.id ?? '',
    })),
  );
  return {
    recipients,
    clock,
    find: async reversePath => {
      const { code } = await recipients.find('ada@example.org', { sizeOctets: 0, reversePath });
      return code ?? 'taken';
    },
    learn(codes) {
      const outcomes = codes.map((code, index): Outcome => {
        const forwardPath = addresses[index] ?? '';
        return code
          ? { forwardPath, status: 'deferred', code }
          : { forwardPath, status: 'stored', emailId: 'e1' };
      });
      recipients.learn('sender@example.net', known.slice(0, codes.length), outcomes);
    },
  };
}

test('an owner that failed beside others answers 452 to that sender alone, for an hour or until it works', async t => {
  const { find, learn, clock } = await openRemembering(t);
  for (const code of ['internal', 'storeUnavailable'] as const) {
    learn([code, null]);
    clock.advance(3599);
    assert.equal(await find('Sender@example.net'), 'recipientUnavailable');
    assert.equal(await find('other@example.net'), 'taken');
    clock.advance(1);
    assert.equal(await find('Sender@example.net'), 'taken');
  }
  assert.equal(await find('sender@example.net'), 'taken');
  learn(['overQuota', null]);
  assert.equal(await find('sender@example.net'), 'overQuota');
  learn([null]);
  assert.equal(await find('sender@example.net'), 'taken');
});

test('a sender that was told splits the recipient off; its next try for that one alone is a delivery again', async t => {
  const { find, learn, clock } = await openRemembering(t);
  learn(['storeUnavailable', null]);
  clock.advance(300);
  assert.equal(await find('sender@example.net'), 'recipientUnavailable');
  clock.advance(59);
  assert.equal(await find('sender@example.net'), 'recipientUnavailable');
  clock.advance(61);
  assert.equal(await find('sender@example.net'), 'taken');
});

test('trouble of a message to one owner, or of everybody, closes no mailbox', async t => {
  const { find, learn } = await openRemembering(t);
  learn(['overQuota']);
  learn(['storeFull', null]);
  learn(['internal', 'internal']);
  assert.equal(await find('sender@example.net'), 'taken');
});

test('postmaster is always somebody here (RFC 5321 §4.5.1)', async t => {
  const { recipients } = await openRemembering(t);
  const codeOf = async (path: string) =>
    (await recipients.find(path, { sizeOctets: 0, reversePath: '' })).code;
  assert.equal(await codeOf('Postmaster'), null);
  assert.equal(await codeOf('postmaster@example.org'), null);
  assert.equal(await codeOf('postmaster@example.com'), 'relayDenied');
  assert.equal(await codeOf('postmasters@example.org'), 'unknownRecipient');
});
