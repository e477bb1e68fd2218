import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { microsOf, newGeneration } from '../../../../delivery/store/cassandra/search/block.ts';
import { buildBlock } from '../../../../delivery/store/cassandra/search/build.ts';
import {
  dropGeneration,
  eraseSearch,
  noteGeneration,
} from '../../../../delivery/store/cassandra/search/generations.ts';
import { matches, type SearchLeaf } from '../../../../delivery/store/cassandra/search/match.ts';
import { searchBucket } from '../../../../delivery/store/cassandra/search/search-bucket.ts';
import { openTestClock } from '../../../support/clock.ts';
import {
  everyKind,
  openBucket,
  openContext,
  overheard,
  pies,
  type TestBucket,
  word,
} from './search-texts.test.ts';

async function requestsOf(bucket: TestBucket, leaves: readonly SearchLeaf[]): Promise<string[]> {
  const said: string[] = [];
  const session = overheard(bucket.context.session, cql => void said.push(cql));
  const where = { ...bucket.where, ids: [...bucket.emails.keys()], reworded: new Map() };
  await searchBucket({ ...bucket.context, session }, where, leaves);
  return said;
}

/** As the store erases an account; `at`: what the clock says of whoever does. */
async function erase({ context, where }: TestBucket, at?: bigint): Promise<void> {
  const { session } = context;
  const key = [where.accountId, where.bucket];
  for (const table of ['email', 'detail'])
    await session.run(`delete from ${table} where account = ? and bucket = ?`, key);
  await eraseSearch(context, where.accountId, [where.bucket]);
  await session.run('delete from bucket where account = ?', [where.accountId], at);
}

/** What is true of a bucket and its block; all in one keyspace, because to make one takes seconds. */
const cases: Readonly<Record<string, (context: TestBucket['context'], t: TestContext) => Promise<void>>> = {
  async 'single words are answered by the block alone, in three requests'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(300));
    await bucket.build();
    const requests = await requestsOf(bucket, [word('apple')]);
    assert.equal(requests.length, 3, requests.join('\n'));
    assert.ok(!requests.some(cql => cql.includes('from detail')));
    const prefix = { search: { field: 'any', words: ['word'], prefix: true } } as const;
    assert.ok(!(await requestsOf(bucket, [prefix])).some(cql => cql.includes('from detail')));
  },

  async 'a short tail is read in few requests, by all leaves at once'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(600));
    await bucket.build();
    await bucket.deliver(pies(250));
    const requests = await requestsOf(bucket, [word('apple'), word('bob')]);
    assert.equal(requests.filter(cql => cql.includes('from detail')).length, 3);
    await bucket.check(everyKind);
  },

  async 'a search whose block is replaced under way asks the new one'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(60));
    await bucket.build();
    for (const leaf of everyKind) {
      let isReplaced = false;
      const session = overheard(context.session, async cql => {
        if (isReplaced || !cql.includes('order by term')) return;
        isReplaced = true;
        await bucket.build();
      });
      const where = { ...bucket.where, ids: [...bucket.emails.keys()], reworded: new Map() };
      const { found } = await searchBucket({ ...context, session }, where, [leaf]);
      assert.ok(isReplaced);
      const expected = [...bucket.emails].filter(([, each]) => matches(leaf, each)).map(([id]) => id);
      assert.deepEqual([...(found.get(leaf) ?? [])].sort(), expected.sort());
    }
  },

  async 'searches are whole while the block is replaced again and again'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(120));
    let isBuilding = true;
    const building = (async () => {
      for (let count = 0; count < 12; count++) await bucket.build();
      isBuilding = false;
    })();
    let searches = 0;
    while (isBuilding) {
      await bucket.check(everyKind);
      searches += 1;
    }
    await building;
    assert.ok(searches > 3, String(searches));
  },

  async 'of builders at the same time one wins, and nothing of the others is left'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(60));
    for (let round = 0; round < 6; round++) {
      await Promise.all([bucket.build(), bucket.build(), bucket.build()]);
      await bucket.check(everyKind);
      const row = await bucket.row();
      const left = await bucket.generations();
      assert.ok(left.length <= 1, left.join());
      assert.ok(left.length === 0 || row?.block?.includes(left[0] ?? ''));
      assert.deepEqual(row?.block_generations ?? [], left);
    }
  },

  async 'a builder that was overtaken leaves the newer block'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(20));
    let overtaker: string[] | null = null;
    const session = overheard(context.session, async cql => {
      if (overtaker || !cql.includes('block_generations +')) return;
      overtaker = [];
      await bucket.build();
      overtaker = await bucket.generations();
    });
    assert.equal(await buildBlock({ ...context, session }, bucket.where), false);
    assert.deepEqual(await bucket.generations(), overtaker);
    await bucket.check(everyKind);
  },

  async 'what is written of a deleted generation is never seen'(context) {
    const bucket = await openBucket(context);
    const { session } = context;
    // Its writer's clock is ahead.
    const generation = newGeneration(session.micros() + 60_000_000n);
    await noteGeneration(session, bucket.where, generation);
    await dropGeneration(session, bucket.where, generation);
    await session.run(
      'insert into posting (account, bucket, generation, term, hits) values (?, ?, ?, ?, ?)',
      [bucket.where.accountId, bucket.where.bucket, generation, '!', Buffer.from('x')],
      microsOf(generation),
    );
    assert.deepEqual(await bucket.generations(), []);
    assert.equal((await bucket.row())?.block_generations ?? null, null);
  },

  async 'nothing is left of an account that is erased while a block is put in its place'(context) {
    for (const step of ['block_generations +', 'insert into posting', 'set block =']) {
      const bucket = await openBucket(context);
      await bucket.deliver(pies(20));
      await bucket.build();
      let isErased = false;
      const at = context.session.micros();
      const session = overheard(context.session, async cql => {
        if (isErased || !cql.includes(step)) return;
        isErased = true;
        await erase(bucket, at);
      });
      assert.equal(await buildBlock({ ...context, session }, bucket.where), false);
      assert.ok(isErased);
      assert.deepEqual(await bucket.generations(), [], step);
      assert.equal(await bucket.row(), undefined, step);
    }
  },

  async 'nothing is left of an account that was erased when a builder dies that wrote on'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(20));
    let isErased = false;
    const session = overheard(context.session, async cql => {
      if (isErased) throw new Error('it has died');
      if (!cql.includes('insert into posting')) return;
      isErased = true;
      await erase(bucket);
    });
    await assert.rejects(buildBlock({ ...context, session }, bucket.where), /it has died/);
    assert.deepEqual(await bucket.generations(), []);
  },

  async 'an erased account leaves no postings, with a builder at work'(context) {
    for (let round = 0; round < 8; round++) {
      const bucket = await openBucket(context);
      await bucket.deliver(pies(40));
      await bucket.build();
      const building = bucket.build();
      for (let turn = 0; turn < round; turn++) await bucket.row();
      await erase(bucket);
      await building;
      assert.deepEqual(await bucket.generations(), []);
      assert.equal(await bucket.row(), undefined);
    }
  },
};

test('blocks of postings', async t => {
  const context = await openContext(t);
  if (!context) return;
  for (const [name, run] of Object.entries(cases)) {
    await t.test(name, inner => run({ ...context, clock: openTestClock() }, inner));
  }
});
