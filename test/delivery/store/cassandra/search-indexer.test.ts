import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { newGeneration } from '../../../../delivery/store/cassandra/search/block.ts';
import { dropGeneration, noteGeneration } from '../../../../delivery/store/cassandra/search/generations.ts';
import { openIndexer, tendBucket } from '../../../../delivery/store/cassandra/search/indexer.ts';
import { atEnd } from '../../../support/at-end.ts';
import { openTestClock } from '../../../support/clock.ts';
import { poll } from '../../../support/poll.ts';
import { everyKind, openBucket, openContext, overheard, pies, type TestBucket } from './search-texts.test.ts';

/** What is true of tending buckets; all in one keyspace, because to make one takes seconds. */
const cases: Readonly<Record<string, (context: TestBucket['context'], t: TestContext) => Promise<void>>> = {
  async 'a block that has lost its rows is passed over and built anew'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(20));
    await bucket.build();
    const [generation = ''] = await bucket.generations();
    await dropGeneration(context.session, bucket.where, generation);
    await bucket.check(everyKind);
    assert.equal(await tendBucket(context, bucket.where), null);
    assert.equal((await bucket.generations()).length, 1);
    await bucket.check(everyKind);
  },

  async 'a block of newer code is neither read nor replaced'(context) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(60));
    const cell = JSON.stringify({ layout: 99, words: 'of the future' });
    const { accountId, bucket: number } = bucket.where;
    await context.session.run('update bucket set block = ? where account = ? and bucket = ?', [
      cell,
      accountId,
      number,
    ]);
    await bucket.check(everyKind);
    assert.equal(await tendBucket(context, bucket.where), null);
    assert.equal((await bucket.row())?.block, cell);
  },

  async 'words of destroyed and reworded emails leave the block ten minutes after it was built'(context) {
    const bucket = await openBucket(context);
    const [gone = '', sealed = ''] = await bucket.deliver(pies(20));
    await bucket.build();
    const [first] = await bucket.generations();
    assert.equal(await tendBucket(context, bucket.where), null);
    await bucket.destroy(gone);
    await bucket.reword(sealed, null);
    context.clock.advance(540);
    assert.equal(await tendBucket(context, bucket.where), 60_000);
    assert.equal(await bucket.check(everyKind), false);
    context.clock.advance(60);
    assert.equal(await bucket.check(everyKind), true);
    assert.equal(await tendBucket(context, bucket.where), null);
    assert.notDeepEqual(await bucket.generations(), [first]);
    assert.equal(await bucket.check(everyKind), false);
    for (const id of [...bucket.emails.keys()]) await bucket.destroy(id);
    context.clock.advance(600);
    assert.equal(await tendBucket(context, bucket.where), null);
    assert.deepEqual([await bucket.generations(), (await bucket.row())?.block], [[], null]);
  },

  async 'cells that a change wrote behind a destruction are no email'(context) {
    const bucket = await openBucket(context);
    const [kept = '', ...gone] = await bucket.deliver(pies(60));
    await bucket.build();
    const words = bucket.emails.get(kept)?.words ?? null;
    for (const id of gone) {
      await bucket.destroy(id);
      await bucket.reword(id, words);
    }
    context.clock.advance(600);
    assert.equal(await tendBucket(context, bucket.where), null);
    assert.match((await bucket.row())?.block ?? '', /"size":1,/);
    const generations = await bucket.generations();
    context.clock.advance(3600);
    assert.equal(await tendBucket(context, bucket.where), null);
    assert.deepEqual(await bucket.generations(), generations);
    await bucket.check(everyKind);
  },

  async 'what a builder left behind that has died goes after ten minutes'(context) {
    const bucket = await openBucket(context);
    const { session } = context;
    await bucket.deliver(pies(60));
    const young = newGeneration(session.micros());
    await noteGeneration(session, bucket.where, young);
    assert.equal(await tendBucket(context, bucket.where), 60_000);
    await dropGeneration(session, bucket.where, young);
    const old = newGeneration(session.micros() - 601_000_000n);
    await noteGeneration(session, bucket.where, old);
    assert.equal(await tendBucket(context, bucket.where), null);
    const [built = '', ...others] = await bucket.generations();
    assert.deepEqual(others, []);
    assert.deepEqual((await bucket.row())?.block_generations, [built]);
  },

  async 'the indexer builds blocks of the buckets that are noted, and ends within its work'(context, t) {
    const indexer = openIndexer(context, { settleMilliseconds: 1, restMilliseconds: 1 });
    atEnd(t, () => indexer.stop());
    const [one, other] = [await openBucket(context), await openBucket(context)];
    for (const bucket of [one, other]) {
      await bucket.deliver(pies(60));
      indexer.note(bucket.where.accountId, bucket.where.bucket);
    }
    for (const bucket of [one, other])
      await poll('a block', async () => (await bucket.row())?.block ?? undefined);
    await one.deliver(pies(510));
    indexer.note(one.where.accountId, one.where.bucket);
    await poll('work', async () => ((await one.row())?.block_generations?.length === 2 ? true : undefined));
    await indexer.stop();
    await one.check(everyKind);
    assert.equal((await one.generations()).length, 1);
  },

  async 'the indexer tries again what has failed'(context, t) {
    const bucket = await openBucket(context);
    await bucket.deliver(pies(60));
    let failures = 2;
    const session = overheard(context.session, cql => {
      if (cql.includes('insert into posting') && failures-- > 0) throw new Error('no answer');
    });
    const warnings: string[] = [];
    const log = { ...context.log, warn: (_fields: unknown, event: string) => warnings.push(event) };
    const indexer = openIndexer({ ...context, session, log }, { settleMilliseconds: 1, restMilliseconds: 1 });
    atEnd(t, () => indexer.stop());
    indexer.note(bucket.where.accountId, bucket.where.bucket);
    await poll('a block', async () => (await bucket.row())?.block ?? undefined);
    assert.deepEqual(warnings, ['searchIndexFailed', 'searchIndexFailed']);
    assert.equal((await bucket.generations()).length, 1);
  },
};

test('tending blocks', async t => {
  const context = await openContext(t);
  if (!context) return;
  for (const [name, run] of Object.entries(cases)) {
    await t.test(name, inner => run({ ...context, clock: openTestClock() }, inner));
  }
});
