import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImportanceFindings } from '../../../../delivery/importance/findings.ts';
import type { EmailChange } from '../../../../delivery/store/store.ts';
import { newEmail } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { addAccounts, type MailProcess, openMailProcess } from './mail-parts.ts';
import { intercept, openShared, rowsOf } from './parts.ts';

/** A change of the email's importance, made of what it is now. */
async function marking(mail: MailProcess, accountId: string, value: number): Promise<EmailChange> {
  const { rows } = await mail.queryEmails(accountId, { filter: null, sort: [], limit: 1 });
  const [email] = await mail.getEmails(
    accountId,
    rows.map(({ id }) => id),
  );
  assert.ok(email);
  const importance: ImportanceFindings = { value, by: 'owner', reasons: [] };
  const { id, findings } = email;
  return { emailId: id, findings: { ...findings, importance }, ifFindings: findings };
}

async function mark(mail: MailProcess, accountId: string, value: number): Promise<void> {
  const change = await marking(mail, accountId, value);
  assert.deepEqual(await mail.changeEmails(accountId, [change]), [
    { emailId: change.emailId, status: 'done' },
  ]);
}

test('of an email that was just marked nothing stays, also where a clock behind destroys it', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const [accountId = ''] = await addAccounts(t, shared, 1);
  const behind = await openMailProcess(t, shared, { aheadSeconds: -5 });
  const one = await openMailProcess(t, shared);
  const { emailId } = await behind.deliverEmail(accountId, newEmail());
  await mark(behind, accountId, 5);
  await behind.destroyEmails(accountId, [emailId]);
  assert.deepEqual(await rowsOf(one, ['email', 'detail']), {});
});

/** Whether a writer whose exchange is made is about to read what its columns follow from, or to write them. */
const moments = {
  reads: (name: string | symbol, asked: unknown) =>
    name === 'rows' && String(asked).includes('writetime(turn) as turned'),
  writes: (name: string | symbol, asked: unknown) =>
    name === 'together' && JSON.stringify(asked, ['cql']).includes('update email'),
};

for (const [moment, isMoment] of Object.entries(moments)) {
  test(`lists go by the last findings, also where an earlier writer, by a clock ahead, ${moment} late`, async t => {
    if ((await requireCassandra(t)) === null) return;
    const shared = await openShared(t);
    const [accountId = ''] = await addAccounts(t, shared, 1);
    const last = await openMailProcess(t, shared);
    let isFirst = true;
    const late = await openMailProcess(t, shared, {
      aheadSeconds: 5,
      wrap: session =>
        intercept(session, async (name, call, [asked]) => {
          if (isFirst && isMoment(name, asked)) {
            isFirst = false;
            await mark(last, accountId, 7);
          }
          return await call();
        }),
    });
    await last.deliverEmail(accountId, newEmail());
    await mark(late, accountId, 9);
    assert.equal(isFirst, false);
    assert.equal((await marking(last, accountId, 0)).ifFindings?.importance?.value, 7);
    const { email = [] } = await rowsOf(last, ['email']);
    assert.deepEqual(
      email.map(row => (row as { importance: number }).importance),
      [7],
    );
  });
}

test('findings of several months are exchanged side by side, those of one month one after the other', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const [accountId = ''] = await addAccounts(t, shared, 1);
  const underWay: number[] = [];
  let [most, isMixed] = [0, false];
  const mail = await openMailProcess(t, shared, {
    wrap: session =>
      intercept(session, async (name, call, [asked, values]) => {
        if (name !== 'claim' || !String(asked).startsWith('update detail')) return await call();
        const bucket = (values as readonly unknown[]).find(value => typeof value === 'number') as number;
        isMixed ||= underWay.includes(bucket);
        underWay.push(bucket);
        most = Math.max(most, underWay.length);
        const done = await call();
        underWay.splice(underWay.indexOf(bucket), 1);
        return done;
      }),
  });
  const ids: string[] = [];
  for (const month of ['01', '02', '03']) {
    for (let day = 10; day < 16; day++) {
      const receivedAt = new Date(`2026-${month}-${day}T12:00:00Z`);
      ids.push((await mail.deliverEmail(accountId, newEmail({ receivedAt }))).emailId);
    }
  }
  const emails = await mail.getEmails(accountId, ids);
  const outcomes = await mail.changeEmails(
    accountId,
    emails.map(({ id, findings }) => ({
      emailId: id,
      findings: { ...findings, importance: { value: 5, by: 'owner', reasons: [] } },
      ifFindings: findings,
    })),
  );
  assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['done']));
  assert.ok(most > 1);
  assert.equal(isMixed, false);
});
