import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf, emailsPerPart, monthOfInstant } from '../../../../delivery/store/cassandra/mail/bucket.ts';
import { settleMilliseconds } from '../../../../delivery/store/cassandra/mail/buckets.ts';
import { countRows, writeTally } from '../../../../delivery/store/cassandra/mail/tally.ts';
import { newEmail } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { poll } from '../../../support/poll.ts';
import { addAccounts, openMailProcess } from './mail-parts.ts';
import { openShared } from './parts.ts';

const instant = new Date('2026-03-01T12:00:00Z');
const bucket = bucketOf(monthOfInstant(instant), 0);

test('a month with many emails has parts, and lists, counts and ids go across them', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const [accountId = ''] = await addAccounts(t, shared, 1);
  const one = await openMailProcess(t, shared);
  const total = emailsPerPart + 20;
  const ids: string[] = [];
  let begun = 0;
  const deliver = async (): Promise<void> => {
    while (begun < total) {
      const receivedAt = new Date(instant.getTime() + (begun % 2 ? 1 : -1) * begun++ * 1000);
      const { emailId } = await one.deliverEmail(accountId, newEmail({ receivedAt, words: 'word' }));
      ids.push(emailId);
    }
  };
  await Promise.all(Array.from({ length: 32 }, deliver));
  const parts = await one.parts.buckets.list(accountId);
  assert.deepEqual(
    parts.map(part => part.bucket),
    [bucket + 1, bucket],
  );
  const other = await openMailProcess(t, shared);
  const listed: string[] = [];
  for (let after: string | null = null; ; ) {
    const page = await other.queryEmails(accountId, {
      filter: { tag: 'inbox' },
      sort: [],
      limit: 500,
      after,
    });
    listed.push(...page.rows.map(({ id }) => id));
    after = page.next;
    if (after === null) break;
  }
  assert.deepEqual(listed, [...ids].sort().reverse());
  const sample = [...ids.slice(0, 20), ...ids.slice(-40)];
  assert.equal((await other.getEmails(accountId, sample)).length, 60);
  const [inbox] = await other.listTags(accountId);
  assert.equal(inbox?.totalEmails, total);
  const deep = { filter: { tag: 'inbox' }, sort: [], limit: 1, skip: total - 1 } as const;
  assert.deepEqual(
    (await other.queryEmails(accountId, deep)).rows.map(({ id }) => id),
    [listed.at(-1)],
  );
});

test('a count is kept once no change can be under way, holds until the next one, and a wrong one is named', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const [accountId = ''] = await addAccounts(t, shared, 1);
  const one = await openMailProcess(t, shared);
  await one.deliverEmail(accountId, newEmail());
  const kept = async () =>
    await one.context.session.row<{ tally_of: unknown }>(
      'select tally_of from bucket where account = ? and bucket = ?',
      [accountId, bucket],
    );
  const total = async (): Promise<number> => {
    const other = await openMailProcess(t, shared);
    return (await other.listTags(accountId))[0]?.totalEmails ?? -1;
  };
  assert.equal(await total(), 1);
  assert.equal((await kept())?.tally_of, null, 'a change could be under way');
  shared.clock.advance(settleMilliseconds / 1000);
  assert.equal(await total(), 1);
  await poll('the count to be kept', async () => (await kept())?.tally_of ?? undefined);
  assert.deepEqual(await one.faults(accountId), []);
  await one.context.session.run('update bucket set tally = ? where account = ? and bucket = ?', [
    writeTally(countRows([])),
    accountId,
    bucket,
  ]);
  assert.equal(await total(), 0, 'the kept count is what is told');
  const other = await openMailProcess(t, shared);
  assert.deepEqual(
    (await other.faults(accountId)).map(({ kind }) => kind),
    ['bucketCount'],
  );
  await other.deliverEmail(accountId, newEmail());
  assert.equal(await total(), 2, 'counted anew behind a change');
});

test('of opposite changes by processes with clocks apart the last one counts', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const [accountId = ''] = await addAccounts(t, shared, 1);
  const early = await openMailProcess(t, shared, { aheadSeconds: 5 });
  const late = await openMailProcess(t, shared, { aheadSeconds: -5 });
  const { emailId } = await early.deliverEmail(accountId, newEmail({ keywords: ['$flagged'] }));
  for (const [process, isSet] of [
    [late, false],
    [early, true],
    [late, false],
    [late, true],
    [early, false],
  ] as const) {
    const keywords = isSet ? { add: ['$flagged'] } : { remove: ['$flagged'] };
    await process.changeEmails(accountId, [{ emailId, keywords }]);
    const [found] = await late.getEmails(accountId, [emailId]);
    assert.deepEqual(found?.keywords, isSet ? ['$flagged'] : []);
  }
  await late.destroyEmails(accountId, [emailId]);
  assert.deepEqual(await early.getEmails(accountId, [emailId]), []);
  assert.deepEqual(await early.faults(accountId), []);
});
