import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import { cassandraBackend } from '../support/backend.ts';
import { requireCassandra } from '../support/cassandra.ts';
import { jsonLines, openCommand } from '../support/command.ts';

test('commands work on Cassandra as on files, and doctor looks at the cluster', async t => {
  if ((await requireCassandra(t)) === null) return;
  const environment = settingsEnvironment(await cassandraBackend.prepare(t));
  const { run } = openCommand(t);
  for (const [words, input] of [
    [['domain', 'add', 'example.org'], ''],
    [['account', 'add', 'ada@example.org', '--custody', 'server', '--password-stdin'], 'a long password\n'],
    [['keys', 'generate', 'ada@example.org'], ''],
    [['keys', 'rewrap'], ''],
    [['store', 'reprocess', '--all'], ''],
  ] as const) {
    const { code, stderr } = await run(words, { environment, input });
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  }
  const again = await run(['domain', 'add', 'example.org'], { environment });
  assert.deepEqual([again.code, /already exists/.test(again.stderr)], [1, true]);
  assert.match((await run(['account', 'list'], { environment })).stdout, /ada@example\.org/);
  assert.match((await run(['store', 'verify'], { environment })).stdout, /no faults/);

  const doctor = await run(['--json', 'doctor'], { environment });
  const found = Object.fromEntries(jsonLines(doctor.stdout).map(({ check, status }) => [check, status]));
  assert.deepEqual(
    ['cluster', 'keyspace', 'versions', 'cluster clock', 'commit log', 'store'].map(
      check => found[String(check)],
    ),
    ['ok', 'warn', 'ok', 'ok', 'ok', 'ok'],
    doctor.stdout,
  );

  const otherKey = { ...environment, CALIOPEN_KEYS_INSTANCE_KEY: 'ab'.repeat(32) };
  const refused = await run(['domain', 'list'], { environment: otherKey });
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
});

test('a cluster that does not answer is told by every command, and doctor says where to look', async t => {
  const environment = {
    CALIOPEN_STORE: 'cassandra',
    CALIOPEN_CASSANDRA_CONTACT_POINTS: '127.0.0.1:9',
    CALIOPEN_RESOLVER_SERVERS: '127.0.0.1:9',
  };
  const { run } = openCommand(t);
  const { code, stderr } = await run(['domain', 'list'], { environment });
  assert.equal(code, 1);
  assert.match(stderr, /^caliopen: Cassandra: 127\.0\.0\.1:9: [^\n]*\n$/);
  const doctor = await run(['--json', 'doctor'], { environment });
  assert.equal(doctor.code, 1);
  const store = jsonLines(doctor.stdout).find(({ check }) => check === 'store');
  assert.match(String(store?.todo), /nodetool status.*cassandra\.contactPoints \(127\.0\.0\.1:9\)/);
});
