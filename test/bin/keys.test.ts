import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { Command, CommanderError } from 'commander';
import { register } from '../../bin/keys.ts';
import { loadConfig } from '../../delivery/config.ts';
import { armor } from '../../delivery/crypto/armor.ts';
import { openKeyring } from '../../delivery/crypto/keyring.ts';
import { generateKey } from '../../delivery/crypto/keys.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import { withStore } from '../support/command-store.ts';
import { openGpg } from '../support/gpg.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Answer {
  /** The error's code, null when it went well. */
  readonly code: string | null;
  readonly lines: Record<string, unknown>[];
  readonly errors: string;
}

/** Runs `caliopen --json keys ...` on this store, in this process. */
async function keys(folder: string, args: readonly string[], input = ''): Promise<Answer> {
  const output = new PassThrough();
  const program = new Command().exitOverride().configureOutput({ writeErr() {} });
  register(program, {
    stdout: output,
    stderr: new PassThrough(),
    stdin: Readable.from([Buffer.from(input)]),
    config: () => loadConfig({ overrides: { data: folder, 'sqlite.shards': 1 } }),
    json: () => true,
    exit() {},
  });
  for (const command of program.commands.flatMap(command => [command, ...command.commands])) {
    command.exitOverride().configureOutput({ writeErr() {} });
  }
  try {
    await program.parseAsync(['keys', ...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { code: 'usage', lines: [], errors: error.message };
    const { code, message } = asDeliveryError(error);
    return { code, lines: [], errors: message };
  }
  output.end();
  const texts = (await text(output)).split('\n').filter(Boolean);
  return { code: null, lines: texts.map(line => JSON.parse(line)), errors: '' };
}

async function withAccounts(folder: string): Promise<void> {
  await withStore(folder, async ({ store }) => {
    await store.addDomain('example.org');
    await store.addAccount({ address: 'zoe@example.org', custody: 'server' });
    await store.addAccount({ address: 'adam@example.org' });
  });
}

const passphrase = 'correct horse';

describe('caliopen keys', { concurrency: false }, () => {
  it('imports a secret key that GnuPG exported: the passphrase goes, the instance key wraps it', async test => {
    const folder = temporaryFolder(test);
    const gpg = openGpg(test);
    if (!gpg) return;
    await withAccounts(folder);
    const locked = ['--passphrase', passphrase];
    await gpg.run([
      ...locked,
      '--quick-generate-key',
      'Zoe <zoe@example.org>',
      'default',
      'default',
      'never',
    ]);
    const file = join(folder, 'zoe.asc');
    const { output } = await gpg.run([...locked, '--armor', '--export-secret-keys', 'zoe@example.org']);
    writeFileSync(file, output);

    const importing = ['import', file, '--account', 'zoe@example.org', '--custody', 'server'];
    const without = await keys(folder, importing);
    assert.equal(without.code, 'badCredentials');
    assert.match(without.errors, /--passphrase-stdin/);
    const wrong = await keys(folder, [...importing, '--passphrase-stdin'], 'wrong\n');
    assert.equal(wrong.code, 'badCredentials');
    const right = await keys(folder, [...importing, '--passphrase-stdin'], `${passphrase}\n`);
    assert.equal(right.code, null, right.errors);

    const [row] = (await keys(folder, ['list', 'zoe@example.org'])).lines;
    assert.deepEqual(
      { ...row, fingerprint: null, algorithms: null },
      {
        account: 'zoe@example.org',
        address: 'zoe@example.org',
        fingerprint: null,
        source: 'own',
        state: 'usable',
        strength: 'strong',
        algorithms: null,
        expiresAt: null,
        secret: 'server',
        published: null,
      },
    );
    await withStore(folder, async ({ store, accountId }) => {
      const id = await accountId('zoe@example.org');
      const [kept] = await store.listPrivateKeys(id);
      assert.ok(kept);
      const instanceKey = Buffer.from(readFileSync(join(folder, 'instance.key'), 'utf8').trim(), 'hex');
      assert.ok((await openKeyring(instanceKey).unwrapKey(kept)).isDecrypted());
      const audit = await store.listAudit(id);
      assert.equal(audit.items[0]?.action, 'keyImported');
      assert.equal((await store.getAccount(id))?.custody, 'server');
    });
  });

  it('takes only a locked key, or the public part, for custody client', async test => {
    const folder = temporaryFolder(test);
    await withAccounts(folder);
    const open = await generateKey('adam@example.org');
    const locked = await generateKey('adam@example.org', passphrase);
    const file = (name: string, type: string, octets: Uint8Array) => {
      writeFileSync(join(folder, name), armor(type, octets));
      return join(folder, name);
    };
    const importing = (path: string) => [
      ...['import', path, '--account', 'adam@example.org'],
      ...['--custody', 'client'],
    ];
    const refused = await keys(folder, importing(file('open', 'PRIVATE KEY BLOCK', open.privateKey)));
    assert.equal(refused.code, 'badInput');
    const backup = await keys(folder, importing(file('locked', 'PRIVATE KEY BLOCK', locked.privateKey)));
    assert.equal(backup.code, null, backup.errors);
    const publicPart = await keys(folder, importing(file('public', 'PUBLIC KEY BLOCK', open.publicKey)));
    assert.equal(publicPart.code, null, publicPart.errors);
    const { lines } = await keys(folder, ['list', 'adam@example.org']);
    assert.deepEqual(lines.map(line => line.secret).sort(), ['locked backup', 'none']);
    await withStore(folder, async ({ store }) => {
      assert.equal((await store.getAccountByAddress('adam@example.org'))?.custody, 'client');
    });
  });

  it("keeps a correspondent's key by hand, for an address it certifies alone", async test => {
    const folder = temporaryFolder(test);
    await withAccounts(folder);
    const { publicKey, privateKey, fingerprint } = await generateKey('bob@example.com');
    const file = join(folder, 'bob.pgp');
    writeFileSync(file, publicKey);
    const importing = ['import', file, '--account', 'adam@example.org'];
    const own = await keys(folder, importing);
    assert.equal(own.code, 'badInput', 'a key of somebody else is not an own key');
    const other = await keys(folder, [...importing, '--for', 'eve@example.com']);
    assert.equal(other.code, 'badInput');
    const good = await keys(folder, [...importing, '--for', 'Bob@Example.com', '--source', 'hand']);
    assert.equal(good.code, null, good.errors);
    const { lines } = await keys(folder, ['list', 'adam@example.org']);
    assert.deepEqual(
      [lines[0]?.address, lines[0]?.source, lines[0]?.fingerprint],
      ['bob@example.com', 'hand', fingerprint],
    );
    writeFileSync(file, privateKey);
    assert.equal((await keys(folder, [...importing, '--for', 'bob@example.com'])).code, 'badInput');
  });

  it('makes a key, prints its public part, and wraps anew under a new instance key', async test => {
    const folder = temporaryFolder(test);
    await withAccounts(folder);
    const made = await keys(folder, ['generate', 'zoe@example.org']);
    assert.equal(made.code, null, made.errors);
    const exported = await keys(folder, ['export', 'zoe@example.org']);
    assert.match(String(exported.lines[0]?.armored), /^-----BEGIN PGP PUBLIC KEY BLOCK-----/);
    const secret = join(folder, 'adam.asc');
    const client = ['generate', 'adam@example.org', '--custody', 'client'];
    assert.equal((await keys(folder, client)).code, 'badRequest', 'custody client needs a passphrase');
    const backup = await keys(folder, [...client, '--passphrase-stdin', '--output', secret], passphrase);
    assert.equal(backup.code, null, backup.errors);
    assert.equal(statSync(secret).mode & 0o777, 0o600);

    const keyFile = join(folder, 'instance.key');
    writeFileSync(keyFile, `${'ab'.repeat(32)}\n${readFileSync(keyFile, 'utf8')}`);
    assert.deepEqual((await keys(folder, ['rewrap'])).lines, [{ rewrapped: 1 }]);
    assert.deepEqual((await keys(folder, ['rewrap'])).lines, [{ rewrapped: 0 }]);
  });

  it('says what is wrong', async test => {
    const folder = temporaryFolder(test);
    await withAccounts(folder);
    const file = join(folder, 'none.txt');
    writeFileSync(file, 'hello');
    for (const [args, code] of [
      [['import', file, '--account', 'zoe@example.org'], 'badInput'],
      [['import', join(folder, 'missing'), '--account', 'zoe@example.org'], 'badInput'],
      [['import', file], 'usage'],
      [['import', file, '--account', 'zoe@example.org', '--source', 'hand'], 'badRequest'],
      [['list', 'nobody@example.org'], 'notFound'],
      [['export', 'zoe@example.org'], 'notFound'],
    ] as const) {
      const answer = await keys(folder, args);
      assert.equal(answer.code, code, args.join(' '));
      assert.notEqual(answer.errors, '');
      if (args[1] === join(folder, 'missing'))
        assert.equal(answer.errors, `${args[1]}: there is no such file`);
    }
  });
});
