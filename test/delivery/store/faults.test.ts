import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../../delivery/clock.ts';
import { openKeyring } from '../../../delivery/crypto/keyring.ts';
import { type Log, silentLog } from '../../../delivery/log.ts';
import type { EmailFilter } from '../../../delivery/store/query.ts';
import { listDamage } from '../../../delivery/store/sqlite/damage.ts';
import { shardFile, shardOf } from '../../../delivery/store/sqlite/files.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import type { StoreFault } from '../../../delivery/store/store.ts';
import { coded, deliverAll, newEmail } from '../../suites/store/under-test.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const child = new URL('./child.ts', import.meta.url);
const apple: EmailFilter = { search: { field: 'any', words: ['apple'], prefix: false } };

async function open(test: TestContext, folder: string, shards = 2): Promise<SqliteStore> {
  const store = await openSqliteStore({
    folder,
    shards,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
  test.after(() => store.close());
  return store;
}

async function withAccount(
  test: TestContext,
): Promise<{ folder: string; store: SqliteStore; accountId: string }> {
  const folder = temporaryFolder(test);
  const store = await open(test, folder);
  await store.addDomain('example.org');
  const { id } = await store.addAccount({ address: 'ada@example.org' });
  return { folder, store, accountId: id };
}

async function faults(store: SqliteStore): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const fault of store.verify()) found.push(fault);
  return found;
}

async function search(store: SqliteStore, accountId: string): Promise<string[]> {
  const { rows } = await store.queryEmails(accountId, { filter: apple, sort: [], limit: 50 });
  return rows.map(({ id }) => id);
}

test('what was answered before the process was killed is stored, once, with sound counts', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const process = spawn(globalThis.process.execPath, [child.pathname, folder, accountId]);
  let printed = '';
  process.stdout.setEncoding('utf8').on('data', text => {
    printed += text;
  });
  await poll('two hundred deliveries', () => (printed.split('\n').length > 200 ? true : undefined), 30_000);
  const ended = new Promise(resolve => process.once('exit', resolve));
  process.kill('SIGKILL');
  await ended;
  const answered = printed.split('\n').filter(line => line.length === 20);
  for (let from = 0; from < answered.length; from += 500) {
    const part = answered.slice(from, from + 500);
    assert.equal((await store.getEmails(accountId, part)).length, part.length);
  }
  assert.deepEqual(await faults(store), []);
  const again = await store.deliverEmail(accountId, newEmail({ name: 'n0-0', key: 'n0-0' }));
  assert.equal(again.status, 'duplicate');
});

test('another thread writes through the same writers', async t => {
  const { store, accountId } = await withAccount(t);
  const ports = store.share();
  const worker = new Worker(child, { workerData: { ports, accountId }, transferList: [ports.control] });
  const ids = await new Promise<string[]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  assert.equal((await store.getEmails(accountId, ids)).length, 100);
});

test('one failing call of a group undoes nothing but itself', async t => {
  const { store, accountId } = await withAccount(t);
  await store.updateAccount(accountId, { quotaOctets: 10_000 });
  const sizes = [100, 20_000, 100, 30_000, 100];
  const results = await Promise.allSettled(
    sizes.map(size => store.deliverEmail(accountId, newEmail({ octets: new Uint8Array(size) }))),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(await faults(store), []);
});

/** Fills the first page of the first shard with nonsense. */
function damageShard(folder: string): void {
  const handle = openSync(join(folder, 'shard-0.db'), 'r+');
  writeSync(handle, Buffer.alloc(8192, 0x55), 0, 8192, 0);
  closeSync(handle);
}

test('a damaged shard answers storeUnavailable, the others go on', async t => {
  const folder = temporaryFolder(t);
  const first = await openSqliteStore({
    folder,
    shards: 2,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
  await first.addDomain('example.org');
  const names = Array.from({ length: 12 }, (_unused, n) => ({ address: `u${n}@example.org` }));
  const ids = (await first.addAccounts(names)).map(({ id = '' }) => id);
  await first.close();
  damageShard(folder);
  const store = await open(t, folder);
  for (const id of ids) {
    const delivery = store.deliverEmail(id, newEmail());
    if (shardOf(id, 2) === 0) await assert.rejects(delivery, coded('storeUnavailable'));
    else assert.equal((await delivery).status, 'stored');
  }
  await assert.rejects(store.check(), coded('storeUnavailable'));
  const damaged = ids.filter(id => shardOf(id, 2) === 0).sort();
  const found: StoreFault[] = [];
  for await (const fault of store.verify()) found.push(fault);
  const named = found.flatMap(({ accountId }) => accountId ?? []).sort();
  assert.deepEqual(named, damaged, 'each account that is hit, and no other');
  assert.ok(found.some(({ accountId, detail }) => accountId === null && detail.startsWith('shard 0')));
});

/** Runs `work` as a user to whom the files of others are closed: as root all are open. */
function asOtherUser<T>(work: () => T): T {
  const { geteuid, seteuid } = process;
  if (geteuid?.() !== 0 || !seteuid) return work();
  seteuid(nobody);
  try {
    return work();
  } finally {
    seteuid(0);
  }
}

const nobody = 65534;

test('a shard that this user has no right to is told with its path, and is no damage', async t => {
  const folder = temporaryFolder(t);
  const told: [string, Record<string, unknown>][] = [];
  const log: Log = { ...silentLog, error: (fields, event) => told.push([event, fields]) };
  const options = { folder, shards: 2, keyring: testKeyring, clock: systemClock, log };
  const first = await openSqliteStore(options);
  await first.addDomain('example.org');
  const { id } = await first.addAccount({ address: 'ada@example.org' });
  await first.close();
  const files = [0, 1].map(shard => shardFile(folder, shard));
  const [closed = '', replaced = ''] = files;
  if (process.geteuid?.() === 0) {
    const given = readdirSync(folder).filter(name => !name.startsWith('shard-'));
    for (const path of [folder, ...given.map(name => join(folder, name))]) chownSync(path, nobody, nobody);
  }
  chmodSync(closed, 0o000);
  rmSync(replaced);
  mkdirSync(replaced);
  // All files are looked at before the first await.
  const store = await asOtherUser(() => openSqliteStore(options));
  t.after(() => store.close());
  const known = told.splice(0);
  assert.deepEqual(
    known.map(([event, { file }]) => [event, file]),
    files.map(file => ['storeShardNotOpened', file]),
  );
  for (const [, { todo }] of known) assert.match(String(todo), /chown/);
  // As root the threads could open it.
  rmSync(closed);
  mkdirSync(closed);
  await assert.rejects(store.deliverEmail(id, newEmail()), coded('storeUnavailable'), 'mail is deferred');
  const [event, { file, todo }] = await poll('the log', () => told[0]);
  assert.deepEqual([event, file], ['storeWriteFailed', files[shardOf(id, 2)]]);
  assert.match(String(todo), /chown/);
  assert.deepEqual(listDamage(folder), []);
});

test('damage that is met where a door looks up a recipient is told in the log', async t => {
  const folder = temporaryFolder(t);
  const events: string[] = [];
  const log = {
    ...silentLog,
    error: (_fields: unknown, event: string) => events.push(event),
  } as unknown as Log;
  const options = { folder, shards: 1, keyring: testKeyring, clock: systemClock, log };
  const first = await openSqliteStore(options);
  await first.addDomain('example.org');
  await first.addAccount({ address: 'ada@example.org', quotaOctets: 1000 });
  await first.close();
  const store = await openSqliteStore(options);
  t.after(() => store.close());
  damageShard(folder);
  await assert.rejects(store.findReceiver('ada@example.org', 1), coded('storeUnavailable'));
  assert.deepEqual(events, ['storeDamaged']);
});

test('a lost or damaged search file is made anew from the shard', async t => {
  const { folder, store, accountId } = await withAccount(t);
  const ids = await deliverAll(store, accountId, [{ words: 'apple' }, { words: 'apple pie' }]);
  assert.equal((await search(store, accountId)).length, 2);
  const files = readdirSync(join(folder, 'search'), { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.db'),
  );
  assert.equal(files.length, 1);
  const file = join(folder, 'search', files[0] ?? '');
  rmSync(file);
  assert.deepEqual(await search(store, accountId), [...ids].reverse());
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(40_000, 0x55), 0, 40_000, 0);
  closeSync(handle);
  assert.deepEqual(await search(store, accountId), [...ids].reverse());
});

test('a file of a newer generation is refused with a clear error', async t => {
  const folder = temporaryFolder(t);
  const store = await openSqliteStore({
    folder,
    shards: 1,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
  await store.close();
  const database = new DatabaseSync(join(folder, 'directory.db'));
  database.exec('pragma user_version=2000');
  database.close();
  await assert.rejects(
    openSqliteStore({ folder, shards: 1, keyring: testKeyring, clock: systemClock, log: silentLog }),
    (error: Error) => coded('storeUnavailable')(error) && /newer/.test(error.message),
  );
});

test('the number of shards is fixed at creation', async t => {
  const { folder, accountId, store } = await withAccount(t);
  const [id = ''] = await deliverAll(store, accountId, [{}]);
  const other = await open(t, folder, 7);
  assert.equal((await other.getEmails(accountId, [id])).length, 1);
});

test('after closing, calls say that the store shuts down', async t => {
  const { store, accountId } = await withAccount(t);
  const last = store.deliverEmail(accountId, newEmail());
  await store.close();
  assert.equal((await last).status, 'stored');
  await assert.rejects(store.getAccount(accountId), coded('shuttingDown'));
});

test('removals that a crash left are ended behind the open, whoever gets to them first', async t => {
  const folder = temporaryFolder(t);
  const first = await openSqliteStore({
    folder,
    shards: 2,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
  await first.addDomain('example.org');
  const addresses = Array.from({ length: 12 }, (_unused, n) => `u${n}@example.org`);
  await first.addAccounts(addresses.map(address => ({ address })));
  await first.close();
  const database = new DatabaseSync(join(folder, 'directory.db'));
  database.exec(`update account set state = 'removing'`);
  database.close();
  const [store] = await Promise.all([open(t, folder), open(t, folder), open(t, folder)]);
  await poll('the addresses are free', () =>
    store.removeDomain('example.org').then(
      () => true,
      () => undefined,
    ),
  );
});

test('a removal that fails stops no open', async t => {
  const folder = temporaryFolder(t);
  const first = await openSqliteStore({
    folder,
    shards: 1,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
  await first.addDomain('example.org');
  await first.addAccount({ address: 'ada@example.org' });
  await first.close();
  const database = new DatabaseSync(join(folder, 'directory.db'));
  database.exec(`update account set state = 'removing'`);
  database.close();
  const handle = openSync(join(folder, 'shard-0.db'), 'r+');
  writeSync(handle, Buffer.alloc(8192, 0x55), 0, 8192, 0);
  closeSync(handle);
  const events: string[] = [];
  const log = { ...silentLog, warn: (_fields: unknown, event: string) => events.push(event) };
  const store = await openSqliteStore({
    folder,
    shards: 1,
    keyring: testKeyring,
    clock: systemClock,
    log: log as Log,
  });
  t.after(() => store.close());
  await poll('the log says so', () => (events.includes('accountRemovalFailed') ? true : undefined));
});

test('what the store writes is for its user alone', async t => {
  const before = process.umask(0o022);
  t.after(() => process.umask(before));
  const { folder, store, accountId } = await withAccount(t);
  await deliverAll(store, accountId, [{ words: 'apple' }, { words: 'apple' }]);
  assert.equal((await search(store, accountId)).length, 2);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  assert.ok(names.some(name => name.endsWith('.db-wal')) && names.some(name => name.startsWith('search/')));
  const open = names.filter(name => (statSync(join(folder, name)).mode & 0o077) !== 0);
  assert.deepEqual(open, []);
});

test('no hash key of an account can be found from the files, and a new instance key changes none', async t => {
  const folder = temporaryFolder(t);
  const [one, two, three] = [1, 2, 3].map(fill => new Uint8Array(32).fill(fill));
  const hashKey = async (...keys: (Uint8Array | undefined)[]): Promise<Buffer> => {
    const keyring = openKeyring(Buffer.concat(keys.map(key => key ?? new Uint8Array(0))));
    const store = await openSqliteStore({ folder, shards: 1, keyring, clock: systemClock, log: silentLog });
    try {
      if (!(await store.getDomain('example.org'))) {
        await store.addDomain('example.org');
        await store.addAccount({ address: 'ada@example.org' });
      }
      const account = await store.getAccountByAddress('ada@example.org');
      return Buffer.from(account?.hashKey ?? []);
    } finally {
      await store.close();
    }
  };
  const first = await hashKey(one);
  assert.equal(first.byteLength, 32);
  for (const name of readdirSync(folder)) assert.ok(!readFileSync(join(folder, name)).includes(first), name);
  assert.deepEqual(await hashKey(one), first);
  assert.deepEqual(await hashKey(two, one), first);
  assert.deepEqual(await hashKey(two), first);
  await assert.rejects(hashKey(three), coded('badSettings'));
  await assert.rejects(hashKey(one), coded('badSettings'));
});
