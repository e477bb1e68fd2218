import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from 'cassandra-driver';
import { openKeyring } from '../../../../delivery/crypto/keyring.ts';
import { silentLog } from '../../../../delivery/log.ts';
import { openHashSecret } from '../../../../delivery/store/cassandra/directory/hash-secret.ts';
import { migrate, type SchemaSteps } from '../../../../delivery/store/cassandra/migrate.ts';
import { holdLock, makeLockTable } from '../../../../delivery/store/cassandra/migration-lock.ts';
import { type ClusterSettings, openSession } from '../../../../delivery/store/cassandra/session.ts';
import { coded } from '../../../suites/store/under-test.ts';
import { atEnd } from '../../../support/at-end.ts';
import { sharedCassandra } from '../../../support/cassandra.ts';

const deps = { log: silentLog };

/** Would fail if it were run twice. */
const one = ['create table one (id int primary key)', 'alter table one add name text'];
const two = ['create table two (id int primary key)'];

/** Settings that name a keyspace which is not there, and a client besides. */
async function open(t: TestContext): Promise<{ settings: ClusterSettings; client: Client } | null> {
  const shared = await sharedCassandra(t);
  if (!shared) return null;
  const client = new Client({ ...shared, keyspace: 'system' });
  atEnd(t, () => client.shutdown());
  await client.execute(`drop keyspace ${shared.keyspace}`);
  const settings: ClusterSettings = { ...shared, replication: 1, credentials: null, tls: null };
  return { settings, client };
}

async function stepsOf({
  settings,
  client,
}: {
  settings: ClusterSettings;
  client: Client;
}): Promise<number[]> {
  const { rows } = await client.execute(`select number from ${settings.keyspace}.schema_step where part = 0`);
  return rows.map(row => Number(row.number));
}

test('the keyspace is made, with copies as the settings say', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { settings, client } = opened;
  await migrate(settings, deps, [one]);
  const { rows } = await client.execute(
    'select replication from system_schema.keyspaces where keyspace_name = ?',
    [settings.keyspace],
  );
  assert.equal(rows[0]?.replication.datacenter1, '1');
  await assert.rejects(migrate({ ...settings, keyspace: 'no;name' }, deps, []), coded('badSettings'));
});

test('processes that start at once run each step once, and all find the tables', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { settings } = opened;
  await Promise.all([1, 2, 3, 4].map(() => migrate(settings, deps, [one, two])));
  assert.deepEqual(await stepsOf(opened), [0, 1]);
});

test('what is new is run behind what is there, and older code goes on with more steps than it knows', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { settings } = opened;
  await migrate(settings, deps, [one]);
  await migrate(settings, deps, [one, two]);
  await migrate(settings, deps, [one]);
  assert.deepEqual(await stepsOf(opened), [0, 1]);
});

test('a step that was cut short is run again', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { settings } = opened;
  const begun = 'create table if not exists begun (id int primary key)';
  const failing: SchemaSteps = [one, [begun, 'create nonsense']];
  await assert.rejects(migrate(settings, deps, failing), coded('storeUnavailable'));
  await migrate(settings, deps, [one, [begun, ...two]]);
  assert.deepEqual(await stepsOf(opened), [0, 1]);
});

test('another one that is at it is waited for, and replaced when it dies', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { settings, client } = opened;
  await migrate(settings, deps, [one]);
  await client.execute(`use ${settings.keyspace}`);
  await makeLockTable(client, settings.keyspace);
  await client.execute(
    "insert into schema_lock (name, holder) values ('steps', 'other') if not exists using ttl 2",
  );
  assert.equal(await holdLock(client, 'third'), false);
  let isDone = false;
  const migrated = migrate(settings, deps, [one, two]).then(() => {
    isDone = true;
  });
  assert.deepEqual(await stepsOf(opened), [0]);
  assert.equal(isDone, false);
  await migrated;
  assert.deepEqual(await stepsOf(opened), [0, 1]);
});

test('tables of a newer generation are left alone, in clear words', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { settings, client } = opened;
  await migrate(settings, deps, [one]);
  await client.execute(
    `insert into ${settings.keyspace}.schema_step (part, generation, number) values (0, 2, 0)`,
  );
  await assert.rejects(migrate(settings, deps, [one, two]), {
    code: 'storeUnavailable',
    message: /of generation 2, this version of Caliopen knows up to 1; use a newer one/,
  });
});

const meta = ['create table if not exists meta (name text primary key, value blob)'];
const firstKey = new Uint8Array(32).fill(1);
const secondKey = new Uint8Array(32).fill(2);

test('the hash secret is made once, and opened by the instance key alone', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { settings } = opened;
  await migrate(settings, deps, [meta]);
  const sessions = await Promise.all([openSession(settings), openSession(settings)]);
  for (const session of sessions) atEnd(t, () => session.close());
  const [session] = sessions;
  const first = openKeyring(firstKey);
  const secrets = await Promise.all([...sessions, ...sessions].map(each => openHashSecret(each, first)));
  for (const secret of secrets) assert.deepEqual(secret, secrets[0]);
  assert.equal(secrets[0]?.byteLength, 32);
  await assert.rejects(openHashSecret(session, openKeyring(secondKey)), {
    code: 'badSettings',
    message: /the instance key is not the one of this keyspace/,
  });
  // Rotated: from now on the older key can go.
  const rotated = openKeyring(secondKey, { olderKeys: [firstKey] });
  assert.deepEqual(await openHashSecret(session, rotated), secrets[0]);
  assert.deepEqual(await openHashSecret(session, openKeyring(secondKey)), secrets[0]);
});
