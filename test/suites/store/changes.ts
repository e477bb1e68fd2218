import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Change, ChangeType, Store } from '../../../delivery/store/store.ts';
import { poll } from '../../support/poll.ts';
import { coded, deliverAll, newEmail, type StoreFactory, withAccount } from './under-test.ts';

/** States, changes, news. */
export function changesSuite(factory: StoreFactory): void {
  describe('changes', () => changeCases(factory));
  describe('a long change log', () => agedCases(factory));
  describe('news', () => newsCases(factory));
}

async function since(store: Store, accountId: string, type: ChangeType, state: string, limit = 100) {
  const { created, updated, destroyed, ...rest } = await store.getChanges(accountId, type, state, limit);
  return { created, updated, destroyed, ...rest };
}

function changeCases(factory: StoreFactory): void {
  it('a state stays while nothing changes', () =>
    withAccount(factory, async ({ store, accountId }) => {
      for (const type of [
        'Email',
        'Mailbox',
        'Thread',
        'EmailDelivery',
        'ContactCard',
        'Settings',
      ] as const) {
        const state = await store.getState(accountId, type);
        assert.equal(await store.getState(accountId, type), state);
        const changes = await since(store, accountId, type, state);
        assert.deepEqual(
          [changes.created, changes.updated, changes.destroyed, changes.newState],
          [[], [], [], state],
        );
      }
    }));

  it('emails are created, updated, destroyed; what came and went is not told', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [old = ''] = await deliverAll(store, accountId, [{ name: 'old' }]);
      const [gone = ''] = await deliverAll(store, accountId, [{ name: 'gone' }]);
      const state = await store.getState(accountId, 'Email');
      const [fresh = '', passing = ''] = await deliverAll(store, accountId, [
        { name: 'fresh' },
        { name: 'passing' },
      ]);
      await store.changeEmails(
        accountId,
        [old, fresh].map(emailId => ({ emailId, keywords: { add: ['$seen'] } })),
      );
      await store.destroyEmails(accountId, [gone, passing]);
      const changes = await since(store, accountId, 'Email', state);
      assert.deepEqual([changes.created, changes.updated, changes.destroyed], [[fresh], [old], [gone]]);
      assert.equal(changes.newState, await store.getState(accountId, 'Email'));
      assert.equal(changes.oldState, state);
    }));

  it('a change that changes nothing is no change', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [emailId = ''] = await deliverAll(store, accountId, [{ keywords: ['$seen'] }]);
      const state = await store.getState(accountId, 'Email');
      await store.changeEmails(accountId, [
        { emailId, keywords: { add: ['$seen'] }, tags: { add: ['inbox'] } },
      ]);
      assert.equal(await store.getState(accountId, 'Email'), state);
    }));

  it('changes come in pieces of at most the limit, and the pieces are the whole', () =>
    withAccount(factory, async ({ store, accountId }) => {
      let state = await store.getState(accountId, 'Email');
      const ids = await deliverAll(
        store,
        accountId,
        Array.from({ length: 10 }, () => ({})),
      );
      const seen: string[] = [];
      for (let hasMore = true; hasMore; ) {
        const piece = await store.getChanges(accountId, 'Email', state, 3);
        assert.ok(piece.created.length <= 3);
        seen.push(...piece.created);
        ({ hasMore, newState: state } = piece);
      }
      assert.deepEqual(seen, ids);
    }));

  it('threads and deliveries follow emails; drafts are no delivery', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const thread = await store.getState(accountId, 'Thread');
      const delivery = await store.getState(accountId, 'EmailDelivery');
      const [a = ''] = await deliverAll(store, accountId, [
        { references: ['r'] },
        { tags: [{ role: 'drafts' }], keywords: ['$draft'], messageId: null },
      ]);
      assert.equal((await since(store, accountId, 'Thread', thread)).created.length, 2);
      const deliveries = await since(store, accountId, 'EmailDelivery', delivery);
      assert.deepEqual(deliveries.created, [a]);
      const later = await store.getState(accountId, 'Thread');
      const stillDelivery = await store.getState(accountId, 'EmailDelivery');
      const [b = ''] = await deliverAll(store, accountId, [{ references: ['r'] }]);
      assert.equal((await since(store, accountId, 'Thread', later)).updated.length, 1);
      assert.notEqual(await store.getState(accountId, 'EmailDelivery'), stillDelivery);
      await store.changeEmails(accountId, [{ emailId: b, keywords: { add: ['$seen'] } }]);
      const unmoved = await store.getState(accountId, 'Thread');
      await store.destroyEmails(accountId, [a, b]);
      assert.equal((await since(store, accountId, 'Thread', unmoved)).destroyed.length, 1);
    }));

  it('tags tell whether nothing but counts changed', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const state = await store.getState(accountId, 'Mailbox');
      await deliverAll(store, accountId, [{}]);
      const counted = await since(store, accountId, 'Mailbox', state);
      assert.deepEqual([counted.updated, counted.onlyCounts], [['inbox'], true]);
      const tag = await store.putTag(accountId, { name: 'Work' });
      const passing = await store.putTag(accountId, { name: 'Passing' });
      await store.destroyTag(accountId, passing.id, { destroyEmails: false });
      const named = await since(store, accountId, 'Mailbox', counted.newState);
      assert.deepEqual([named.created, named.destroyed, named.onlyCounts], [[tag.id], [], false]);
      await store.destroyTag(accountId, tag.id, { destroyEmails: false });
      assert.deepEqual((await since(store, accountId, 'Mailbox', named.newState)).destroyed, [tag.id]);
    }));

  it('contacts and settings have states of their own', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const contact = {
        name: 'Bob',
        addresses: ['email:bob@example.net'],
        card: null,
        index: null,
        facts: null,
      };
      const state = await store.getState(accountId, 'ContactCard');
      const { id } = await store.putContact(accountId, contact);
      const made = await since(store, accountId, 'ContactCard', state);
      assert.deepEqual(made.created, [id]);
      await store.removeContact(accountId, id);
      assert.deepEqual((await since(store, accountId, 'ContactCard', made.newState)).destroyed, [id]);
      const settings = await store.getState(accountId, 'Settings');
      await store.putSettings(accountId, { language: 'fr' });
      assert.equal((await since(store, accountId, 'Settings', settings)).updated.length, 1);
    }));

  it('a state that is unknown or of the future can’t be calculated from', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await deliverAll(store, accountId, [{}]);
      for (const state of ['', 'x', '-1', '999999', '1e3', '../1']) {
        const wrong = store.getChanges(accountId, 'Email', state, 10);
        await assert.rejects(wrong, coded('badRequest', 'cannotCalculateChanges'), state);
      }
    }));
}

function agedCases(factory: StoreFactory): void {
  it('changes older than 30 days can’t be calculated, newer ones can, and searches find all', () =>
    withAccount(factory, async ({ store, clock, accountId }) => {
      const start = await store.getState(accountId, 'Email');
      await deliverMany(store, accountId, 'old');
      const middle = await store.getState(accountId, 'Email');
      clock.advance(31 * 86_400);
      await deliverMany(store, accountId, 'new');
      await assert.rejects(
        store.getChanges(accountId, 'Email', start, 10),
        coded('badRequest', 'cannotCalculateChanges'),
      );
      const changes = await store.getChanges(accountId, 'Email', middle, 500);
      assert.equal(changes.created.length, 300);
      const filter = { search: { field: 'any', words: ['old'], prefix: false } } as const;
      const found = await store.queryEmails(accountId, { filter, sort: [], limit: 500 });
      assert.equal(found.rows.length, 300);
    }));
}

async function deliverMany(store: Store, accountId: string, words: string): Promise<void> {
  const all = Array.from({ length: 300 }, () => store.deliverEmail(accountId, newEmail({ words })));
  await Promise.all(all);
}

function newsCases(factory: StoreFactory): void {
  it('a change by this client and by another is told within a second, until it is stopped', () =>
    withAccount(factory, async ({ store, another, accountId }) => {
      const other = await another();
      const heard: Change[] = [];
      const stop = store.watch(accountId, change => heard.push(change));
      await deliverAll(store, accountId, [{}]);
      await poll('own news', () => heard[0], 1000);
      heard.length = 0;
      await deliverAll(other, accountId, [{}]);
      const change = await poll('news of another', () => heard[0], 1000);
      assert.equal(change.accountId, accountId);
      assert.equal(change.types.Email, await store.getState(accountId, 'Email'));
      stop();
      heard.length = 0;
      const marks: Change[] = [];
      const stopMarks = store.watch(accountId, mark => marks.push(mark));
      await deliverAll(other, accountId, [{}]);
      await poll('news at the second listener', () => marks[0], 1000);
      assert.deepEqual(heard, []);
      stopMarks();
    }));

  it('another account’s changes are not told', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const eve = await store.addAccount({ address: 'eve@example.org' });
      const heard: string[] = [];
      store.watch(accountId, change => heard.push(change.accountId));
      await deliverAll(store, eve.id, [{}]);
      await deliverAll(store, accountId, [{}]);
      await poll('own news', () => heard[0], 1000);
      assert.deepEqual([...new Set(heard)], [accountId]);
    }));
}
