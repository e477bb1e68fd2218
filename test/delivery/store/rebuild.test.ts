import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../../delivery/log.ts';
import { searchFile } from '../../../delivery/store/sqlite/files.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { deliverAll, newEmail } from '../../suites/store/under-test.ts';
import { openTestClock } from '../../support/clock.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function open(t: TestContext) {
  const folder = temporaryFolder(t);
  const options = { folder, shards: 1, keyring: testKeyring, clock: openTestClock(), log: silentLog };
  const store = await openSqliteStore(options);
  t.after(() => store.close());
  await store.addDomain('example.org');
  const { id } = await store.addAccount({ address: 'ada@example.org' });
  return { folder, store, accountId: id };
}

async function kindsOf(faults: AsyncIterable<{ kind: string }>): Promise<string[]> {
  return [...new Set((await Array.fromAsync(faults)).map(({ kind }) => kind))].sort();
}

/** What the counts tell their owner. */
async function toldBy(store: SqliteStore, accountId: string): Promise<unknown> {
  const tags = await store.listTags(accountId);
  const { items } = await store.listDiscussions(accountId, {});
  return { tags, items, used: await store.usedOctets(accountId) };
}

const damages = [
  'update account set used = used + 1000, emails = 99, sealed = 7',
  'update tag set emails = emails + 3, unread = 9, threads = 9, unread_threads = 8',
  'update thread set emails = emails + 1, unread = 5',
  "insert into thread(account, thread, emails, unread, unread_trash, tags) select account, x'00ff', 1, 0, 0, '[]' from thread limit 1",
  'update discussion set emails = 9, unread = 9, last_place = 1',
  "insert into discussion(account, key, participants, last_place, emails, unread) select account, 'd-none', '[]', 1, 1, 1 from discussion limit 1",
  'update tag_month set emails = emails + 1',
  'insert into email_tag(account, tag, place, seen) select account, 5, place, seen from email limit 1',
  "insert into email_keyword(account, keyword, place) select account, '$none', place from email limit 1",
  `insert into learned(id, octets) select number * ${2 ** 33} + 9999, x'01' from account`,
];

test('counts and lists are set to what is there, clients are told, and the mail stays', async t => {
  const { folder, store, accountId } = await open(t);
  const ids = await deliverAll(store, accountId, [
    { name: 'one' },
    { name: 'two', inReplyTo: 'one@example.net', keywords: ['$seen'] },
    { name: 'three', tags: [{ role: 'trash' }], discussion: 'd-eve' },
    { name: 'four', tags: [{ role: 'inbox' }, { role: 'archive' }], keywords: ['$flagged'] },
  ]);
  const right = await toldBy(store, accountId);
  const shard = new DatabaseSync(join(folder, 'shard-0.db'));
  t.after(() => shard.close());
  for (const damage of damages) shard.exec(damage);
  const named = await kindsOf(store.verify());
  assert.deepEqual(named, [
    'accountCount',
    'discussionCount',
    'keywordLeftover',
    'learnedLeftover',
    'listLeftover',
    'monthCount',
    'tagCount',
    'tagThreadCount',
    'threadCount',
  ]);
  const before = await store.getState(accountId, 'Mailbox');
  const mended = await kindsOf(store.rebuild());
  assert.ok(
    named.filter(kind => kind !== 'monthCount').every(kind => mended.includes(kind)),
    String(mended),
  );
  assert.deepEqual(await kindsOf(store.verify()), []);
  assert.deepEqual(await toldBy(store, accountId), right);
  const changes = await store.getChanges(accountId, 'Mailbox', before, 20);
  assert.ok(changes.updated.includes('inbox'));
  assert.equal((await store.getEmails(accountId, ids)).length, 4);
  assert.deepEqual(await kindsOf(store.rebuild({ accountId })), [], 'nothing is wrong any more');
  await store.changeEmails(accountId, [
    { emailId: ids[0] ?? '', tags: { add: ['junk'], remove: ['inbox'] } },
  ]);
  await store.destroyEmails(accountId, ids.slice(1));
  assert.deepEqual(await kindsOf(store.verify()), [], 'what follows is counted right, too');
});

test('the search file goes, and mail is found as before', async t => {
  const { folder, store, accountId } = await open(t);
  await deliverAll(store, accountId, [
    { words: 'apple' },
    { name: 'two', words: 'apple' },
    { name: 'three' },
  ]);
  const search = async (): Promise<number> => {
    const filter = { search: { field: 'any', words: ['apple'], prefix: false } } as const;
    return (await store.queryEmails(accountId, { filter, sort: [], limit: 10 })).rows.length;
  };
  assert.equal(await search(), 2);
  const file = searchFile(folder, 1);
  await poll('the search file', () => existsSync(file) || undefined);
  const shard = new DatabaseSync(file);
  shard.exec("insert into words(words) values ('delete-all')");
  shard.close();
  assert.equal(await search(), 0, 'the index has lost its words');
  const [, , stored] = await Promise.all([
    Array.fromAsync(store.rebuild()),
    Array.fromAsync(store.rebuild({ accountId })),
    store.deliverEmail(accountId, newEmail({ name: 'four', words: 'apple' })),
  ]);
  assert.equal(stored.status, 'stored');
  assert.equal(await search(), 3);
});
