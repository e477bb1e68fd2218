import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import type { EmailFilter } from '../../../delivery/store/query.ts';
import { type Database, openReadOnly } from '../../../delivery/store/sqlite/database.ts';
import { shardFile } from '../../../delivery/store/sqlite/files.ts';
import { SearchFiles } from '../../../delivery/store/sqlite/search/files.ts';
import { MatchHits } from '../../../delivery/store/sqlite/search/hits.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { deliverAll, newEmail } from '../../suites/store/under-test.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function withAccount(
  test: TestContext,
): Promise<{ folder: string; store: SqliteStore; accountId: string }> {
  const folder = temporaryFolder(test);
  const store = await openTestStore(folder);
  test.after(() => store.close());
  await store.addDomain('example.org');
  const { id } = await store.addAccount({ address: 'ada@example.org' });
  return { folder, store, accountId: id };
}

function openTestStore(folder: string): Promise<SqliteStore> {
  return openSqliteStore({
    folder,
    shards: 1,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
}

/** Enough emails that the background index does not wait for more. */
async function deliverMany(store: SqliteStore, accountId: string, words: string): Promise<string[]> {
  return deliverAll(
    store,
    accountId,
    Array.from({ length: 70 }, () => ({ words })),
  );
}

/** More emails than a search indexes at once. */
async function deliverVeryMany(store: SqliteStore, accountId: string, words: string): Promise<void> {
  const some = Array.from({ length: 700 }, () => newEmail({ words }));
  for (let n = 0; n < 6; n++) await Promise.all(some.map(email => store.deliverEmail(accountId, email)));
}

/** Path of the one search file of the folder. */
function searchFile(folder: string): string | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const name = names.find(path => path.startsWith('search') && path.endsWith('.db'));
  return name && join(folder, name);
}

/** Whether the word can be read in it. */
function fileHolds(folder: string, word: string): boolean {
  const file = searchFile(folder);
  return file !== undefined && readFileSync(file).includes(word);
}

/** Ids that the filter finds. */
async function found(store: SqliteStore, accountId: string, filter: EmailFilter): Promise<string[]> {
  const { rows } = await store.queryEmails(accountId, { filter, sort: [], limit: 50 });
  return rows.map(({ id }) => id);
}

test('emails are indexed behind the delivery, without a search', async t => {
  const { folder, store, accountId } = await withAccount(t);
  await deliverMany(store, accountId, 'pear');
  await poll('the index', () => fileHolds(folder, 'pear') || undefined, 10_000);
});

test('the words of destroyed emails leave the search file', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const [secret = ''] = await deliverAll(store, accountId, [{ words: 'quincunx' }]);
  await deliverMany(store, accountId, 'pear');
  await poll('the index', () => fileHolds(folder, 'quincunx') || undefined, 10_000);
  await store.destroyEmails(accountId, [secret]);
  await deliverMany(store, accountId, 'plum');
  await poll('the rewriting', () => !fileHolds(folder, 'quincunx') || undefined, 10_000);
  assert.ok(fileHolds(folder, 'pear'));
});

test('a search file of the earlier layout, which knows no header fields, is made anew', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const [id = ''] = await deliverAll(store, accountId, [{ name: 'pear' }, { name: 'plum' }]);
  const words: EmailFilter = { search: { field: 'any', words: ['pear'], prefix: false } };
  const field: EmailFilter = { fieldName: 'X-Trait', contains: 'pear' };
  assert.deepEqual(await found(store, accountId, words), [id]);
  await store.close();
  const file = new DatabaseSync(searchFile(folder) ?? '');
  file.exec(
    `drop table field_vocabulary; drop table field_occurrences; drop table fields; pragma user_version=2`,
  );
  file.close();
  const again = await openTestStore(folder);
  t.after(() => again.close());
  assert.deepEqual(await found(again, accountId, field), [id]);
  assert.deepEqual(await found(again, accountId, words), [id]);
});

test('the header fields of destroyed emails leave the search file', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const octets = Buffer.from('X-Trait: quincunx\r\n\r\n');
  const [secret = ''] = await deliverAll(store, accountId, [{ words: 'pear', octets }]);
  await deliverMany(store, accountId, 'pear');
  await poll('the index', () => fileHolds(folder, 'quincunx') || undefined, 10_000);
  await store.destroyEmails(accountId, [secret]);
  await deliverMany(store, accountId, 'plum');
  await poll('the rewriting', () => !fileHolds(folder, 'quincunx') || undefined, 10_000);
});

test('an email whose octets are damaged hides itself alone from the search', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const [, whole = ''] = await deliverAll(store, accountId, [
    { name: 'one', words: 'pear' },
    { name: 'two', words: 'pear' },
  ]);
  await store.close();
  const shard = new DatabaseSync(join(folder, 'shard-0.db'));
  shard.exec('update detail set data = zeroblob(100) where id = (select min(id) from detail)');
  shard.close();
  rmSync(searchFile(folder) ?? '', { force: true });
  const again = await openTestStore(folder);
  t.after(() => again.close());
  const words: EmailFilter = { search: { field: 'any', words: ['pear'], prefix: false } };
  assert.deepEqual(await found(again, accountId, words), [whole]);
  const faults = await Array.fromAsync(again.verify());
  assert.deepEqual([...new Set(faults.map(({ kind }) => kind))], ['emailDamaged']);
});

/** Takes the search file away, as after damage, and gives the store opened anew. */
async function withoutIndex(test: TestContext, folder: string, store: SqliteStore): Promise<SqliteStore> {
  await store.close();
  rmSync(searchFile(folder) ?? '');
  const again = await openTestStore(folder);
  test.after(() => again.close());
  return again;
}

test('an index is made anew newest mail first, and other accounts search meanwhile', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const eve = await store.addAccount({ address: 'eve@example.org' });
  const [letter = ''] = await deliverAll(store, eve.id, [{ words: 'pear' }]);
  const oldest = await deliverAll(store, accountId, [{ words: 'quince', receivedAt: new Date(0) }]);
  await deliverVeryMany(store, accountId, 'plum');
  const [newest] = await deliverAll(store, accountId, [
    { words: 'pear', receivedAt: new Date('2027-01-01') },
  ]);
  const again = await withoutIndex(t, folder, store);
  const done: string[] = [];
  const word = (name: string): EmailFilter => ({ search: { field: 'any', words: [name], prefix: false } });
  const search = async (who: string, id: string, asked: string): Promise<string[]> => {
    const ids = await found(again, id, word(asked));
    done.push(who);
    return ids;
  };
  const both = await Promise.all([search('own', accountId, 'quince'), search('others', eve.id, 'pear')]);
  assert.deepEqual(both, [oldest, [letter]]);
  assert.deepEqual(done, ['others', 'own']);
  assert.deepEqual(await found(again, accountId, word('pear')), [newest]);
});

test('looking at an account’s tags brings its index up to date behind a restart', async t => {
  const { folder, store, accountId } = await withAccount(t);
  await deliverMany(store, accountId, 'quincunx');
  await poll('the index', () => fileHolds(folder, 'quincunx') || undefined, 10_000);
  const again = await withoutIndex(t, folder, store);
  await again.listTags(accountId);
  await poll('the index', () => fileHolds(folder, 'quincunx') || undefined, 10_000);
});

test('a build goes on where it was, newest mail first, when the change log it began with is gone', async t => {
  const { folder, store, accountId } = await withAccount(t);
  await deliverVeryMany(store, accountId, 'plum');
  await deliverAll(store, accountId, [{ words: 'pear', receivedAt: new Date('2027-01-01') }]);
  const files = new SearchFiles(temporaryFolder(t), () => undefined);
  t.after(() => files.close());
  const source = { database: openReadOnly(shardFile(folder, 0)), account: 1 };
  t.after(() => source.database.close());
  const findsPear = (search: Database): number => new MatchHits(search, 'words', 'pear').count();
  files.use(source, (search, isCurrent) => {
    assert.deepEqual([isCurrent, findsPear(search)], [false, 1]);
  });
  await deliverAll(store, accountId, [{ words: 'pear' }]);
  files.use(source, (search, isCurrent) => {
    assert.deepEqual([isCurrent, findsPear(search)], [false, 2]);
  });
  await store.close();
  const shard = new DatabaseSync(shardFile(folder, 0));
  shard.exec('update account set floor = seq where number = 1');
  shard.close();
  files.use(source, (search, isCurrent) => {
    assert.deepEqual([isCurrent, findsPear(search)], [true, 2]);
  });
});

test('what another connection writes to a search file does not hold up quick reads', async t => {
  const { folder, store, accountId } = await withAccount(t);
  await deliverAll(store, accountId, [{ words: 'pear' }, { words: 'plum' }]);
  assert.equal((await found(store, accountId, { fieldName: 'X-Trait' })).length, 2);
  const other = new DatabaseSync(searchFile(folder) ?? '');
  t.after(() => other.close());
  other.exec('begin immediate');
  await deliverMany(store, accountId, 'quincunx');
  const began = performance.now();
  for (let n = 0; n < 20; n++) await store.getState(accountId, 'Email');
  assert.ok(performance.now() - began < 4000);
  other.exec('rollback');
  await poll('the index', () => fileHolds(folder, 'quincunx') || undefined, 10_000);
});

test('a big file is checked by the first search behind a restart of the machine, not before quick reads', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const [id = ''] = await deliverAll(store, accountId, [{ words: 'pear' }, { words: 'plum' }]);
  const word: EmailFilter = { search: { field: 'any', words: ['pear'], prefix: false } };
  assert.deepEqual(await found(store, accountId, word), [id]);
  const file = new DatabaseSync(searchFile(folder) ?? '');
  t.after(() => file.close());
  file.exec(
    `create table filler(octets); insert into filler values (zeroblob(9000000)); update state set boot = 'earlier'`,
  );
  const boot = (): unknown => file.prepare('select boot from state').get()?.boot;
  const source = { database: openReadOnly(shardFile(folder, 0)), account: 1 };
  t.after(() => source.database.close());
  const background = new SearchFiles(folder, () => undefined, { isBackground: true });
  const searching = new SearchFiles(folder, () => undefined);
  t.after(() => {
    background.close();
    searching.close();
  });
  await deliverAll(store, accountId, [{ words: 'pear' }]);
  assert.equal(background.advance(source, 3, Date.now()), 'nothing');
  assert.equal(boot(), 'earlier');
  const count = searching.use(source, search => new MatchHits(search, 'words', 'pear').count());
  assert.equal(count, 2);
  assert.notEqual(boot(), 'earlier');
  await deliverAll(store, accountId, [{ words: 'pear' }]);
  assert.equal(background.advance(source, 4, Date.now()), 'step');
});
