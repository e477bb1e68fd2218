import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifyPassword } from '../../delivery/crypto/password.ts';
import { jsonLines, openCommand, type RunCommand } from '../support/command.ts';
import { withStore } from '../support/command-store.ts';

async function shown(run: RunCommand, address: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(['--json', 'account', 'show', address]);
  assert.equal(code, 0, stderr);
  return jsonLines(stdout)[0] ?? {};
}

/** Whether this password opens the account, by the store that the commands wrote. */
function opens(folder: string, address: string, password: string): Promise<boolean> {
  return withStore(join(folder, 'data'), async ({ store, accountId }) => {
    const credentials = await store.getCredentials(await accountId(address));
    return verifyPassword(password, credentials?.passwordHash ?? '');
  });
}

test('an account gets a password that is printed once, or the one on standard input', async t => {
  const { run, folder } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  const made = await run(['account', 'add', 'zoe@example.org', '--json']);
  assert.equal(made.code, 0, made.stderr);
  const [row] = jsonLines(made.stdout);
  assert.equal(row?.custody, 'none');
  assert.ok(await opens(folder, 'zoe@example.org', String(row?.password)));
  const given = await run(['account', 'add', 'adam@example.org', '--password-stdin', '--name', 'Adam'], {
    input: 'a long enough one\n',
  });
  assert.deepEqual([given.code, given.stdout], [0, 'added adam@example.org\n']);
  assert.ok(await opens(folder, 'adam@example.org', 'a long enough one'));
  const changed = await run(['account', 'password', 'adam@example.org']);
  const password = /^password: (\S{12,})\n$/.exec(changed.stdout)?.[1] ?? '';
  assert.ok(await opens(folder, 'adam@example.org', password));
});

test('an account that can not be made says why: taken and unknown names exit 1, misuse exits 2', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'zoe@example.org']);
  const cases: [words: string[], code: number, error: RegExp, input?: string][] = [
    [['zoe@example.org'], 1, /zoe@example\.org: already exists/],
    [['ZOE@EXAMPLE.ORG'], 1, /already exists/],
    [
      ['zoe@elsewhere.example'],
      1,
      /elsewhere\.example: no such domain; caliopen domain add elsewhere\.example/,
    ],
    [['zoe'], 2, /zoe: the address has no valid syntax/],
    [['a@b@c'], 2, /no valid syntax/],
    [['adam@example.org', '--custody', 'theirs'], 2, /none, server, client/],
    [['adam@example.org', '--quota', '1GB'], 2, /1GB.*not a whole number of octets/],
    [['adam@example.org', '--password-stdin'], 2, /shorter than 8/, 'short\n'],
  ];
  for (const [words, code, error, input] of cases) {
    const answer = await run(['account', 'add', ...words], input === undefined ? {} : { input });
    assert.equal(answer.code, code, words.join(' '));
    assert.match(answer.stderr, error);
    assert.equal(answer.stdout, '');
  }
});

test('accounts are listed and shown with their addresses, quota and state', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['domain', 'add', 'example.net']);
  await run(['account', 'add', 'zoe@example.org', '--custody', 'client', '--quota', '1000000']);
  await run(['account', 'add', 'adam@example.net']);
  const all = await run(['account', 'list']);
  assert.equal(all.stdout.split('\n').length, 4);
  const some = jsonLines((await run(['--json', 'account', 'list', '--domain', 'example.org'])).stdout);
  assert.deepEqual(
    some.map(({ address, custody, state, quotaOctets }) => [address, custody, state, quotaOctets]),
    [['zoe@example.org', 'client', 'open', 1_000_000]],
  );
  await run(['account', 'alias', 'info@example.org', 'zoe@example.org']);
  await run(['account', 'quota', 'zoe@example.org', '0']);
  await run(['account', 'close', 'zoe@example.org']);
  const account = await shown(run, 'info@example.org');
  assert.deepEqual(
    [account.addresses, account.quotaOctets, account.state, account.usedOctets],
    [['zoe@example.org', 'info@example.org'], null, 'closed', 0],
  );
  await run(['account', 'open', 'zoe@example.org']);
  await run(['account', 'unalias', 'info@example.org']);
  const after = await shown(run, 'zoe@example.org');
  assert.deepEqual([after.addresses, after.state], [['zoe@example.org'], 'open']);
});

test('an account is erased only with --yes, and unknown ones are told with where to look', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'zoe@example.org']);
  const asked = await run(['account', 'remove', 'zoe@example.org']);
  assert.equal(asked.code, 2);
  assert.match(asked.stderr, /erases all mail of zoe@example\.org; add --yes/);
  assert.equal((await run(['account', 'remove', 'zoe@example.org', '--yes'])).code, 0);
  for (const words of [
    ['show', 'zoe@example.org'],
    ['remove', 'zoe@example.org', '--yes'],
    ['close', 'zoe@example.org'],
    ['password', 'zoe@example.org'],
  ]) {
    const { code, stderr } = await run(['account', ...words]);
    assert.equal(code, 1, words.join(' '));
    assert.match(stderr, /no account zoe@example\.org; caliopen account list/);
  }
});

test('a new password ends sessions and tokens, and what the operator does is written for the owner', async t => {
  const { run, folder } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'zoe@example.org']);
  const look = () =>
    withStore(join(folder, 'data'), async ({ store, accountId }) => {
      const id = await accountId('zoe@example.org');
      const kinds = ['session', 'bearer'] as const;
      const secrets = await Promise.all(kinds.map(kind => store.listSecrets(id, kind)));
      const { items } = await store.listAudit(id);
      return { secrets: secrets.flat().map(({ kind }) => kind), actions: items.map(({ action }) => action) };
    });
  await withStore(join(folder, 'data'), async ({ store, accountId }) => {
    const id = await accountId('zoe@example.org');
    for (const [index, kind] of (['session', 'bearer'] as const).entries()) {
      await store.addSecret({ accountId: id, kind, hash: new Uint8Array(32).fill(index) });
    }
  });
  await run(['account', 'password', 'zoe@example.org', '--keep-tokens']);
  assert.deepEqual((await look()).secrets, ['bearer']);
  await run(['account', 'password', 'zoe@example.org']);
  await run(['account', 'quota', 'zoe@example.org', '1000']);
  await run(['account', 'close', 'zoe@example.org']);
  await run(['account', 'open', 'zoe@example.org']);
  const { secrets, actions } = await look();
  assert.deepEqual(secrets, []);
  assert.deepEqual(actions, [
    'accountOpened',
    'accountClosed',
    'quotaChanged',
    'passwordChanged',
    'passwordChanged',
  ]);
});
