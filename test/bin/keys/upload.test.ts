import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generateKey } from '../../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import { jsonLines, openCommand, type Run } from '../../support/command.ts';
import { withStore } from '../../support/command-store.ts';
import { openGpg } from '../../support/gpg.ts';
import { type KeyServer, type Pair, startKeyServer } from '../../support/key-server.ts';
import { makePair } from '../../support/server-certificate.ts';
import { runKeys } from './run-keys.ts';

let pair: Pair;

// The `fetch` of a process keeps the authorities of its first connection.
before(async () => {
  pair = await makePair(['localhost']);
  setDefaultCACertificates([...getCACertificates('default'), pair.certificate]);
});

interface Opened {
  readonly data: string;
  readonly server: KeyServer;
  run(...words: string[]): Promise<Run>;
  upload(address: string, ...words: string[]): Promise<Run>;
  audit(address: string): Promise<[action: string, detail: unknown][]>;
  fingerprint(address: string): Promise<string>;
}

/** Zoe with a key that the server holds, an alias and a published key; and a key server that this process trusts. */
async function open(t: TestContext): Promise<Opened> {
  const { folder } = openCommand(t);
  const data = join(folder, 'data');
  await withStore(data, async ({ store }) => {
    await store.addDomain('example.org');
    await store.addAccount({ address: 'Zoe@example.org', custody: 'server', aliases: ['z@example.org'] });
  });
  const run = (...words: string[]) => runKeys(data, words);
  await run('keys', 'generate', 'zoe@example.org');
  await run('keys', 'publish', 'zoe@example.org', '--all-addresses');
  const server = await startKeyServer(t, pair);
  return {
    data,
    server,
    run,
    upload: (address, ...words) => run('--json', 'keys', 'upload', address, '--server', server.url, ...words),
    audit: address =>
      withStore(data, async ({ store, accountId }) => {
        const { items } = await store.listAudit(await accountId(address));
        return items.map(({ action, detail }) => [action, detail]);
      }),
    fingerprint: address =>
      withStore(
        data,
        async ({ store }) => (await store.getPublishedKey(address, 'openpgp'))?.fingerprint ?? '',
      ),
  };
}

describe('caliopen keys upload', { concurrency: 2 }, () => {
  it('sends the key with that user id alone, has the owner mailed, and is written for the owner', async t => {
    const { server, run, upload, audit, fingerprint } = await open(t);
    const made = await fingerprint('zoe@example.org');
    const done = await run('keys', 'upload', 'zoe@example.org', '--server', `${server.url}/`);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, new RegExp(`^uploaded ${made} for Zoe@example.org to ${server.url}\n`));
    assert.match(
      done.stdout,
      /by fingerprint now sees the key, when it was made .*; not its user id\nit says that it mails Zoe@example.org a link to confirm; once its owner has opened it, whoever asks it for Zoe@example.org finds the key with its user id "<Zoe@example.org>"\n/,
    );
    assert.match(done.stdout, /keys unpublish Zoe@example.org does not take it back there/);
    assert.deepEqual(
      server.asked.map(({ path, headers, body }) => [path, headers['content-type'], Object.keys(body)]),
      [
        ['/vks/v1/upload', 'application/json', ['keytext']],
        ['/vks/v1/request-verify', 'application/json', ['token', 'addresses']],
      ],
    );
    const sent = server.uploaded(made.toUpperCase()) ?? new Uint8Array();
    const openpgp = await loadOpenPgp();
    const key = await openpgp.readKey({ binaryKey: sent });
    assert.deepEqual([key.getUserIDs(), key.isPrivate()], [['<Zoe@example.org>'], false]);
    const gpg = openGpg(t);
    if (gpg) {
      await gpg.run(['--import'], sent);
      const { output } = await gpg.run(['--with-colons', '--check-sigs']);
      assert.deepEqual(output.toString().match(/^(?:uid|sig):./gm), ['uid:-', 'sig:!', 'sig:!']);
    }
    assert.deepEqual(server.mails, [{ address: 'zoe@example.org', locale: 'en' }]);
    assert.equal(server.byEmail('zoe@example.org'), null, 'not before its owner says so');
    assert.deepEqual((await audit('zoe@example.org'))[0], [
      'keyUploaded',
      { address: 'Zoe@example.org', fingerprint: made, server: server.url },
    ]);

    const again = await upload('zoe@example.org');
    assert.deepEqual([again.code, jsonLines(again.stdout)[0]?.outcome], [0, 'mailed']);
    assert.equal(server.mails.length, 1);
    server.confirm('zoe@example.org');
    assert.deepEqual(server.byEmail('zoe@example.org'), sent);
    const confirmed = await upload('zoe@example.org');
    assert.deepEqual([confirmed.code, jsonLines(confirmed.stdout)[0]?.outcome], [0, 'shown']);
    assert.equal(server.asked.at(-1)?.path, '/vks/v1/upload', 'nothing is left to ask for');
  });

  it('asks for the mail in the languages that were named', async t => {
    const { server, upload } = await open(t);
    const done = await upload('z@example.org', '--locale', 'pt_BR', 'fr_CA', 'de');
    assert.equal(done.code, 0, done.stderr);
    assert.deepEqual(server.asked[1]?.body.locale, ['pt_BR', 'fr_CA', 'de']);
    assert.deepEqual(server.mails, [{ address: 'z@example.org', locale: 'fr' }]);
  });

  it('sends nothing unasked, and nothing that is not published here', async t => {
    const { server, run, upload, audit, data } = await open(t);
    const nowhere = await run('keys', 'upload', 'zoe@example.org');
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /nothing goes to others unasked: .*--server URL.*keys\.uploadServer/);
    for (const bad of [
      'keys.openpgp.org',
      'http://localhost/',
      `${server.url}/?a=b`,
      'https://me:x@localhost',
    ]) {
      const refused = await run('keys', 'upload', 'zoe@example.org', '--server', bad);
      assert.equal(refused.code, 2, bad);
      assert.match(refused.stderr, /is no address of a key server; allowed is an https:\/\/ address alone/);
    }
    await withStore(data, ({ store }) => store.unpublishKey('zoe@example.org', 'openpgp'));
    for (const [address, text] of [
      ['zoe@example.org', /no OpenPGP key is published here for Zoe@example.org; caliopen keys publish/],
      ['nobody@example.org', /no account nobody@example.org/],
    ] as const) {
      const refused = await upload(address);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, text);
    }
    assert.deepEqual(server.asked, []);
    assert.equal(
      (await audit('zoe@example.org')).some(([action]) => action === 'keyUploaded'),
      false,
    );
  });

  it('sends the first of two keys, for one at a time is mailed about, and a revocation without a mail', async t => {
    const { server, run, upload, data, fingerprint } = await open(t);
    const openpgp = await loadOpenPgp();
    const at = new Date(Date.now() - 10_000);
    const later = await openpgp.generateKey({
      type: 'curve25519',
      userIDs: [{ email: 'adam@example.org' }],
      format: 'binary',
      date: at,
      config: { v6Keys: true },
    });
    const { publicKey } = await generateKey('adam@example.org', undefined, at);
    await withStore(data, ({ store }) => store.addAccount({ address: 'adam@example.org' }));
    for (const [at, octets] of [publicKey, later.publicKey].entries()) {
      writeFileSync(join(data, `${at}.pgp`), octets);
      await run('keys', 'import', join(data, `${at}.pgp`), '--account', 'adam@example.org');
    }
    await run('keys', 'publish', 'adam@example.org', '--also-v6');
    const both = await upload('adam@example.org');
    assert.deepEqual(
      jsonLines(both.stdout).map(row => [row.outcome, row.fingerprint]),
      [['mailed', await fingerprint('adam@example.org')]],
    );

    await run('keys', 'revoke', 'zoe@example.org');
    const revoked = await upload('zoe@example.org');
    assert.deepEqual([revoked.code, jsonLines(revoked.stdout)[0]?.outcome], [0, 'revoked']);
    assert.deepEqual(
      server.mails.map(({ address }) => address),
      ['adam@example.org'],
    );
  });

  it('runs by the command, with the server of the settings and an authority of NODE_EXTRA_CA_CERTS', async t => {
    const { data, server } = await open(t);
    const { run } = openCommand(t);
    const authority = join(data, 'authority.pem');
    writeFileSync(authority, pair.certificate);
    const words = ['--data', data, 'keys', 'upload', 'zoe@example.org'];
    const environment = { CALIOPEN_KEYS_UPLOAD_SERVER: server.url };
    const untrusted = await run(words, { environment });
    assert.equal(untrusted.code, 1, untrusted.stderr);
    assert.match(untrusted.stdout, /^not uploaded for Zoe@example.org: https:\S+: self-signed certificate/);
    assert.deepEqual(server.asked, []);
    const done = await run(words, { environment: { ...environment, NODE_EXTRA_CA_CERTS: authority } });
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /it says that it mails Zoe@example.org a link/);
  });
});
