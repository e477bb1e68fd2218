import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../../delivery/log.ts';
import { shardFile } from '../../../delivery/store/sqlite/files.ts';
import { openSqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { newEmail } from '../../suites/store/under-test.ts';
import { openTestClock } from '../../support/clock.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const secret = 'Meet me at the old mill';

async function openUploads(t: TestContext) {
  const folder = temporaryFolder(t);
  const clock = openTestClock();
  const store = await openSqliteStore({ folder, shards: 1, keyring: testKeyring, clock, log: silentLog });
  t.after(() => store.close());
  await store.addDomain('example.org');
  const { id } = await store.addAccount({ address: 'a@example.org' });
  return { folder, clock, store, id };
}

function uploadsIn(folder: string): number {
  const database = new DatabaseSync(shardFile(folder, 0), { readOnly: true });
  try {
    return Number(database.prepare('select count(*) count from upload').get()?.count);
  } finally {
    database.close();
  }
}

test('an upload lies encrypted in the data folder', async t => {
  const { folder, store, id } = await openUploads(t);
  const blobId = await store.putBlob(id, Buffer.from(secret), 'text/plain');
  assert.equal(Buffer.from((await store.getBlob(id, blobId))?.octets ?? []).toString(), secret);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:db|sqlite)/.test(name)) continue;
    assert.ok(!readFileSync(join(folder, name)).includes('old mill'), name);
  }
});

test('an email takes uploads over: they are gone with it, also when it is a duplicate', async t => {
  const { folder, store, id } = await openUploads(t);
  await store.updateAccount(id, { quotaOctets: 1000 });
  for (const status of ['stored', 'duplicate']) {
    const blobId = await store.putBlob(id, Buffer.from(secret), 'text/plain');
    const delivered = await store.deliverEmail(id, {
      ...newEmail({ key: 'one' }),
      takesOver: [blobId, 'Unone'],
    });
    assert.equal(delivered.status, status);
    assert.equal(await store.getBlob(id, blobId), null);
  }
  assert.equal(uploadsIn(folder), 0);
  const used = await store.usedOctets(id);
  assert.equal(await store.cannotReceive(id, 1000 - used), null, 'they count no more');
});

test('uploads of an account where nothing happens go after their day', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { folder, clock, store, id } = await openUploads(t);
  for (let n = 0; n < 25; n++) await store.putBlob(id, Buffer.from(`${n}`), 'text/plain');
  const last = await store.putBlob(id, Buffer.from(secret), 'text/plain');
  clock.advance(86_401);
  assert.equal(await store.getBlob(id, last), null);
  assert.equal(uploadsIn(folder), 26);
  t.mock.timers.tick(3_600_000);
  await poll('the sweep', () => (uploadsIn(folder) === 0 ? true : undefined));
});
