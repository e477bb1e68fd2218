import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { generate } from 'selfsigned';
import { keyFingerprint, keyVersion } from '../../../delivery/crypto/fingerprint.ts';
import { generateKey } from '../../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import type { PublishedKey } from '../../../delivery/store/store.ts';
import { jsonLines, openCommand, type Run } from '../../support/command.ts';
import { withStore } from '../../support/command-store.ts';
import { openGpg } from '../../support/gpg.ts';
import { poll } from '../../support/poll.ts';
import { runKeys } from './run-keys.ts';

interface Opened {
  readonly folder: string;
  run(words: readonly string[]): Promise<Run>;
  /** The same by `bin/caliopen`, in a process of its own. */
  runCommand(words: readonly string[]): Promise<Run>;
  published(address: string, kind?: PublishedKey['kind']): Promise<PublishedKey | null>;
  file(name: string, octets: Uint8Array | string): string;
}

/** Zoe with a key on the server and an alias, Adam whose key is on his own machine alone. */
async function open(t: TestContext): Promise<Opened> {
  const { folder, run: runCommand } = openCommand(t);
  await withStore(join(folder, 'data'), async ({ store, accountId }) => {
    await store.addDomain('example.org');
    await store.addAccount({ address: 'zoe@example.org', custody: 'server', aliases: ['Zoe.Z@example.org'] });
    await store.addAccount({ address: 'adam@example.org' });
    assert.ok(await accountId('zoe@example.org'));
  });
  return {
    folder,
    run: words => runKeys(join(folder, 'data'), words),
    runCommand,
    published: (address, kind = 'openpgp') =>
      withStore(join(folder, 'data'), ({ store }) => store.getPublishedKey(address, kind)),
    file(name, octets) {
      writeFileSync(join(folder, name), octets);
      return join(folder, name);
    },
  };
}

async function auditOf(folder: string, address: string): Promise<string[]> {
  return withStore(join(folder, 'data'), async ({ store, accountId }) => {
    const { items } = await store.listAudit(await accountId(address));
    return items.map(({ action }) => action);
  });
}

describe('caliopen keys publish', { concurrency: 2 }, () => {
  it('says what the world will see, is written for the owner, and is taken back', async t => {
    const { folder, run, runCommand, published } = await open(t);
    await run(['keys', 'generate', 'zoe@example.org']);
    assert.equal(await published('zoe@example.org'), null, 'nothing is published unasked');
    const done = await run(['keys', 'publish', 'ZOE@example.org']);
    assert.equal(done.code, 0, done.stderr);
    const key = await published('zoe@example.org');
    assert.ok(key);
    assert.match(done.stdout, new RegExp(`^published ${key.fingerprint} for zoe@example.org\n`));
    assert.match(
      done.stdout,
      /the whole world can now see: that zoe@example.org exists, its user id "<zoe@example.org>"/,
    );
    assert.match(done.stdout, /caliopen keys unpublish zoe@example.org takes it back/);
    assert.deepEqual([key.localPart, key.domain, key.state], ['zoe', 'example.org', 'usable']);
    const list = jsonLines((await run(['--json', 'keys', 'list', 'zoe@example.org'])).stdout);
    assert.deepEqual(
      list.map(row => row.published),
      ['DNS,WKD,HKP'],
    );
    const taken = await run(['keys', 'unpublish', 'zoe@example.org']);
    assert.equal(taken.code, 0);
    assert.match(taken.stdout, /within 3600 seconds/);
    assert.equal(await published('zoe@example.org'), null);
    const again = await runCommand(['keys', 'unpublish', 'zoe@example.org']);
    assert.deepEqual([again.code, again.stdout], [1, 'nothing is published for zoe@example.org\n']);
    assert.deepEqual(await auditOf(folder, 'zoe@example.org'), [
      'keyUnpublished',
      'keyPublished',
      'keyGenerated',
    ]);
  });

  it('adds the user id of an alias where the server holds the secret key, and says how elsewhere', async t => {
    const { run, published, file } = await open(t);
    await run(['keys', 'generate', 'zoe@example.org']);
    const all = await run(['--json', 'keys', 'publish', 'zoe@example.org', '--all-addresses']);
    assert.equal(all.code, 0, all.stderr);
    assert.deepEqual(
      jsonLines(all.stdout)
        .map(({ address, userId, addedUserId }) => [address, userId, addedUserId])
        .sort(),
      [
        ['Zoe.Z@example.org', '<Zoe.Z@example.org>', true],
        ['zoe@example.org', '<zoe@example.org>', false],
      ],
    );
    assert.equal((await published('zoe.z@example.org'))?.localPart, 'Zoe.Z');
    const listed = jsonLines((await run(['--json', 'keys', 'list', 'zoe@example.org'])).stdout);
    assert.deepEqual(
      listed.map(row => [row.address, row.published, row.secret]),
      [
        ['zoe.z@example.org', 'DNS,WKD,HKP', 'server'],
        ['zoe@example.org', 'DNS,WKD,HKP', 'server'],
      ],
    );
    const gpg = openGpg(t);
    if (gpg) {
      await gpg.run(['--import'], (await published('zoe.z@example.org'))?.octets);
      const { output } = await gpg.run(['--with-colons', '--check-sigs']);
      assert.deepEqual(output.toString().match(/^(?:uid|sig):./gm), ['uid:-', 'sig:!', 'sig:!']);
    }

    const { publicKey } = await generateKey('adam@example.org');
    await run(['keys', 'import', file('adam.pgp', publicKey), '--account', 'adam@example.org']);
    await withStore(join(file('x', ''), '..', 'data'), async ({ store, accountId }) =>
      store.addAlias('a@example.org', await accountId('adam@example.org')),
    );
    const refused = await run(['keys', 'publish', 'a@example.org']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /gpg --quick-add-uid [0-9a-f]{40} '<a@example.org>'/);
    const some = await run(['--json', 'keys', 'publish', 'adam@example.org', '--all-addresses']);
    assert.equal(some.code, 1);
    assert.deepEqual(
      jsonLines(some.stdout)
        .map(row => [row.address, row.published])
        .sort(),
      [
        ['a@example.org', false],
        ['adam@example.org', true],
      ],
    );
  });

  it('refuses what is no address of the account, and an account without a key', async t => {
    const { run } = await open(t);
    for (const [address, code, text] of [
      ['zoe@example.org', 1, /has no key of its own; caliopen keys generate/],
      ['nobody@example.org', 1, /no account nobody@example.org/],
      ['zoe+tag@example.org', 1, /no account|not an address/],
    ] as const) {
      const { code: ended, stderr } = await run(['keys', 'publish', address]);
      assert.equal(ended, code, address);
      assert.match(stderr, text);
    }
    const mixed = await run(['keys', 'publish', 'zoe@example.org', '--smime', 'x', '--also-v6']);
    assert.equal(mixed.code, 2);
  });

  it('takes the fingerprint of one of several keys as programs print it', async t => {
    const { run, published } = await open(t);
    for (const _each of [1, 2]) await run(['keys', 'generate', 'zoe@example.org']);
    const rows = jsonLines((await run(['--json', 'keys', 'list', 'zoe@example.org'])).stdout);
    const fingerprints = [...new Set(rows.map(({ fingerprint }) => String(fingerprint)))];
    assert.equal(fingerprints.length, 2);
    for (const fingerprint of fingerprints) {
      const printed = `0x${fingerprint.toUpperCase()}`;
      const done = await run(['keys', 'publish', 'zoe@example.org', '--key', printed]);
      assert.deepEqual([done.code, done.stderr], [0, '']);
      assert.equal((await published('zoe@example.org'))?.fingerprint, fingerprint);
    }
    const blanks = (fingerprints[0] ?? '').replace(/(.{4})/g, '$1 ');
    assert.equal((await run(['keys', 'revoke', 'zoe@example.org', '--key', `0x${blanks}`])).code, 0);
  });

  it('says why a key is none to write to', async t => {
    const { run, file } = await open(t);
    const openpgp = await loadOpenPgp();
    const keyOf = async (options: object) => {
      const userIDs = [{ email: 'adam@example.org' }];
      const wish = { type: 'ecc', userIDs, format: 'binary', ...options } as const;
      return (await openpgp.generateKey(wish)).publicKey;
    };
    const signing = await keyOf({ subkeys: [{ sign: true }] });
    const expired = await keyOf({ date: new Date(Date.now() - 100_000), keyExpirationTime: 10 });
    const future = await keyOf({ date: new Date(Date.now() + 86_400_000) });
    const foreign = await keyOf({ userIDs: [{ email: 'nobody@example.org' }] });
    for (const [octets, why] of [
      [future, /its user id adam@example\.org does not hold: .* or from the future/],
      [foreign, /none of its user ids is an address of adam@example\.org/],
      [signing, /it has no subkey for that/],
      [expired, /it is expired/],
    ] as const) {
      const done = await run(['keys', 'import', file('a.pgp', octets), '--account', 'adam@example.org']);
      assert.equal(done.code, 2);
      assert.match(done.stderr, why);
    }
  });

  it('publishes a key of version 6 only when asked, behind that of version 4', async t => {
    const { run, published, file } = await open(t);
    const openpgp = await loadOpenPgp();
    const { publicKey } = await openpgp.generateKey({
      type: 'curve25519',
      userIDs: [{ email: 'adam@example.org' }],
      format: 'binary',
      date: new Date(Date.now() - 10_000),
      config: { v6Keys: true },
    });
    await run(['keys', 'import', file('v6.pgp', publicKey), '--account', 'adam@example.org']);
    const alone = await run(['keys', 'publish', 'adam@example.org']);
    assert.equal(alone.code, 2);
    assert.match(alone.stderr, /--also-v6/);
    const older = await generateKey('adam@example.org', undefined, new Date(Date.now() - 20_000));
    await run(['keys', 'import', file('v4.pgp', older.publicKey), '--account', 'adam@example.org']);
    await run(['keys', 'publish', 'adam@example.org']);
    assert.equal((await published('adam@example.org'))?.fingerprint, older.fingerprint);
    const both = await run(['keys', 'publish', 'adam@example.org', '--also-v6']);
    assert.equal(both.code, 0, both.stderr);
    const key = await published('adam@example.org');
    const { recordsOfPublished } = await import('../../../dns-keys/published-records.ts');
    assert.ok(key);
    assert.deepEqual(recordsOfPublished(key).rdatas.map(keyVersion), [4, 6]);
  });

  it('publishes a certificate for S/MIME as usage 3, whole (RFC 8162)', async t => {
    const { run, published, file } = await open(t);
    const made = await generate([{ name: 'commonName', value: 'Zoe' }], {
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 1, value: 'zoe@example.org' }] }],
    });
    assert.ok(createPrivateKey(made.private));
    const pem = file('zoe.pem', made.cert);
    const wrong = await run(['keys', 'publish', 'adam@example.org', '--smime', pem]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /does not name adam@example.org/);
    const done = await run(['keys', 'publish', 'zoe@example.org', '--smime', pem]);
    assert.equal(done.code, 0, done.stderr);
    const der = new X509Certificate(made.cert).raw;
    const key = await published('zoe@example.org', 'smime');
    assert.deepEqual(Buffer.from(key?.octets ?? []), Buffer.concat([Buffer.of(3, 0, 0), der]));
    assert.equal(await published('zoe@example.org'), null);
    const rows = jsonLines((await run(['--json', 'keys', 'list', 'zoe@example.org'])).stdout);
    assert.deepEqual(
      rows.map(row => [row.algorithms, row.published]),
      [['x509', 'DNS']],
    );
    assert.equal((await run(['keys', 'unpublish', 'zoe@example.org'])).code, 1);
    assert.equal((await run(['keys', 'unpublish', 'zoe@example.org', '--smime'])).code, 0);
  });
});

describe('a published key', { concurrency: 2 }, () => {
  it('follows a newer copy, and an older one takes nothing back', async t => {
    const gpg = openGpg(t);
    if (!gpg) return;
    const { run, published, file } = await open(t);
    const words = ['--passphrase', ''];
    await gpg.run([
      ...words,
      '--quick-generate-key',
      'Adam <adam@example.org>',
      'future-default',
      'default',
      '1y',
    ]);
    const exported = async () => (await gpg.run(['--export', 'adam@example.org'])).output;
    const first = file('first', await exported());
    const importing = (path: string) => ['--json', 'keys', 'import', path, '--account', 'adam@example.org'];
    const outcomeOf = async (path: string) => {
      const [imported] = jsonLines((await run(importing(path))).stdout);
      const [followed] = (imported?.published ?? []) as { outcome: string }[];
      return followed?.outcome;
    };
    assert.equal(await outcomeOf(first), undefined);
    await run(['keys', 'publish', 'adam@example.org']);
    const before = await published('adam@example.org');
    assert.ok(before);
    await gpg.run([
      ...words,
      '--faked-system-time',
      String(Math.floor(Date.now() / 1000) + 2),
      '--quick-set-expire',
      before.fingerprint,
      '2y',
    ]);
    const second = file('second', await exported());
    // The new self-signature is dated two seconds ahead; it holds once they are over.
    await poll('the new self-signature', async () =>
      (await outcomeOf(second)) === 'refreshed' ? true : undefined,
    );
    const after = await published('adam@example.org');
    assert.notDeepEqual(after?.octets, before.octets);
    assert.equal(keyFingerprint(after?.octets ?? new Uint8Array()), before.fingerprint);
    assert.equal(await outcomeOf(first), 'unchanged');
  });

  it('is revoked with the secret key of the server; the world is told', async t => {
    const { folder, run, published } = await open(t);
    await run(['keys', 'generate', 'zoe@example.org']);
    await run(['keys', 'publish', 'zoe@example.org', '--all-addresses']);
    const done = await run(['keys', 'revoke', 'zoe@example.org', '--reason', 'superseded']);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /^revoked [0-9a-f]{40} of zoe@example.org, for good\n/);
    for (const address of ['zoe@example.org', 'zoe.z@example.org']) {
      const key = await published(address);
      assert.equal(key?.state, 'revoked');
      const gpg = openGpg(t);
      if (!gpg) continue;
      await gpg.run(['--import'], key.octets);
      assert.match((await gpg.run(['--with-colons', '--list-keys'])).output.toString(), /^pub:r:/m);
    }
    const rows = jsonLines((await run(['--json', 'keys', 'list', 'zoe@example.org'])).stdout);
    assert.deepEqual(
      rows.map(row => [row.state, row.published]),
      [
        ['revoked', 'DNS,WKD,HKP'],
        ['revoked', 'DNS,WKD,HKP'],
      ],
    );
    assert.equal((await auditOf(folder, 'zoe@example.org'))[0], 'keyRevoked');
    assert.equal((await run(['keys', 'revoke', 'zoe@example.org'])).code, 1);
  });

  it('is revoked by a revocation certificate, or by a copy that is', async t => {
    const { run, published, file } = await open(t);
    const made = await generateKey('adam@example.org', undefined, new Date(Date.now() - 10_000));
    await run(['keys', 'import', file('adam.pgp', made.publicKey), '--account', 'adam@example.org']);
    await run(['keys', 'publish', 'adam@example.org']);
    const without = await run(['keys', 'revoke', 'adam@example.org']);
    assert.equal(without.code, 2);
    assert.match(without.stderr, /gpg --gen-revoke/);
    const foreign = await generateKey('adam@example.org');
    const other = file('other.asc', foreign.revocationCertificate);
    assert.equal((await run(['keys', 'revoke', 'adam@example.org', '--certificate', other])).code, 2);
    assert.equal((await published('adam@example.org'))?.state, 'usable');
    const gpg = openGpg(t);
    if (!gpg) return;
    await gpg.run(['--import'], made.publicKey);
    await gpg.run(['--import'], made.revocationCertificate);
    const copy = file('revoked.pgp', (await gpg.run(['--export', 'adam@example.org'])).output);
    const imported = await run(['keys', 'import', copy, '--account', 'adam@example.org']);
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(
      imported.stdout,
      /\(revocation\)\nwhat is published for adam@example.org was brought up to date/,
    );
    assert.equal((await published('adam@example.org'))?.state, 'revoked');
  });
});
