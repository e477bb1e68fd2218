import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImportanceFindings } from '../../../delivery/importance/findings.ts';
import { changeUndisturbed } from '../../../delivery/store/change-undisturbed.ts';
import type { Email, Store } from '../../../delivery/store/store.ts';
import type { TagFindings } from '../../../delivery/tags/findings.ts';
import { deliverAll, newEmail, type StoreFactory, withAccount } from './under-test.ts';

const important: ImportanceFindings = { value: 7, by: 'owner', reasons: [] };
const tagged: TagFindings = { roles: [], tagIds: [], keywords: [], reasons: [] };

/** Changes of findings that are made of what was there. */
export function findingsSuite(factory: StoreFactory): void {
  describe('findings', () => {
    it('are put in the place of those that they were made of, and of no others', () =>
      withAccount(factory, async ({ store, accountId }) => {
        const [emailId = ''] = await deliverAll(store, accountId, [{}]);
        const email = await emailOf(store, accountId, emailId);
        const first = { ...email.findings, importance: important };
        const done = [{ emailId, status: 'done' }];
        const change = { emailId, findings: first, ifFindings: email.findings };
        assert.deepEqual(await store.changeEmails(accountId, [change]), done);
        assert.deepEqual((await emailOf(store, accountId, emailId)).findings, first);
        const late = {
          ...{ emailId, findings: { ...email.findings, tags: tagged }, ifFindings: email.findings },
          ...{ tags: { add: ['junk'] }, keywords: { add: ['$seen'] }, learned: new Uint8Array(3) },
        };
        const before = await store.getState(accountId, 'Email');
        assert.deepEqual(await store.changeEmails(accountId, [late]), [{ emailId, status: 'disturbed' }]);
        const after = await emailOf(store, accountId, emailId);
        assert.deepEqual([after.findings, after.tagIds, after.keywords], [first, ['inbox'], []]);
        assert.equal(await store.getLearned(accountId, emailId), null);
        assert.equal(await store.getState(accountId, 'Email'), before);
        const again = { ...late, findings: { ...first, tags: tagged }, ifFindings: first };
        assert.deepEqual(await store.changeEmails(accountId, [again]), done);
        const last = await emailOf(store, accountId, emailId);
        assert.deepEqual(
          [last.findings.importance, last.findings.tags, last.keywords],
          [important, tagged, ['$seen']],
        );
        assert.deepEqual(await store.getLearned(accountId, emailId), new Uint8Array(3));
        for await (const fault of store.verify()) assert.fail(JSON.stringify(fault));
      }));

    it('that two clients change at the same moment hold what both have written', () =>
      withAccount(factory, async ({ store, accountId, another }) => {
        const other = await another();
        const ids = await deliverAll(
          store,
          accountId,
          Array.from({ length: 6 }, (_, at) => ({ name: `letter${at}` })),
        );
        await Promise.all([
          changeAll(store, { accountId, ids, part: { importance: important } }),
          changeAll(other, { accountId, ids, part: { tags: tagged } }),
          changeAll(other, { accountId, ids, part: { reversePath: 'eve@example.net' } }),
        ]);
        for (const { findings } of await store.getEmails(accountId, ids)) {
          const { importance, tags, reversePath } = findings;
          assert.deepEqual([importance, tags, reversePath], [important, tagged, 'eve@example.net']);
        }
        for await (const fault of store.verify()) assert.fail(JSON.stringify(fault));
      }));

    it('of an email that goes meanwhile are those of no email', () =>
      withAccount(factory, async ({ store, accountId }) => {
        const [emailId = ''] = await deliverAll(store, accountId, [{}]);
        const email = await emailOf(store, accountId, emailId);
        const [tried, ...others] = await changeUndisturbed(accountId, [email], {
          async changeOf({ id, findings }) {
            await store.changeEmails(accountId, [
              { emailId: id, findings: newEmail({ from: 'a@b' }).findings },
            ]);
            await store.destroyEmails(accountId, [id]);
            return { emailId: id, findings: { ...findings, tags: tagged }, ifFindings: findings };
          },
          store,
        });
        assert.deepEqual([tried?.outcome, others], [{ emailId, status: 'notFound' }, []]);
      }));
  });
}

async function emailOf(store: Store, accountId: string, emailId: string): Promise<Email> {
  const [email] = await store.getEmails(accountId, [emailId]);
  assert.ok(email);
  return email;
}

async function changeAll(
  store: Store,
  asked: { accountId: string; ids: readonly string[]; part: Partial<Email['findings']> },
): Promise<void> {
  const { accountId, ids, part } = asked;
  const tried = await changeUndisturbed(accountId, await store.getEmails(accountId, ids), {
    changeOf: async ({ id, findings }) => ({
      emailId: id,
      findings: { ...findings, ...part },
      ifFindings: findings,
    }),
    store,
  });
  for (const { outcome } of tried) assert.equal(outcome.status, 'done');
  assert.equal(tried.length, ids.length);
}
