import assert from 'node:assert/strict';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import { clusterSettings } from '../../delivery/cluster-settings.ts';
import { openSession } from '../../delivery/store/cassandra/session.ts';
import { newEmail } from '../suites/store/under-test.ts';
import { atEnd } from '../support/at-end.ts';
import { cassandraBackend } from '../support/backend.ts';
import { requireCassandra } from '../support/cassandra.ts';
import { jsonLines, openCommand, type RunCommand } from '../support/command.ts';
import { openTestParts } from '../support/door-process.ts';

async function makeAccount(run: RunCommand): Promise<void> {
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'zoe@example.org']);
}

test('store verify walks the store and says that there are no faults', async t => {
  const { run } = openCommand(t);
  await makeAccount(run);
  assert.deepEqual(await run(['store', 'verify']), { code: 0, stdout: 'no faults\n', stderr: '' });
  const one = await run(['--json', 'store', 'verify', '--account', 'zoe@example.org']);
  assert.deepEqual(jsonLines(one.stdout), [{ faults: 0 }]);
});

test('store verify names the fault of a damaged shard: exit 1', async t => {
  const { run, folder } = openCommand(t);
  await makeAccount(run);
  const shard = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' }).find(file =>
    /shard.*(sqlite|db)$/.test(file),
  );
  assert.ok(shard, 'there is a shard file');
  truncateSync(join(folder, 'data', shard), 5000);
  const { code, stdout, stderr } = await run(['store', 'verify']);
  assert.equal(code, 1);
  assert.match(stdout + stderr, /malformed/);
  assert.match(stdout + stderr, /shard\W+0/);
});

test('store rebuild mends counts, prints what it mended, and exits 1 for what is lost', async t => {
  const { run, folder } = openCommand(t);
  await makeAccount(run);
  const clean = await run(['store', 'rebuild']);
  assert.deepEqual(clean, { code: 0, stdout: '0 mended, 0 left\n', stderr: '' });
  const shard = new DatabaseSync(join(folder, 'data', 'shard-0.db'));
  shard.exec('update account set used = 5');
  const { code, stdout } = await run(['--json', 'store', 'rebuild', '--account', 'zoe@example.org']);
  const [fault, sum] = jsonLines(stdout);
  assert.equal(code, 0);
  assert.deepEqual([fault?.kind, fault?.mended, sum], ['accountCount', true, { mended: 1, left: 0 }]);
  shard.exec(
    "insert into email select 1, 1, 'abcdefghij', 1, x'00', 'd', null, 1, 1, 5, 0, 1, 0, 0, 0, 0, null, ',1,', '', '', '', '', null",
  );
  shard.close();
  const lost = await run(['store', 'rebuild']);
  assert.equal(lost.code, 1);
  assert.match(lost.stdout, /^mended A\S+: accountCount: /m);
  assert.match(lost.stdout, /^A\S+: emailDamaged: M/m);
  assert.match(lost.stdout, /^1 mended, 3 left$/m);
});

test('on Cassandra lost links are named by store verify and mended by store rebuild', async t => {
  if ((await requireCassandra(t)) === null) return;
  const { run } = openCommand(t);
  const config = await cassandraBackend.prepare(t);
  const { store } = await openTestParts(t, config, [{ address: 'zoe@example.org' }]);
  const { items } = await store.listAccounts();
  const accountId = items[0]?.id ?? '';
  const { emailId } = await store.deliverEmail(accountId, newEmail());
  const session = await openSession(clusterSettings(config));
  atEnd(t, () => session.close());
  const rows = await session.rows<{ name: string }>('select name from link', []);
  for (const { name } of rows)
    await session.run('delete from link where account = ? and name = ? and id = ?', [
      accountId,
      name,
      emailId,
    ]);
  const environment = settingsEnvironment(config);
  const named = await run(['store', 'verify'], { environment });
  assert.equal(named.code, 1, named.stderr);
  assert.equal(named.stdout.match(/: linkMissing: /g)?.length, 3);
  const mended = await run(['store', 'rebuild', '--account', 'zoe@example.org'], { environment });
  assert.deepEqual([mended.code, mended.stdout.split('\n').at(-2)], [0, '3 mended, 0 left']);
  assert.deepEqual(await run(['store', 'verify'], { environment }), {
    code: 0,
    stdout: 'no faults\n',
    stderr: '',
  });
});

test('store reprocess judges again what is unfinished: nothing in a new store', async t => {
  const { run } = openCommand(t);
  await makeAccount(run);
  const some = await run(['store', 'reprocess']);
  assert.deepEqual([some.code, some.stderr], [0, '']);
  const all = await run(['--json', 'store', 'reprocess', '--all', '--account', 'zoe@example.org']);
  assert.deepEqual(jsonLines(all.stdout), [{ seen: 0, mended: 0, failed: 0 }]);
});

test('an unknown account exits 1 with where to look', async t => {
  const { run } = openCommand(t);
  await makeAccount(run);
  for (const word of ['verify', 'rebuild', 'reprocess']) {
    const { code, stderr } = await run(['store', word, '--account', 'adam@example.org']);
    assert.equal(code, 1);
    assert.match(stderr, /no account adam@example\.org; caliopen account list/);
  }
});
