import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EmailFilter, SearchTerm } from '../../../delivery/store/query.ts';
import type { EmailQuery, Store } from '../../../delivery/store/store.ts';
import {
  coded,
  deliverAll,
  newEmail,
  type StoreFactory,
  type StoreFeatures,
  withAccount,
} from './under-test.ts';

/** Filters, sorts, pages and search. */
export function querySuite(factory: StoreFactory, features: StoreFeatures): void {
  describe('query: filters', () => filterCases(factory));
  describe('query: pages and sorts', () => pageCases(factory, features));
  describe('query: search', () => searchCases(factory, features));
}

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

async function found(
  store: Store,
  accountId: string,
  filter: EmailFilter | null,
  rest: Partial<EmailQuery> = {},
) {
  const result = await store.queryEmails(accountId, {
    filter,
    sort: [],
    limit: 100,
    calculateTotal: true,
    ...rest,
  });
  if (!rest.limit && !rest.skip && !rest.anchor)
    assert.equal(result.total, result.rows.length, JSON.stringify(filter));
  return result.rows.map(({ id }) => id);
}

function filterCases(factory: StoreFactory): void {
  it('each condition finds what it names', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const tag = await store.putTag(accountId, { name: 'Work' });
      const [a = '', b = '', c = '', d = ''] = await deliverAll(store, accountId, [
        { name: 'a', receivedAt: day(1), references: ['r'], keywords: ['$seen'], octets: new Uint8Array(10) },
        {
          name: 'b',
          receivedAt: day(2),
          references: ['r'],
          keywords: ['$flagged', '$seen'],
          tags: [{ id: tag.id }],
        },
        {
          name: 'c',
          receivedAt: day(3),
          hasAttachment: true,
          discussion: 'other',
          octets: new Uint8Array(999),
        },
        {
          name: 'd',
          receivedAt: day(4),
          sealed: true,
          words: null,
          tags: [{ id: tag.id }, { role: 'junk' }],
        },
      ]);
      const cases: [EmailFilter, string[]][] = [
        [{ tag: 'inbox' }, [c, a]],
        [{ tag: tag.id }, [d, b]],
        [{ tag: 'Tnone' }, []],
        [{ tagOtherThan: ['inbox'] }, [d, b]],
        [{ tagOtherThan: [tag.id, 'inbox'] }, [d]],
        [{ tagOtherThan: [tag.id, 'junk', 'inbox', 'Tnone'] }, []],
        [{ before: day(3) }, [b, a]],
        [{ after: day(3) }, [d, c]],
        [{ all: [{ after: day(2) }, { before: day(4) }] }, [c, b]],
        [{ minSizeOctets: 999 }, [c]],
        [{ maxSizeOctets: 11 }, [a]],
        [{ keyword: '$flagged' }, [b]],
        [{ keyword: '$seen' }, [b, a]],
        [{ noKeyword: '$seen' }, [d, c]],
        [{ all: [{ tag: 'inbox' }, { noKeyword: '$seen' }] }, [c]],
        [{ threadKeyword: 'all', keyword: '$flagged' }, []],
        [{ threadKeyword: 'all', keyword: '$seen' }, [b, a]],
        [{ threadKeyword: 'some', keyword: '$flagged' }, [b, a]],
        [{ threadKeyword: 'none', keyword: '$flagged' }, [d, c]],
        [{ threadKeyword: 'some', keyword: '$seen' }, [b, a]],
        [{ threadKeyword: 'none', keyword: '$seen' }, [d, c]],
        [{ threadKeyword: 'all', keyword: '$never' }, []],
        [{ hasAttachment: true }, [c]],
        [{ hasAttachment: false }, [d, b, a]],
        [{ discussion: 'other' }, [c]],
        [{ level: 'A' }, []],
        [{ sealed: true }, [d]],
        [{ any: [{ sealed: true }, { hasAttachment: true }] }, [d, c]],
        [{ none: [{ sealed: true }, { hasAttachment: true }] }, [b, a]],
        [{ any: [] }, []],
        [{ all: [] }, [d, c, b, a]],
        [{ none: [{ none: [{ tag: 'junk' }] }] }, [d]],
        [{ fieldName: 'X-Trait' }, [d, b]],
        [{ fieldName: 'x-trait', contains: 'ÜBER b' }, [b]],
        [{ fieldName: 'x-none' }, []],
        [{ all: [{ any: [{ tag: tag.id }, { tag: 'inbox' }] }, { none: [{ keyword: '$seen' }] }] }, [d, c]],
      ];
      for (const [filter, ids] of cases) {
        assert.deepEqual(await found(store, accountId, filter), ids, JSON.stringify(filter));
      }
    }));

  it('header fields are found by name and by any piece of their value, in messages of every size', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const withHead = (head: string, size: number): Uint8Array =>
        Buffer.concat([Buffer.from(`${head}\r\n\r\nX-Body: no\r\n`), Buffer.alloc(size, 'text\n')]);
      const list = 'List-Id: Gardeners <gardeners.example.net>';
      const [a = '', b = '', c = '', d = ''] = await deliverAll(store, accountId, [
        { receivedAt: day(1), octets: withHead(`Message-ID: <1@example.net>\r\n${list}`, 10) },
        { receivedAt: day(2), octets: withHead(`Message-ID: <2@example.net>\r\n${list}`, 20_000) },
        { receivedAt: day(3), octets: withHead('References: <1@example.net>\r\n\t<2@example.net>', 200_000) },
        {
          receivedAt: day(4),
          octets: withHead('Message-ID: <4@example.net>', 10),
          sealed: true,
          words: null,
        },
      ]);
      const byId = (fieldName: string): EmailFilter => ({ fieldName, contains: '<2@example.net>' });
      const cases: readonly (readonly [EmailFilter, string[]])[] = [
        [{ fieldName: 'list-ID' }, [b, a]],
        [{ fieldName: 'List-Id', contains: 'ARDENERS.ex' }, [b, a]],
        [{ fieldName: 'List-Id', contains: 'gardeners <' }, [b, a]],
        [{ fieldName: 'List-Id', contains: 'gardeners>' }, []],
        [{ fieldName: 'X-Body' }, []],
        [{ fieldName: 'Message-ID', contains: '@example' }, [d, b, a]],
        [byId('Message-ID'), [b]],
        [byId('References'), [c]],
        [{ any: [byId('Message-ID'), byId('References')] }, [c, b]],
        [{ any: [byId('Message-ID'), { sealed: true }] }, [d, b]],
        [{ all: [{ fieldName: 'List-Id' }, byId('Message-ID')] }, [b]],
        [{ all: [{ fieldName: 'List-Id' }, { before: day(2) }] }, [a]],
        [{ none: [{ fieldName: 'List-Id' }] }, [d, c]],
        [{ none: [byId('Message-ID')] }, [d, c, a]],
      ];
      for (const [filter, ids] of cases) {
        assert.deepEqual(await found(store, accountId, filter), ids, JSON.stringify(filter));
      }
      assert.deepEqual(await found(store, accountId, { fieldName: 'message-id' }, { limit: 1, skip: 1 }), [
        b,
      ]);
      const newest = await store.queryEmails(accountId, {
        filter: byId('Message-ID'),
        sort: [],
        limit: 5,
        anchor: b,
      });
      assert.deepEqual(newest.rows, []);
      await store.destroyEmails(accountId, [b]);
      assert.deepEqual(await found(store, accountId, { fieldName: 'list-id' }), [a]);
    }));

  it('another account’s emails are never found', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const eve = await store.addAccount({ address: 'eve@example.org' });
      await deliverAll(store, accountId, [{ words: 'apple' }]);
      assert.deepEqual(await found(store, eve.id, null), []);
      assert.deepEqual(
        await found(store, eve.id, { search: { field: 'any', words: ['apple'], prefix: false } }),
        [],
      );
    }));
}

function pageCases(factory: StoreFactory, features: StoreFeatures): void {
  const unsorted = features.sorts ? false : 'this back-end sorts by receivedAt only';

  it('pages by cursor miss and repeat nothing, also when mail arrives between them', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const ids = await deliverAll(
        store,
        accountId,
        Array.from({ length: 30 }, (_u, n) => ({ receivedAt: day(n) })),
      );
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<Store['queryEmails']>> = await store.queryEmails(accountId, {
          filter: { tag: 'inbox' },
          sort: [],
          limit: 7,
          after,
        });
        seen.push(...page.rows.map(({ id }) => id));
        after = page.next;
        await deliverAll(store, accountId, [{ receivedAt: day(100) }]);
      } while (after);
      assert.deepEqual(seen, [...ids].reverse());
    }));

  it('emails of one instant keep one order', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const ids = await deliverAll(store, accountId, Array(20).fill({ receivedAt: day(1) }));
      assert.deepEqual(await found(store, accountId, null), [...ids].reverse());
      assert.deepEqual(
        await found(store, accountId, null, { sort: [{ key: 'receivedAt', ascending: true }] }),
        ids,
      );
    }));

  it('a cursor of another query, or none of ours, is refused', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const query = { filter: null, sort: [], limit: 1 };
      await assert.rejects(store.queryEmails(accountId, { ...query, after: 'x' }), coded('badRequest'));
      await assert.rejects(store.queryEmails(accountId, { ...query, anchor: 'Mx' }), coded('notFound'));
    }));

  it('anchor and skip find their place, forward and back', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const ids = await deliverAll(
        store,
        accountId,
        Array.from({ length: 10 }, (_u, n) => ({ receivedAt: day(n) })),
      );
      const order = [...ids].reverse();
      const at = async (rest: Partial<EmailQuery>) => {
        const result = await store.queryEmails(accountId, {
          filter: { tag: 'inbox' },
          sort: [],
          limit: 2,
          ...rest,
        });
        return [result.position, ...result.rows.map(({ id }) => order.indexOf(id))];
      };
      assert.deepEqual(await at({}), [0, 0, 1]);
      assert.deepEqual(await at({ skip: 3 }), [3, 3, 4]);
      const anchor = order[5] ?? '';
      assert.deepEqual(await at({ anchor }), [6, 6, 7]);
      assert.deepEqual(await at({ anchor, skip: 2 }), [8, 8, 9]);
      assert.deepEqual(await at({ anchor, skip: -1 }), [5, 5, 6]);
      assert.deepEqual(await at({ anchor, skip: -3 }), [3, 3, 4]);
      assert.deepEqual(await at({ anchor, skip: -30 }), [0, 0, 1]);
      assert.deepEqual(await at({ skip: 30 }), [30]);
    }));

  it('threads fold to their first email in the order, on every page', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const traits = Array.from({ length: 12 }, (_u, n) => ({
        receivedAt: day(n),
        references: [`r${n % 4}`],
      }));
      const ids = await deliverAll(store, accountId, [
        ...traits,
        { receivedAt: day(50), references: ['r0'], tags: [{ role: 'junk' }] },
      ]);
      const fold = { collapseThreads: true };
      assert.deepEqual(
        await found(store, accountId, { tag: 'inbox' }, fold),
        [11, 10, 9, 8].map(n => ids[n]),
      );
      assert.deepEqual(
        await found(store, accountId, null, fold),
        [12, 11, 10, 9].map(n => ids[n]),
      );
      const oldest = { ...fold, sort: [{ key: 'receivedAt', ascending: true }] as const };
      assert.deepEqual(
        await found(store, accountId, { tag: 'inbox' }, oldest),
        [0, 1, 2, 3].map(n => ids[n]),
      );
      const first = await store.queryEmails(accountId, {
        filter: { tag: 'inbox' },
        sort: [],
        limit: 3,
        ...fold,
      });
      const rest = await store.queryEmails(accountId, {
        filter: { tag: 'inbox' },
        sort: [],
        limit: 3,
        after: first.next,
        ...fold,
      });
      assert.deepEqual([first.rows.length, rest.rows.map(({ id }) => id), rest.next], [3, [ids[8]], null]);
    }));

  it('every sort key orders, ties by arrival, with cursors', { skip: unsorted }, () =>
    withAccount(factory, async ({ store, accountId }) => {
      const ids = await deliverAll(store, accountId, [
        { name: 'Re: beta', octets: new Uint8Array(30), from: 'z@x', sentAt: day(1), receivedAt: day(1) },
        {
          name: 'alpha',
          octets: new Uint8Array(10),
          from: 'a@x',
          sentAt: day(3),
          receivedAt: day(2),
          keywords: ['k'],
        },
        { name: 'Gamma', octets: new Uint8Array(20), from: 'M@x', sentAt: day(2), receivedAt: day(3) },
        { name: 'alpha', octets: new Uint8Array(10), from: 'a@x', sentAt: day(3), receivedAt: day(4) },
      ]);
      const orders: [EmailQuery['sort'][number], number[]][] = [
        [{ key: 'subject', ascending: true }, [1, 3, 0, 2]],
        [{ key: 'size', ascending: false }, [0, 2, 3, 1]],
        [{ key: 'originator', ascending: true }, [1, 3, 2, 0]],
        [{ key: 'destination', ascending: true }, [0, 1, 2, 3]],
        [{ key: 'sentAt', ascending: false }, [3, 1, 2, 0]],
        [{ key: 'keyword', keyword: 'k', ascending: false }, [1, 3, 2, 0]],
        [{ key: 'threadKeywordSome', keyword: 'k', ascending: false }, [3, 1, 2, 0]],
        [{ key: 'threadKeywordAll', keyword: 'k', ascending: false }, [3, 2, 1, 0]],
      ];
      for (const [sort, order] of orders) {
        const expected = order.map(index => ids[index]);
        assert.deepEqual(await found(store, accountId, null, { sort: [sort] }), expected, sort.key);
        const page = await store.queryEmails(accountId, { filter: null, sort: [sort], limit: 2 });
        const rest = await store.queryEmails(accountId, {
          filter: null,
          sort: [sort],
          limit: 2,
          after: page.next,
        });
        assert.deepEqual(
          [...page.rows, ...rest.rows].map(({ id }) => id),
          expected,
          `${sort.key} in pages`,
        );
      }
    }),
  );
}

function searchCases(factory: StoreFactory, features: StoreFeatures): void {
  const term = (words: string, rest: Partial<SearchTerm> = {}): EmailFilter => ({
    search: { field: 'any', words: words.split(' '), prefix: false, ...rest },
  });

  it('an email is found by its words at once after its delivery', () =>
    withAccount(factory, async ({ store, accountId }) => {
      for (const word of ['apple', 'pear', 'plum']) {
        const [id = ''] = await deliverAll(store, accountId, [{ words: word }]);
        assert.deepEqual(await found(store, accountId, term(word)), [id]);
      }
    }));

  it('words, phrases, prefixes and fields are told apart, and combine with everything', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [a, b, c] = await deliverAll(store, accountId, [
        { words: 'red apple pie', receivedAt: day(1), from: 'chef@kitchen.example' },
        { words: 'apple red', receivedAt: day(2), tags: [{ role: 'archive' }] },
        { words: 'green pear', receivedAt: day(3) },
      ]);
      const cases: [EmailFilter, (string | undefined)[]][] = [
        [term('apple'), [b, a]],
        [term('red apple'), [a]],
        [term('app', { prefix: true }), [b, a]],
        [term('red app', { prefix: true }), [a]],
        [term('zzz', { prefix: true }), []],
        [term('apple', { field: 'originators' }), []],
        [term('kitchen', { field: 'originators' }), [a]],
        [term('body green', { field: 'body' }), [c]],
        [term('a"b* OR NEAR('), []],
        [{ all: [term('apple'), { tag: 'inbox' }] }, [a]],
        [{ all: [term('apple'), term('pie')] }, [a]],
        [{ any: [term('pie'), term('pear')] }, [c, a]],
        [{ any: [term('pie'), { tag: 'archive' }] }, [b, a]],
        [{ none: [term('apple')] }, [c]],
        [{ all: [term('apple'), { none: [term('pie')] }] }, [b]],
      ];
      for (const [filter, ids] of cases) {
        assert.deepEqual(await found(store, accountId, filter), ids, JSON.stringify(filter));
      }
    }));

  it('searches page, fold threads and sort like any query', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const traits = Array.from({ length: 12 }, (_u, n) => ({
        words: 'same',
        receivedAt: day(n),
        references: [`r${n % 3}`],
      }));
      const ids = await deliverAll(store, accountId, traits);
      const query = { filter: term('same'), sort: [], limit: 5 };
      const seen: string[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const page: Awaited<ReturnType<Store['queryEmails']>> = await store.queryEmails(accountId, {
          ...query,
          after: after ?? null,
        });
        seen.push(...page.rows.map(({ id }) => id));
        after = page.next;
      }
      assert.deepEqual(seen, [...ids].reverse());
      assert.deepEqual(
        await found(store, accountId, term('same'), { collapseThreads: true }),
        [11, 10, 9].map(n => ids[n]),
      );
    }));

  it('destroyed emails are not found, nor counted among others, and sealed ones make the answer incomplete', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const [a = '', b = ''] = await deliverAll(store, accountId, [{ words: 'apple' }, { words: 'apple' }]);
      assert.equal((await found(store, accountId, term('apple'))).length, 2);
      await store.destroyEmails(accountId, [a]);
      assert.deepEqual(await found(store, accountId, term('apple')), [b]);
      const [pear] = await deliverAll(store, accountId, [{ words: 'pear' }]);
      const others = { filter: { none: [term('apple')] }, sort: [], limit: 5, calculateTotal: true };
      const { rows, total } = await store.queryEmails(accountId, others);
      assert.deepEqual([rows.map(({ id }) => id), total], [[pear], 1]);
      const query = { filter: term('apple'), sort: [], limit: 5 };
      assert.equal((await store.queryEmails(accountId, query)).incomplete, false);
      await store.deliverEmail(accountId, newEmail({ sealed: true, words: null }));
      assert.equal((await store.queryEmails(accountId, query)).incomplete, true);
    }));

  it('a prefix of many words finds them all, or says that it is incomplete', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const words = Array.from({ length: 80 }, (_u, n) => `com${n}`).join(' ');
      await deliverAll(store, accountId, [{ words }]);
      const filter = term('com', { prefix: true });
      const result = await store.queryEmails(accountId, { filter, sort: [], limit: 5 });
      assert.deepEqual([result.rows.length, result.incomplete], [1, features.cappedPrefixes]);
    }));
}
