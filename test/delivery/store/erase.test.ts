import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { deliverAll, newEmail } from '../../suites/store/under-test.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const secret = 'quincunx';

/** A store with one email whose subject and words hold the secret, among others. */
async function withSecret(
  t: TestContext,
): Promise<{ folder: string; store: SqliteStore; accountId: string; emailId: string }> {
  const folder = temporaryFolder(t);
  const options = { folder, shards: 1, keyring: testKeyring, clock: systemClock, log: silentLog };
  const store = await openSqliteStore(options);
  t.after(() => store.close());
  await store.addDomain('example.org');
  const { id: accountId } = await store.addAccount({ address: `${secret}@example.org` });
  const learned = new Uint8Array(Buffer.from(secret));
  const { emailId } = await store.deliverEmail(accountId, newEmail({ name: secret, words: secret, learned }));
  await deliverOthers(store, accountId);
  return { folder, store, accountId, emailId };
}

/** Enough emails that the index does not wait for more. */
async function deliverOthers(store: SqliteStore, accountId: string): Promise<void> {
  const traits = Array.from({ length: 70 }, (_unused, n) => ({ name: `pear${n}`, words: 'pear' }));
  await deliverAll(store, accountId, traits);
}

/** Files of the folder that hold the secret in any case, the directory left out unless asked for. */
function holders(folder: string, options: { directory?: boolean } = {}): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => {
    const path = join(folder, name);
    const file = statSync(path, { throwIfNoEntry: false });
    if (!file?.isFile() || (name.startsWith('directory') && !options.directory)) return false;
    return readFileSync(path, 'latin1').toLowerCase().includes(secret);
  });
}

test('nothing of a destroyed email stays in the files of a running store', async t => {
  const { folder, store, accountId, emailId } = await withSecret(t);
  await poll('shard and index to hold it', () => {
    const names = holders(folder);
    return names.some(name => name.startsWith('shard')) && names.some(name => name.startsWith('search'))
      ? true
      : undefined;
  });
  await store.destroyEmails(accountId, [emailId]);
  await deliverOthers(store, accountId);
  await poll('all files to be clean', () => (holders(folder).length === 0 ? true : undefined));
  assert.deepEqual(await store.getEmails(accountId, [emailId]), []);
});

test('nothing of a removed account stays in the files of a running store', async t => {
  const { folder, store, accountId } = await withSecret(t);
  assert.notDeepEqual(holders(folder, { directory: true }), []);
  await store.removeAccount(accountId);
  await poll('all files to be clean', () =>
    holders(folder, { directory: true }).length === 0 ? true : undefined,
  );
});

test('nothing of a state that was replaced or removed stays, nor of one whose account is removed', async t => {
  const { folder, store, accountId, emailId } = await withSecret(t);
  await store.destroyEmails(accountId, [emailId]);
  const octets = new Uint8Array(Buffer.from(`a ${secret} in it`));
  const isHeld = () => (holders(folder).some(name => name.startsWith('shard')) ? true : undefined);
  const isClean = () => (holders(folder).length === 0 ? true : undefined);
  const version = await store.putAccountState(accountId, 'model', octets, null);
  await poll('the shard to hold it', isHeld);
  const next = await store.putAccountState(accountId, 'model', new Uint8Array(1), version);
  await deliverOthers(store, accountId);
  await poll('the replaced one to be gone', isClean);
  const last = await store.putAccountState(accountId, 'model', octets, next);
  await store.putAccountState(accountId, 'model', null, last);
  await poll('the removed one to be gone', isClean);
  await store.putAccountState(accountId, 'model', octets, null);
  await store.removeAccount(accountId);
  await poll('all files to be clean', isClean);
});

test('what was erased just before the store closed is in no file after', async t => {
  const { folder, store, accountId, emailId } = await withSecret(t);
  await store.queryEmails(accountId, { filter: null, sort: [], limit: 1 });
  await store.destroyEmails(accountId, [emailId]);
  await store.close();
  assert.deepEqual(
    holders(folder).filter(name => name.startsWith('shard')),
    [],
  );
});
