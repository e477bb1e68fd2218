import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import type { EmailFilter } from '../../../delivery/store/query.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { deliverAll } from '../../suites/store/under-test.ts';
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
