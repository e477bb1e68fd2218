import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { auth, Client, type ClientOptions, types } from 'cassandra-driver';
import { atEnd } from './at-end.ts';
import {
  type Cassandra,
  requireCassandra,
  selfSigned,
  sharedCassandra,
  startCassandra,
} from './cassandra.ts';
import { poll } from './poll.ts';
import { isRunning } from './processes.ts';
import { temporaryFolder } from './temporary-folder.ts';

const { localQuorum, all } = types.consistencies;

async function makeTable(client: Client, copies: number): Promise<void> {
  const replication = `{'class': 'NetworkTopologyStrategy', 'datacenter1': ${copies}}`;
  await client.execute(`CREATE KEYSPACE letters WITH replication = ${replication}`);
  await client.execute('CREATE TABLE letters.kept (id int PRIMARY KEY, octets blob)');
}

function keep(client: Client, id: number): Promise<unknown> {
  const [query, values] = ['INSERT INTO letters.kept (id, octets) VALUES (?, ?)', [id, Buffer.alloc(2000)]];
  return client.execute(query, values, { prepare: true, consistency: localQuorum });
}

async function keptIds(client: Client, consistency = localQuorum): Promise<Set<number>> {
  const { rows } = await client.execute('SELECT id FROM letters.kept', [], { consistency, fetchSize: 5000 });
  return new Set(rows.map(row => Number(row.id)));
}

/** The driver, until the test ends. */
async function clientOf(t: Parameters<typeof atEnd>[0], { clientOptions }: Cassandra): Promise<Client> {
  const client = new Client(clientOptions);
  atEnd(t, () => client.shutdown());
  await client.connect();
  return client;
}

/** Whether a client with these options is let in. */
async function isServed(options: ClientOptions): Promise<boolean> {
  const client = new Client(options);
  try {
    await client.execute('SELECT release_version FROM system.local');
    return true;
  } catch {
    return false;
  } finally {
    await client.shutdown();
  }
}

test('what was acknowledged is there after kill -9 and a new start', async t => {
  if ((await requireCassandra(t)) === null) return;
  const folder = temporaryFolder(t);
  const cassandra = await startCassandra({ nodes: 1, folder });
  atEnd(t, () => cassandra.stop());
  const [node] = cassandra.nodes;
  assert.ok(node);
  const before = await clientOf(t, cassandra);
  await makeTable(before, 1);
  const acknowledged = new Set<number>();
  const write = async (first: number) => {
    for (let id = first; node.pid !== null; id += 4) {
      await keep(before, id);
      acknowledged.add(id);
    }
  };
  const writers = [0, 1, 2, 3].map(first => write(first).catch(() => {}));
  await poll('200 rows', () => (acknowledged.size >= 200 ? true : undefined));
  await node.kill();
  await Promise.all(writers);
  await before.shutdown();
  await node.start();
  const kept = await keptIds(await clientOf(t, cassandra));
  assert.deepEqual([...acknowledged.difference(kept)], []);
});

test('three nodes serve while one is down, which then catches up', async t => {
  if ((await requireCassandra(t)) === null) return;
  const cassandra = await startCassandra({ nodes: 3 });
  atEnd(t, () => cassandra.stop());
  const [, , last] = cassandra.nodes;
  assert.ok(last);
  const client = await clientOf(t, cassandra);
  await makeTable(client, 3);
  await last.kill();
  for (let id = 0; id < 20; id++) await keep(client, id);
  await last.start();
  assert.equal((await keptIds(client, all)).size, 20);
});

test('a server with TLS and credentials lets nobody in without them', async t => {
  if ((await requireCassandra(t)) === null) return;
  const [tls, other] = [await selfSigned(), await selfSigned()];
  const credentials = { user: 'caliopen', password: "it's a secret" };
  const cassandra = await startCassandra({ nodes: 1, tls, credentials });
  atEnd(t, () => cassandra.stop());
  const { clientOptions, contactPoints, localDataCenter } = cassandra;
  const { authProvider, sslOptions } = clientOptions;
  assert.ok(authProvider && sslOptions);
  const bare = { contactPoints: [...contactPoints], localDataCenter };
  assert.equal(await isServed(clientOptions), true);
  assert.equal(await isServed({ ...bare, authProvider }), false, 'plain text');
  assert.equal(await isServed({ ...bare, sslOptions }), false, 'no credentials');
  const wrong = new auth.PlainTextAuthProvider(credentials.user, 'guess');
  assert.equal(await isServed({ ...clientOptions, authProvider: wrong }), false, 'wrong password');
  const first = new auth.PlainTextAuthProvider('cassandra', 'cassandra');
  assert.equal(await isServed({ ...clientOptions, authProvider: first }), false, 'the first user');
  const stranger = { ...sslOptions, ca: [other.certificate] };
  assert.equal(
    await isServed({ ...clientOptions, sslOptions: stranger }),
    false,
    "somebody else's certificate",
  );
});

test('tests of a run have keyspaces of their own on one server', async t => {
  const [one, two] = await Promise.all([sharedCassandra(t), sharedCassandra(t)]);
  if (one === null || two === null) return;
  assert.deepEqual(one.contactPoints, two.contactPoints);
  assert.notEqual(one.keyspace, two.keyspace);
  const client = new Client(one);
  atEnd(t, () => client.shutdown());
  await client.execute('CREATE TABLE here (id int PRIMARY KEY)');
  await assert.rejects(client.execute(`SELECT * FROM ${two.keyspace}.here`), /does not exist/);
});

test('a node does not outlive who started it, however that ends', async t => {
  const file = JSON.stringify(join(import.meta.dirname, 'cassandra', 'node.ts'));
  const script = `import { nodeProcess } from ${file};
    const node = nodeProcess('sleep', { words: ['1000'], logFile: '/dev/null' });
    node.spawn();
    console.log(node.pid);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(t, () => starter.kill('SIGKILL'));
  const [line] = await once(createInterface(starter.stdout), 'line');
  const pid = Number(line);
  assert.ok(isRunning(pid));
  starter.kill('SIGKILL');
  await poll('the node to end', () => (isRunning(pid) ? undefined : true));
});
