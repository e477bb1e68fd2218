import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { newEmail } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { addAccounts, type MailProcess, openMailProcess } from './mail-parts.ts';
import { dyingAfter, losingAnswers, openShared, rowsOf } from './parts.ts';

/** Big enough to have chunks of its own. */
const big = Buffer.concat([
  Buffer.from('Subject: big\r\n\r\n'),
  Buffer.from(Array.from({ length: 700_000 }, (_unused, n) => (n * n * 7919 + n) >>> 3)),
]);
/** Big for one batch, small enough to lie beside the texts. */
const beside = randomBytes(60_000);
/** More participants than one batch holds. */
const wordy = `${'x'.repeat(40_000)}@example.net`;
/** Of another month: its line of the log lies elsewhere. */
const longAgo = new Date('2019-05-05T00:00:00Z');

async function open(t: TestContext, accounts: number) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const ids = await addAccounts(t, shared, accounts);
  return { shared, ids, well: await openMailProcess(t, shared) };
}

async function inboxOf(process: MailProcess, accountId: string): Promise<number[]> {
  const inbox = (await process.listTags(accountId)).find(({ id }) => id === 'inbox');
  return [inbox?.totalEmails ?? -1, inbox?.unreadEmails ?? -1, inbox?.totalThreads ?? -1];
}

test('a delivery cut anywhere is whole when it is tried again, and stored once', async t => {
  const opened = await open(t, 60);
  if (!opened) return;
  const { shared, ids, well } = opened;
  for (const traits of [
    {},
    { octets: big },
    { receivedAt: longAgo },
    { receivedAt: longAgo, octets: beside },
    { receivedAt: longAgo, octets: big, from: wordy },
  ]) {
    for (let writes = 0; ; writes++) {
      const accountId = ids.pop() ?? '';
      const email = newEmail({ key: 'k', references: ['root@x'], ...traits });
      const before = await well.getState(accountId, 'Email');
      const dying = await openMailProcess(t, shared, { wrap: dyingAfter(writes) });
      const first = await dying.deliverEmail(accountId, email).catch(() => null);
      const again = await well.deliverEmail(accountId, email);
      if (first) assert.deepEqual(again, { ...first, status: 'duplicate' });
      const what = `behind ${writes} writes`;
      assert.deepEqual(await inboxOf(well, accountId), [1, 1, 1], what);
      const octets = (await well.getOctets(accountId, again.emailId)) ?? new Uint8Array(0);
      assert.ok(Buffer.compare(octets, email.octets) === 0, what);
      assert.deepEqual(await well.faults(accountId), [], what);
      const changes = await well.getChanges(accountId, 'Email', before, 10);
      assert.deepEqual([changes.created, changes.destroyed], [[again.emailId], []], what);
      if (first) break;
    }
  }
});

test('a claim whose answer is lost is met again, whether it was made or not', async t => {
  const opened = await open(t, 2);
  if (!opened) return;
  const { shared, ids, well } = opened;
  for (const isApplied of [true, false]) {
    const accountId = ids.pop() ?? '';
    const deaf = await openMailProcess(t, shared, { wrap: losingAnswers({ isApplied }) });
    const stored = await deaf.deliverEmail(accountId, newEmail({ key: 'k' }));
    assert.equal(stored.status, 'stored');
    assert.deepEqual(await well.deliverEmail(accountId, newEmail({ key: 'k' })), {
      ...stored,
      status: 'duplicate',
    });
    assert.deepEqual(await inboxOf(well, accountId), [1, 1, 1]);
  }
});

test('a destruction cut anywhere leaves the email or nothing of it, and it never comes back', async t => {
  const opened = await open(t, 20);
  if (!opened) return;
  const { shared, ids, well } = opened;
  for (const octets of [undefined, big]) {
    for (let writes = 0; ; writes++) {
      const accountId = ids.pop() ?? '';
      const email = newEmail({ key: 'k', ...(octets ? { octets } : {}) });
      const { emailId } = await well.deliverEmail(accountId, email);
      const dying = await openMailProcess(t, shared, { wrap: dyingAfter(writes) });
      const first = await dying.destroyEmails(accountId, [emailId]).catch(() => null);
      const [left] = await well.getEmails(accountId, [emailId]);
      assert.ok(!(first && left));
      assert.deepEqual(
        await inboxOf(well, accountId),
        left ? [1, 1, 1] : [0, 0, 0],
        `behind ${writes} writes`,
      );
      await well.destroyEmails(accountId, [emailId]);
      assert.deepEqual(await well.deliverEmail(accountId, email), { emailId, status: 'duplicate' });
      assert.deepEqual(await inboxOf(well, accountId), [0, 0, 0]);
      if (first) break;
    }
  }
  assert.deepEqual(Object.keys(await rowsOf({ context: well.context } as never, ['email', 'detail'])), []);
});

test('a change cut anywhere is made with all that tells it, or not at all', async t => {
  const opened = await open(t, 20);
  if (!opened) return;
  const { shared, ids, well } = opened;
  for (const receivedAt of [undefined, longAgo]) {
    for (let writes = 0; ; writes++) {
      const accountId = ids.pop() ?? '';
      const email = newEmail(receivedAt ? { receivedAt } : {});
      const { emailId } = await well.deliverEmail(accountId, email);
      const before = await well.getState(accountId, 'Email');
      const change = [
        { emailId, keywords: { add: ['$seen'] }, tags: { add: ['archive'], remove: ['inbox'] } },
      ];
      const dying = await openMailProcess(t, shared, { wrap: dyingAfter(writes) });
      const done = await dying.changeEmails(accountId, change).catch(() => null);
      const [found] = await well.getEmails(accountId, [emailId]);
      const isMade = found?.keywords.includes('$seen') === true;
      assert.deepEqual(found?.tagIds, [isMade ? 'archive' : 'inbox']);
      assert.deepEqual(
        (await well.getChanges(accountId, 'Email', before, 10)).updated,
        isMade ? [emailId] : [],
      );
      assert.deepEqual(await inboxOf(well, accountId), isMade ? [0, 0, 0] : [1, 1, 1]);
      assert.ok(isMade || !done);
      if (done) break;
    }
  }
});
