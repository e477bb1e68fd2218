import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf, emailsPerPart, monthOfInstant } from '../../../../delivery/store/cassandra/mail/bucket.ts';
import { settleMilliseconds } from '../../../../delivery/store/cassandra/mail/settled.ts';
import { countRows, writeTally } from '../../../../delivery/store/cassandra/mail/tally.ts';
import { buildBlock } from '../../../../delivery/store/cassandra/search/build.ts';
import type { Session } from '../../../../delivery/store/cassandra/session.ts';
import type { EmailFilter } from '../../../../delivery/store/query.ts';
import { newEmail } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { poll } from '../../../support/poll.ts';
import { addAccounts, type MailProcess, openMailProcess } from './mail-parts.ts';
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
  const kept = () => keptCount(one, accountId);
  const total = async (): Promise<number> => {
    const other = await openMailProcess(t, shared);
    return (await other.listTags(accountId))[0]?.totalEmails ?? -1;
  };
  assert.equal(await total(), 1);
  assert.equal(await kept(), null, 'a change could be under way');
  shared.clock.advance(settleMilliseconds / 1000);
  assert.equal(await total(), 1);
  await poll('the count to be kept', async () => (await kept()) ?? undefined);
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

test('a search by a settled block reads the emails it finds alone, and sees what comes and goes later', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const [accountId = ''] = await addAccounts(t, shared, 1);
  const one = await openMailProcess(t, shared);
  const words = Array.from({ length: 40 }, (_unused, index) => (index === 7 ? 'rare pear' : 'common apple'));
  const ids: string[] = [];
  for (const some of words) ids.push((await one.deliverEmail(accountId, newEmail({ words: some }))).emailId);
  shared.clock.advance(settleMilliseconds / 1000);
  assert.equal(await buildBlock(one.context, { accountId, bucket }), true);
  // Whether there is sealed mail, which no search can see, is known from the kept count.
  await one.listTags(accountId);
  await poll('the count to be kept', async () => (await keptCount(one, accountId)) ?? undefined);
  const read: string[] = [];
  const other = await openMailProcess(t, shared, { wrap: session => noting(session, read) });
  const search = (word: string) => ({ search: { field: 'any', words: [word], prefix: false } }) as const;
  const found = async (filter: EmailFilter): Promise<string[]> => {
    read.length = 0;
    const { rows } = await other.queryEmails(accountId, { filter, sort: [], limit: 100 });
    return rows.map(({ id }) => id);
  };
  const isScan = (cql: string): boolean => cql.includes('from email') && !cql.includes('id in');
  assert.deepEqual(await found(search('rare')), [ids[7]]);
  assert.deepEqual(read.filter(isScan), []);
  assert.deepEqual(await found(search('absent')), []);
  assert.deepEqual(await found({ all: [search('apple'), { none: [search('body')] }] }), []);
  assert.equal((await found({ all: [search('apple'), { tag: 'inbox' }] })).length, 39);
  const rareOrApple: EmailFilter = { any: [search('rare'), search('apple')] };
  const total = async (filter: EmailFilter): Promise<number | null> =>
    (await other.queryEmails(accountId, { filter, sort: [], limit: 1, calculateTotal: true })).total;
  read.length = 0;
  assert.equal(await total(search('apple')), 39);
  assert.equal(await total({ all: [search('common'), { none: [search('rare')] }] }), 39);
  assert.equal(await total(rareOrApple), 40);
  assert.equal(await total({ all: [rareOrApple, { none: [{ none: [search('pear')] }] }] }), 1);
  assert.deepEqual(read.filter(isScan).slice(1), [], 'but for the page of OR, which reads its month');
  const { emailId } = await one.deliverEmail(accountId, newEmail({ words: 'rare plum' }));
  assert.equal(await total(rareOrApple), 41);
  assert.deepEqual((await found(search('rare'))).sort(), [ids[7], emailId].sort());
  await one.destroyEmails(accountId, [ids[7] ?? '']);
  assert.deepEqual(await found(search('rare')), [emailId]);
  assert.equal(await total(rareOrApple), 40);
});

/** Notes the statements of a session that read. */
function noting(session: Session, read: string[]): Session {
  return new Proxy(session, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...values: unknown[]) => {
        if (name === 'rows' || name === 'pages') read.push(String(values[0]));
        return Reflect.apply(member, target, values) as unknown;
      };
    },
  });
}

/** The announcement that the kept count of the bucket counts; null when none is kept. */
async function keptCount({ context }: MailProcess, accountId: string): Promise<unknown> {
  const row = await context.session.row<{ tally_of: unknown }>(
    'select tally_of from bucket where account = ? and bucket = ?',
    [accountId, bucket],
  );
  return row?.tally_of ?? null;
}
