import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { deliverAll } from '../../suites/store/under-test.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function withAccount(
  test: TestContext,
): Promise<{ folder: string; store: SqliteStore; accountId: string }> {
  const folder = temporaryFolder(test);
  const store = await openSqliteStore({
    folder,
    shards: 1,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
  test.after(() => store.close());
  await store.addDomain('example.org');
  const { id } = await store.addAccount({ address: 'ada@example.org' });
  return { folder, store, accountId: id };
}

/** Enough emails that the background index does not wait for more. */
async function deliverMany(store: SqliteStore, accountId: string, words: string): Promise<string[]> {
  return deliverAll(
    store,
    accountId,
    Array.from({ length: 20 }, () => ({ words })),
  );
}

/** Whether the word can be read in the one search file of the folder. */
function fileHolds(folder: string, word: string): boolean {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const name = names.find(path => path.startsWith('search') && path.endsWith('.db'));
  return name !== undefined && readFileSync(join(folder, name)).includes(word);
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
