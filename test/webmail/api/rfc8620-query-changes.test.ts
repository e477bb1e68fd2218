import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openTestWeb, type TestWeb } from './web.ts';

interface Added {
  readonly id: string;
  readonly index: number;
}

/** What a client does with the answer (RFC 8620 §5.6). */
function applied(
  old: readonly string[],
  { removed, added }: { removed: string[]; added: Added[] },
): string[] {
  const ids = old.filter(id => !removed.includes(id));
  for (const { id, index } of added) ids.splice(index, 0, id);
  return ids;
}

type Step = {
  readonly kind: 'deliver' | 'destroy' | 'flag' | 'unflag' | 'trash' | 'inbox';
  readonly at: number;
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('deliver', 'deliver', 'destroy', 'flag', 'unflag', 'trash', 'inbox'),
  at: fc.nat(30),
});

class Mailbag {
  readonly #web: TestWeb;
  readonly #ids: string[] = [];

  constructor(web: TestWeb) {
    this.#web = web;
  }

  async take({ kind, at }: Step): Promise<void> {
    if (kind === 'deliver') {
      const references = at % 3 === 0 ? `References: <t${at % 4}@example.net>\n` : '';
      const text = `${references}Subject: s${at}\n\n${'x'.repeat(at * 7)}\n`;
      this.#ids.push(await this.#web.deliver(text, { keywords: at % 5 === 0 ? ['$flagged'] : [] }));
      return;
    }
    const id = this.#ids[at % Math.max(1, this.#ids.length)];
    if (id === undefined) return;
    if (kind === 'destroy') {
      await this.#web.ask('Email/set', { destroy: [id] });
      this.#ids.splice(this.#ids.indexOf(id), 1);
      return;
    }
    await this.#web.ask('Email/set', { update: { [id]: await this.#patch(kind) } });
  }

  async #patch(kind: Exclude<Step['kind'], 'deliver' | 'destroy'>): Promise<Record<string, unknown>> {
    if (kind === 'flag') return { 'keywords/$flagged': true };
    if (kind === 'unflag') return { 'keywords/$flagged': null };
    return { mailboxIds: { [await this.#web.mailbox(kind)]: true } };
  }
}

async function queriesOf(web: TestWeb): Promise<Record<string, unknown>[]> {
  const inbox = await web.mailbox('inbox');
  const newest = { property: 'receivedAt', isAscending: false };
  return [
    {},
    { filter: { inMailbox: inbox }, sort: [newest] },
    { filter: { inMailbox: inbox }, sort: [newest], collapseThreads: true },
    { sort: [{ property: 'hasKeyword', keyword: '$flagged', isAscending: false }, newest] },
    {
      filter: { operator: 'NOT', conditions: [{ hasKeyword: '$flagged' }] },
      sort: [{ property: 'subject' }],
    },
    { filter: { minSize: 80 }, sort: [{ property: 'size' }, { property: 'receivedAt' }] },
  ];
}

test('§5.6 whatever happens, the changes of a query lead to its new results', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 12 }),
      fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
      async (first, rounds) => {
        const web = await openTestWeb(t);
        const bag = new Mailbag(web);
        for (const each of first) await bag.take(each);
        const queries = await queriesOf(web);
        const known = await Promise.all(queries.map(query => web.ask('Email/query', query)));
        for (const round of rounds) {
          for (const each of round) await bag.take(each);
          for (const [at, query] of queries.entries()) {
            const { queryState, ids } = known[at];
            const changes = await web.ask('Email/queryChanges', { ...query, sinceQueryState: queryState });
            const fresh = await web.ask('Email/query', query);
            assert.deepEqual(applied(ids, changes), fresh.ids, JSON.stringify(query));
            assert.equal(changes.newQueryState, fresh.queryState);
            known[at] = fresh;
          }
        }
      },
    ),
    { numRuns: 6 },
  );
});

test('§5.6 where nothing looked at can change, only what came and went is told', async t => {
  const web = await openTestWeb(t);
  const old = await web.deliver('Subject: old\n\nx\n');
  const { queryState } = await web.ask('Email/query');
  await web.ask('Email/set', { update: { [old]: { 'keywords/$seen': true } } });
  const none = await web.ask('Email/queryChanges', { sinceQueryState: queryState });
  assert.deepEqual([none.removed, none.added], [[], []]);
  const young = await web.deliver('Subject: young\n\nx\n');
  const some = await web.ask('Email/queryChanges', { sinceQueryState: queryState });
  assert.deepEqual([some.removed, some.added], [[], [{ id: young, index: 0 }]]);
});

test('§5.6 upToId ends what is told of immutable queries, others ignore it', async t => {
  const web = await openTestWeb(t);
  const sort = [{ property: 'receivedAt', isAscending: true }];
  const flagged = [{ property: 'hasKeyword', keyword: '$flagged', isAscending: false }, ...sort];
  const [a, b] = [await web.deliver('Subject: a\n\nx\n'), await web.deliver('Subject: b\n\nx\n')];
  const { queryState } = await web.ask('Email/query', { sort });
  const c = await web.deliver('Subject: c\n\nx\n');
  const since = { sinceQueryState: queryState, upToId: a };
  assert.deepEqual((await web.ask('Email/queryChanges', { sort, ...since })).added, []);
  await web.ask('Email/set', { update: { [a]: { 'keywords/$flagged': true } } });
  const { removed, added } = await web.ask('Email/queryChanges', { sort: flagged, ...since });
  assert.deepEqual(applied([a, b], { removed, added }), [a, b, c]);
});
