import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coded, deliverAll, newEmail, type StoreFactory, withAccount } from './under-test.ts';

const record = (length: number, first = 7) =>
  new Uint8Array(length).map((_value, index) => (index + first) & 255);

/** What was learned of emails. */
export function learnedSuite(factory: StoreFactory): void {
  describe('learned', () => {
    it('comes with an email, small or big, and goes with it', () =>
      withAccount(factory, async ({ store, accountId, reopen }) => {
        const big = Buffer.alloc(300_000, 'Subject: big\r\n\r\n');
        const [plain = '', small = '', large = ''] = await deliverAll(store, accountId, [
          { name: 'plain' },
          { name: 'small', learned: record(3) },
          { name: 'large', octets: big, learned: record(16 * 1024) },
        ]);
        const opened = await reopen();
        assert.equal(await opened.getLearned(accountId, plain), null);
        assert.deepEqual(await opened.getLearned(accountId, small), record(3));
        assert.deepEqual(await opened.getLearned(accountId, large), record(16 * 1024));
        assert.equal(await opened.getLearned(accountId, 'Mnone'), null);
        await opened.destroyEmails(accountId, [small, large]);
        assert.equal(await opened.getLearned(accountId, small), null);
        for await (const fault of opened.verify()) assert.fail(JSON.stringify(fault));
        await assert.rejects(opened.getLearned('Anone', plain), coded('notFound'));
      }));

    it('is changed and removed without a change of the email', () =>
      withAccount(factory, async ({ store, accountId }) => {
        const [emailId = ''] = await deliverAll(store, accountId, [{ learned: record(3) }]);
        const states = () =>
          Promise.all([store.getState(accountId, 'Email'), store.getEmails(accountId, [emailId])]);
        const before = await states();
        await store.changeEmails(accountId, [{ emailId, learned: record(5) }]);
        assert.deepEqual(await store.getLearned(accountId, emailId), record(5));
        await store.changeEmails(accountId, [{ emailId, learned: null }]);
        assert.equal(await store.getLearned(accountId, emailId), null);
        assert.deepEqual(await states(), before);
        await store.changeEmails(accountId, [{ emailId, learned: record(9), keywords: { add: ['$junk'] } }]);
        await store.changeEmails(accountId, [{ emailId, keywords: { add: ['$seen'] } }]);
        assert.deepEqual(await store.getLearned(accountId, emailId), record(9), 'other changes leave it');
      }));

    it('of more than 16 KiB is refused', () =>
      withAccount(factory, async ({ store, accountId }) => {
        const learned = record(16 * 1024 + 1);
        await assert.rejects(store.deliverEmail(accountId, newEmail({ learned })), coded('badInput'));
        const [emailId = ''] = await deliverAll(store, accountId, [{}]);
        await assert.rejects(store.changeEmails(accountId, [{ emailId, learned }]), coded('badInput'));
        assert.equal(await store.getLearned(accountId, emailId), null);
      }));
  });
}
