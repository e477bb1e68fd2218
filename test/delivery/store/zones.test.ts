import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import { type Database, openDurable } from '../../../delivery/store/sqlite/database.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { sweepZoneChanges } from '../../../delivery/store/sqlite/zones/writes.ts';
import type { PublishedKey } from '../../../delivery/store/store.ts';
import { atEnd } from '../../support/at-end.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Opened {
  readonly folder: string;
  readonly store: SqliteStore;
  readonly accountId: string;
  /** The directory's file, as another program has it open. */
  readonly directory: Database;
}

async function open(t: TestContext): Promise<Opened> {
  const folder = temporaryFolder(t);
  const options = { folder, shards: 1, keyring: testKeyring, clock: systemClock, log: silentLog };
  const store = await openSqliteStore(options);
  atEnd(t, () => store.close());
  await store.addDomain('example.org');
  const account = await store.addAccount({ address: 'ada@example.org', aliases: ['info@example.org'] });
  const directory = openDurable(join(folder, 'directory.db'));
  atEnd(t, () => directory.close());
  for (const localPart of ['ada', 'info']) await store.publishKey(newKey(account.id, localPart));
  return { folder, store, accountId: account.id, directory };
}

function newKey(accountId: string, localPart: string): PublishedKey {
  return {
    ...{ domain: 'example.org', localPart, kind: 'openpgp', accountId, fingerprint: 'ab' },
    ...{ octets: Buffer.from('quincunx of octets'), state: 'usable', publishedAt: new Date() },
  };
}

async function told({ store }: Opened, since: string) {
  const { changes, isWhole } = await store.getZoneChanges(since, 100);
  return isWhole ? changes.map(({ domain, localPart }) => `${localPart}@${domain}`) : null;
}

test('older code, which knows nothing of them, takes keys away with their address and tells it', async t => {
  const opened = await open(t);
  const { store, directory } = opened;
  const { next } = await store.getZoneChanges(null, 1);
  directory.run("delete from address where key = ? and kind = 'alias'", 'info@example.org');
  assert.equal(await store.getPublishedKey('info@example.org', 'openpgp'), null);
  assert.deepEqual(await told(opened, next), ['info@example.org']);
});

test('older code takes them with the first step of an account’s removal', async t => {
  const opened = await open(t);
  const { store, directory, accountId } = opened;
  const { next } = await store.getZoneChanges(null, 1);
  directory.run("update account set state = 'removing', password_hash = null where id = ?", accountId);
  assert.deepEqual((await store.listPublishedKeys()).items, []);
  assert.deepEqual((await told(opened, next))?.sort(), ['ada@example.org', 'info@example.org']);
});

test('a key without its address is named, and taken back by mending', async t => {
  const opened = await open(t);
  const { store, directory, accountId } = opened;
  const move = "update published_key set key = 'nobody@example.org' where key = 'info@example.org'";
  for (const scope of [{}, { accountId }]) {
    await store.publishKey(newKey(accountId, 'info'));
    directory.run(move);
    const fault = { accountId, kind: 'publishedKeyWithoutAddress', detail: 'nobody@example.org: openpgp' };
    assert.deepEqual(await Array.fromAsync(store.verify(scope)), [fault]);
    assert.deepEqual(await Array.fromAsync(store.rebuild(scope)), [fault]);
    assert.deepEqual(await Array.fromAsync(store.verify()), []);
  }
  const { items } = await store.listPublishedKeys();
  assert.deepEqual(
    items.map(({ localPart }) => localPart),
    ['ada'],
  );
});

test('the log forgets what is not told any more, and readers behind that are told so', async t => {
  const opened = await open(t);
  const { store, directory } = opened;
  const sweep = (now: number) => sweepZoneChanges({ database: directory, now } as never);
  const count = () => directory.get<{ n: number }>('select count(*) n from zone_change')?.n;
  const before = await store.getZoneChanges(null, 1);
  await store.unpublishKey('info@example.org', 'openpgp');
  const all = count();
  sweep(Date.now());
  assert.equal(count(), all);
  const after = await store.getZoneChanges(null, 1);
  directory.run('update zone_change set at = at - 7200');
  await store.putZone('example.org', {}, null);
  sweep(Date.now());
  assert.equal(count(), 1);
  assert.equal((await store.getZoneChanges(before.next, 10)).isWhole, false);
  assert.deepEqual(await told(opened, after.next), ['null@example.org']);
  sweep(Date.now() + 7_200_000);
  assert.equal(count(), 0);
  assert.equal((await store.getZoneChanges(after.next, 10)).isWhole, false);
  const now = await store.getZoneChanges(null, 1);
  await store.removeZone('example.org');
  assert.deepEqual(await told(opened, now.next), ['null@example.org']);
});

test('the log never holds more than its newest 100,000 changes', async t => {
  const { store, directory } = await open(t);
  const { next } = await store.getZoneChanges(null, 1);
  directory.write(() => {
    directory.run(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 100010)
       insert into zone_change(domain) select 'd' || i || '.example' from n`,
    );
  });
  assert.equal(directory.get<{ n: number }>('select count(*) n from zone_change')?.n, 100_000);
  assert.equal((await store.getZoneChanges(next, 10)).isWhole, false);
});

test('a data folder that was set back to an earlier state is read anew', async t => {
  const opened = await open(t);
  const { store, directory } = opened;
  const { next } = await store.getZoneChanges(null, 1);
  directory.run('delete from zone_change where seq > 1');
  directory.run("update sqlite_sequence set seq = 1 where name = 'zone_change'");
  assert.equal((await store.getZoneChanges(next, 10)).isWhole, false);
});

test('octets that are taken back stay in no file of a running store', async t => {
  const { folder, store } = await open(t);
  const holders = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.db') || name.endsWith('-wal'))
      .filter(name => readFileSync(join(folder, name), 'latin1').includes('quincunx'));
  assert.notDeepEqual(holders(), []);
  await store.unpublishKey('ada@example.org', 'openpgp');
  await store.removeAlias('info@example.org');
  await poll('all files to be clean', () => (holders().length === 0 ? true : undefined));
});
