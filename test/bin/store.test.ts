import assert from 'node:assert/strict';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonLines, openCommand, type RunCommand } from '../support/command.ts';

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
  for (const word of ['verify', 'reprocess']) {
    const { code, stderr } = await run(['store', word, '--account', 'adam@example.org']);
    assert.equal(code, 1);
    assert.match(stderr, /no account adam@example\.org; caliopen account list/);
  }
});
