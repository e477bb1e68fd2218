import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImportanceFindings } from '../../../delivery/importance/findings.ts';
import type { Facts } from '../../../delivery/privacy/shape.ts';
import { changeUndisturbed } from '../../../delivery/store/change-undisturbed.ts';
import type { Email, EmailChange, Findings, Store } from '../../../delivery/store/store.ts';
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
          changeAll(store, { accountId, ids, facts: { one: true } }),
          changeAll(other, { accountId, ids, facts: { two: true } }),
        ]);
        for (const { findings, index } of await store.getEmails(accountId, ids)) {
          const { importance, tags, reversePath, facts } = findings;
          assert.deepEqual([importance, tags, reversePath], [important, tagged, 'eve@example.net']);
          assert.deepEqual([facts, index?.value], [{ one: true, two: true }, 2]);
        }
        for await (const fault of store.verify()) assert.fail(JSON.stringify(fault));
      }));

    it('made of other facts are put in the place of none, nor is the index of those', () =>
      withAccount(factory, async ({ store, accountId, another }) => {
        const other = await another();
        const [emailId = ''] = await deliverAll(store, accountId, [{}]);
        const email = await emailOf(store, accountId, emailId);
        const first = changeOf(email, { facts: { one: true } });
        assert.deepEqual(await store.changeEmails(accountId, [first]), [{ emailId, status: 'done' }]);
        const late = changeOf(email, { facts: { two: true } });
        assert.deepEqual(await other.changeEmails(accountId, [late]), [{ emailId, status: 'disturbed' }]);
        const { findings, index } = await emailOf(other, accountId, emailId);
        assert.deepEqual([findings.facts, index?.value], [{ one: true }, 1]);
      }));

    it('are asked of changes that write none, too', () =>
      withAccount(factory, async ({ store, accountId }) => {
        const [emailId = ''] = await deliverAll(store, accountId, [{}]);
        const email = await emailOf(store, accountId, emailId);
        const ifFindings = { ...email.findings, importance: important };
        const { index } = changeOf(email, { facts: { one: true } });
        const parts = [
          ...[{ keywords: { add: ['$seen'] } }, { tags: { add: ['junk'] } }, { searchText: null }],
          ...[{ learned: new Uint8Array(3) }, { index }, {}],
        ] as Partial<EmailChange>[];
        const before = await store.getState(accountId, 'Email');
        for (const part of parts) {
          const late = [{ ...part, emailId, ifFindings }];
          assert.deepEqual(await store.changeEmails(accountId, late), [{ emailId, status: 'disturbed' }]);
        }
        assert.deepEqual(await emailOf(store, accountId, emailId), email);
        assert.equal(await store.getLearned(accountId, emailId), null);
        assert.equal(await store.getState(accountId, 'Email'), before);
        for (const part of parts) {
          const { findings } = await emailOf(store, accountId, emailId);
          const right = [{ ...part, emailId, ifFindings: findings }];
          assert.deepEqual(await store.changeEmails(accountId, right), [{ emailId, status: 'done' }]);
        }
        const after = await emailOf(store, accountId, emailId);
        assert.deepEqual(
          [after.keywords, after.tagIds, after.findings.facts, after.index?.value],
          [['$seen'], ['inbox', 'junk'], { one: true }, 1],
        );
        assert.deepEqual(await store.getLearned(accountId, emailId), new Uint8Array(3));
      }));

    it('are asked of each change of one email in one call', () =>
      withAccount(factory, async ({ store, accountId }) => {
        const [emailId = ''] = await deliverAll(store, accountId, [{}]);
        const { findings } = await emailOf(store, accountId, emailId);
        const first = { ...findings, importance: important };
        const second = { ...first, tags: tagged };
        const outcomes = await store.changeEmails(accountId, [
          { emailId, findings: first, ifFindings: findings },
          { emailId, keywords: { add: ['$seen'] }, ifFindings: findings },
          { emailId, findings: second, ifFindings: first },
        ]);
        assert.deepEqual(
          outcomes.map(({ status }) => status),
          ['done', 'disturbed', 'done'],
        );
        const after = await emailOf(store, accountId, emailId);
        assert.deepEqual([after.findings, after.keywords], [second, []]);
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

/** What each of those who change at once writes. */
interface Part {
  readonly part?: Partial<Findings>;
  readonly facts?: Facts;
}

async function changeAll(
  store: Store,
  { accountId, ids, ...part }: Part & { accountId: string; ids: readonly string[] },
): Promise<void> {
  const tried = await changeUndisturbed(accountId, await store.getEmails(accountId, ids), {
    changeOf: async email => changeOf(email, part),
    store,
  });
  for (const { outcome } of tried) assert.equal(outcome.status, 'done');
  assert.equal(tried.length, ids.length);
}

/** New facts come with an index, whose value is their number here. */
function changeOf({ id, findings }: Email, { part, facts }: Part): EmailChange {
  const change = { emailId: id, findings: { ...findings, ...part }, ifFindings: findings };
  if (!facts) return change;
  const all = { ...findings.facts, ...facts };
  const value = Object.keys(all).length;
  const index = { subject: 'message', version: 1, value, level: 'C', upTo: 50 } as const;
  return { ...change, findings: { ...change.findings, facts: all }, index: { facts: all, index } };
}
