import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DiscussionRequest, Store } from '../../../delivery/store/store.ts';
import { deliverAll, type EmailTraits, newEmail, type StoreFactory, withAccount } from './under-test.ts';

/** Lists of discussions: order, pages, places and filters. */
export function discussionSuite(factory: StoreFactory): void {
  describe('mail: lists of discussions', () => {
    pageCases(factory);
    filterCases(factory);
  });
}

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

/** Keys and the emails that show them. */
async function shown(store: Store, accountId: string, asked: DiscussionRequest): Promise<string[][]> {
  const { items } = await store.listDiscussions(accountId, asked);
  return items.map(({ key, lastEmailId }) => [key, lastEmailId]);
}

async function keys(store: Store, accountId: string, asked: DiscussionRequest): Promise<string[]> {
  return (await shown(store, accountId, asked)).map(([key = '']) => key);
}

function pageCases(factory: StoreFactory): void {
  it('discussions are listed newest first, by tag, unread only, in pages', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
      const ids = await deliverAll(store, accountId, [
        { discussion: 'd1', receivedAt: day(1) },
        { discussion: 'd2', receivedAt: day(2), keywords: ['$seen'] },
        { discussion: 'd1', receivedAt: day(3), tags: [{ role: 'junk' }] },
        { discussion: 'd3', receivedAt: day(4) },
      ]);
      const keys = async (page: Parameters<Store['listDiscussions']>[1]) =>
        (await store.listDiscussions(accountId, page)).items.map(({ key, lastEmailId }) => [
          key,
          lastEmailId,
        ]);
      assert.deepEqual(await keys({}), [
        ['d3', ids[3]],
        ['d1', ids[2]],
        ['d2', ids[1]],
      ]);
      assert.deepEqual(await keys({ tagIds: ['inbox'] }), [
        ['d3', ids[3]],
        ['d2', ids[1]],
        ['d1', ids[0]],
      ]);
      assert.deepEqual(await keys({ unreadOnly: true }), [
        ['d3', ids[3]],
        ['d1', ids[2]],
      ]);
      assert.deepEqual(await keys({ tagIds: ['inbox'], unreadOnly: true }), [
        ['d3', ids[3]],
        ['d1', ids[0]],
      ]);
      const first = await store.listDiscussions(accountId, { limit: 2 });
      const next = await store.listDiscussions(accountId, { limit: 2, after: first.next });
      assert.deepEqual(
        [...first.items, ...next.items].map(({ key }) => key),
        ['d3', 'd1', 'd2'],
      );
      const [d1] = await store.getDiscussions(accountId, ['d1', 'none']);
      assert.deepEqual([d1?.totalEmails, d1?.unreadEmails], [2, 2]);
      const inside = await store.listDiscussionEmails(accountId, 'd1', { limit: 1 });
      const more = await store.listDiscussionEmails(accountId, 'd1', { after: inside.next });
      assert.deepEqual(
        [...inside.items, ...more.items].map(({ id }) => id),
        [ids[2], ids[0]],
      );
      await store.destroyEmails(accountId, [ids[2] ?? '', ids[3] ?? '']);
      assert.deepEqual(await keys({}), [
        ['d2', ids[1]],
        ['d1', ids[0]],
      ]);
    }));

  it('a page begins at any place: counted, behind a cursor, or where an email stands or stood', () =>
    withAccount(factory, async ({ store, accountId }) => {
      // Over several months, two emails each, so that the older one never shows.
      const traits = Array.from({ length: 40 }, (_unused, n) => ({
        discussion: `d${n % 20}`,
        receivedAt: day(1 + 7 * n),
      }));
      const ids = await deliverAll(store, accountId, traits);
      const all = Array.from({ length: 20 }, (_unused, n) => `d${19 - n}`);
      for (const scope of [{}, { tagIds: ['inbox'] }, { unreadOnly: true }, { minImportance: -10 }]) {
        const page = (asked: DiscussionRequest) =>
          store.listDiscussions(accountId, { ...scope, ...asked, calculateTotal: true });
        const middle = await page({ skip: 7, limit: 5 });
        const names = middle.items.map(({ key }) => key);
        assert.deepEqual([names, middle.position], [all.slice(7, 12), 7]);
        assert.ok(middle.total === 20 || ('minImportance' in scope && middle.total === null));
        const behind = await page({ after: middle.next, limit: 5 });
        assert.deepEqual([behind.items.map(({ key }) => key), behind.position], [all.slice(12, 17), null]);
        const anchored = await page({ anchor: ids[30] ?? '', skip: -2, limit: 3 });
        assert.deepEqual([anchored.items.map(({ key }) => key), anchored.position], [all.slice(7, 10), 7]);
        const early = await page({ anchor: ids[38] ?? '', skip: -5, limit: 2 });
        assert.deepEqual([early.items.map(({ key }) => key), early.position], [all.slice(0, 2), 0]);
        const end = await page({ skip: 18, limit: 5 });
        assert.deepEqual([end.items.map(({ key }) => key), end.next], [all.slice(18), null]);
        const over = await page({ skip: 99, limit: 5 });
        assert.deepEqual([over.items, over.next, over.position], [[], null, 99]);
      }
      await store.destroyEmails(accountId, [ids[30] ?? '']);
      const gone = await store.listDiscussions(accountId, { anchor: ids[30] ?? '', limit: 1 });
      assert.deepEqual([gone.items.map(({ key }) => key), gone.position], [['d9'], 9]);
    }));

  it('a list follows its emails out of a tag and back', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const ids = await deliverAll(
        store,
        accountId,
        [1, 2, 3].map(n => ({ discussion: 'd', receivedAt: day(n) })),
      );
      const inbox = () => shown(store, accountId, { tagIds: ['inbox'] });
      const move = (which: number, tag: string) =>
        store.changeEmails(accountId, [{ emailId: ids[which] ?? '', tags: { replace: true, add: [tag] } }]);
      assert.deepEqual(await inbox(), [['d', ids[2]]]);
      await move(2, 'archive');
      assert.deepEqual(await inbox(), [['d', ids[1]]]);
      await move(0, 'archive');
      assert.deepEqual(await inbox(), [['d', ids[1]]]);
      await store.destroyEmails(accountId, [ids[1] ?? '']);
      assert.deepEqual(await inbox(), []);
      await move(0, 'inbox');
      assert.deepEqual(await inbox(), [['d', ids[0]]]);
      assert.deepEqual(await shown(store, accountId, { tagIds: ['archive'] }), [['d', ids[2]]]);
      for await (const fault of store.verify({ accountId })) assert.fail(JSON.stringify(fault));
    }));
}

function filterCases(factory: StoreFactory): void {
  it('level and importance are those of the email that shows the discussion', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const traits: EmailTraits[] = [
        { discussion: 'one', level: 'B', importance: 'low' },
        { discussion: 'two', level: 'C', importance: 'high' },
        { discussion: 'three' },
        { discussion: 'one', level: 'C', importance: 'high', tags: [{ role: 'junk' }] },
      ];
      const ids = await deliverAll(
        store,
        accountId,
        traits.map((each, n) => ({ ...each, receivedAt: day(n + 1) })),
      );
      const found = (asked: DiscussionRequest) => keys(store, accountId, asked);
      assert.deepEqual(await found({ level: 'C' }), ['one', 'two']);
      assert.deepEqual(await found({ level: 'B' }), []);
      assert.deepEqual(await found({ level: 'B', tagIds: ['inbox'] }), ['one']);
      assert.deepEqual(await found({ minImportance: 1 }), ['one', 'two']);
      assert.deepEqual(await found({ minImportance: 0 }), ['one', 'three', 'two']);
      assert.deepEqual(await found({ minImportance: -4, tagIds: ['inbox'] }), ['three', 'two']);
      assert.deepEqual(await found({ minImportance: 5, level: 'C', tagIds: ['junk'] }), ['one']);
      const findings = newEmail({ importance: 'high' }).findings;
      await store.changeEmails(accountId, [{ emailId: ids[2] ?? '', findings }]);
      assert.deepEqual(await found({ minImportance: 5 }), ['one', 'three', 'two']);
    }));

  it('a second tag narrows the first, whichever is named first', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const own = (await store.putTag(accountId, { name: 'boat' })).id;
      const ids = await deliverAll(store, accountId, [
        { discussion: 'one', receivedAt: day(1), tags: [{ role: 'inbox' }, { id: own }] },
        { discussion: 'one', receivedAt: day(2) },
        { discussion: 'two', receivedAt: day(3) },
        { discussion: 'three', receivedAt: day(4), tags: [{ id: own }], keywords: ['$seen'] },
      ]);
      for (const tagIds of [
        ['inbox', own],
        [own, 'inbox'],
      ])
        assert.deepEqual(await shown(store, accountId, { tagIds }), [['one', ids[0]]]);
      assert.deepEqual(await keys(store, accountId, { tagIds: [own], unreadOnly: true }), ['one']);
      assert.deepEqual(await keys(store, accountId, { tagIds: ['inbox', 'Tnone'] }), []);
    }));

  it('discussions are found by who takes part', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [bob, eve] = ['email:bob@example.net', 'email:eve@example.net'];
      const ids = await deliverAll(store, accountId, [
        { discussion: 'bob', receivedAt: day(1), participants: [bob] },
        { discussion: 'both', receivedAt: day(2), participants: [bob, eve], keywords: ['$seen'] },
        { discussion: 'list', receivedAt: day(3), participants: ['list:boats.example.net'] },
        { discussion: 'bob', receivedAt: day(4), participants: [bob], tags: [{ role: 'junk' }] },
      ]);
      const found = (asked: DiscussionRequest) => keys(store, accountId, asked);
      assert.deepEqual(await found({ participants: [bob] }), ['bob', 'both']);
      assert.deepEqual(await found({ participants: [eve, 'email:none@example.net'] }), ['both']);
      assert.deepEqual(await found({ participants: [bob, eve], tagIds: ['inbox'] }), ['both', 'bob']);
      assert.deepEqual(await found({ participants: [bob], unreadOnly: true }), ['bob']);
      assert.deepEqual(await found({ participants: [] }), []);
      await store.destroyEmails(accountId, [ids[1] ?? '']);
      assert.deepEqual(await found({ participants: [eve] }), []);
    }));
}
