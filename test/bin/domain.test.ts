import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLines, openCommand } from '../support/command.ts';

test('a domain is added once: a second time, in any spelling, exits 1 with already exists', async t => {
  const { run } = openCommand(t);
  const added = await run(['domain', 'add', 'example.org']);
  assert.deepEqual([added.code, added.stderr], [0, '']);
  assert.match(added.stdout, /^added example\.org; next: caliopen account add/);
  for (const name of ['example.org', 'EXAMPLE.org', 'example.org.']) {
    const again = await run(['domain', 'add', name]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^caliopen: .*example\.org.*already exists\n$/);
  }
  const asJson = await run(['--json', 'domain', 'add', 'example.org']);
  assert.equal(asJson.code, 1);
  assert.equal(jsonLines(asJson.stderr)[0]?.error, 'alreadyExists');
  assert.equal((await run(['domain', 'add', 'no name'])).code, 2);
});

test('domains are listed as a table or as JSON lines, and written as A-labels', async t => {
  const { run } = openCommand(t);
  assert.deepEqual(await run(['domain', 'list']), { code: 0, stdout: '', stderr: '' });
  await run(['domain', 'add', 'exämple.org']);
  const table = await run(['domain', 'list']);
  assert.match(table.stdout, /^name +catchAll +createdAt\nxn--exmple-cua\.org +- +\d{4}-/);
  const [row] = jsonLines((await run(['domain', 'list', '--json'])).stdout);
  assert.deepEqual([row?.name, row?.catchAll], ['xn--exmple-cua.org', null]);
  assert.ok(!Number.isNaN(Date.parse(String(row?.createdAt))));
});

test('a domain goes when its addresses are gone', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'zoe@example.org']);
  const refused = await run(['domain', 'remove', 'example.org']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /example\.org still has addresses; caliopen account/);
  await run(['account', 'remove', 'zoe@example.org', '--yes']);
  assert.equal((await run(['domain', 'remove', 'example.org'])).code, 0);
  const unknown = await run(['domain', 'remove', 'example.org']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /example\.org: no such domain/);
});

test('unknown local parts go to the catch-all account, and to nobody again', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'zoe@example.org']);
  const none = await run(['domain', 'catch-all', 'example.org', 'adam@example.org']);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no account adam@example\.org; see caliopen account list/);
  assert.equal((await run(['domain', 'catch-all', 'example.org', 'zoe@example.org'])).code, 0);
  assert.ok(jsonLines((await run(['--json', 'domain', 'list'])).stdout)[0]?.catchAll);
  assert.equal((await run(['domain', 'catch-all', 'example.org'])).code, 0);
  assert.equal(jsonLines((await run(['--json', 'domain', 'list'])).stdout)[0]?.catchAll, null);
});
