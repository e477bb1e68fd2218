import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { before, describe, it, type TestContext } from 'node:test';
import { keyFingerprint } from '../../../delivery/crypto/fingerprint.ts';
import { type GeneratedKey, generateKey } from '../../../delivery/crypto/keys.ts';
import { publishKey, unpublishKey } from '../../../delivery/publish-key.ts';
import { wkdHash } from '../../../dns-keys/wkd/hash.ts';
import { openGpg } from '../../support/gpg.ts';
import { openTestWeb, type TestWeb } from './web.ts';

let key: GeneratedKey;

before(async () => {
  key = await generateKey('owner@example.org', undefined, new Date('2020-01-01T00:00:00Z'));
});

/** The web door with an owner whose key is published for the address and an alias in other letters. */
async function openPublished(t: TestContext): Promise<TestWeb> {
  const web = await openTestWeb(t, { custody: 'server' });
  const { store, account, clock, keyring } = web;
  const { fingerprint, publicKey, privateKey } = key;
  const createdAt = clock.now();
  await store.addDomain('other.example');
  await store.addAlias('Alias.Of@example.org', account.id);
  await store.addAlias('hidden@example.org', account.id);
  await store.putPrivateKey(account.id, {
    fingerprint,
    custody: 'server',
    wrapped: keyring.wrap(privateKey),
    createdAt,
  });
  const row = {
    fingerprint,
    octets: publicKey,
    source: 'own',
    state: 'usable',
    firstSeenAt: createdAt,
  } as const;
  await store.putPublicKey(account.id, { ...row, address: 'owner@example.org' });
  const act = { account, actor: 'operator' };
  for (const address of ['owner@example.org', 'alias.of@example.org'])
    await publishKey(act, { address }, web);
  return web;
}

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request with this Host, which `fetch` does not let one choose. */
function ask(
  web: TestWeb,
  host: string,
  path: string,
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { host, ...init.headers };
    const asked = httpRequest(`${web.origin}${path}`, { method: init.method ?? 'GET', headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

const advanced = (localPart: string, domain = 'example.org') =>
  `/.well-known/openpgpkey/${domain}/hu/${wkdHash(localPart)}?l=${encodeURIComponent(localPart)}`;
const direct = (localPart: string) =>
  `/.well-known/openpgpkey/hu/${wkdHash(localPart)}?l=${encodeURIComponent(localPart)}`;

describe('the Web Key Directory (draft-koch §3.1)', () => {
  it('gives the key with the one user id, by both methods, to pages of any origin', async t => {
    const web = await openPublished(t);
    const stored = await web.store.getPublishedKey('owner@example.org', 'openpgp');
    for (const [host, path] of [
      ['openpgpkey.example.org', advanced('owner')],
      ['OPENPGPKEY.Example.Org.:443', advanced('Owner', 'Example.ORG')],
      ['example.org', direct('owner')],
    ] as const) {
      const got = await ask(web, host, path);
      assert.equal(got.status, 200, host);
      assert.deepEqual(got.body, Buffer.from(stored?.octets ?? []));
      assert.equal(got.headers['content-type'], 'application/octet-stream');
      assert.equal(got.headers['access-control-allow-origin'], '*');
      assert.equal(got.headers['cache-control'], 'public, max-age=3600');
      assert.equal(got.headers['set-cookie'], undefined);
    }
    const alias = await ask(web, 'openpgpkey.example.org', advanced('alias.of'));
    assert.equal(keyFingerprint(alias.body), key.fingerprint);
    const gpg = openGpg(t);
    if (!gpg) return;
    await gpg.run(['--import'], alias.body);
    const { output } = await gpg.run(['--with-colons', '--list-keys']);
    assert.deepEqual(
      output
        .toString()
        .split('\n')
        .filter(line => line.startsWith('uid'))
        .map(line => line.split(':')[9]),
      ['<Alias.Of@example.org>'],
    );
  });

  it('answers HEAD, and a known tag by 304', async t => {
    const web = await openPublished(t);
    const path = advanced('owner');
    const head = await ask(web, 'openpgpkey.example.org', path, { method: 'HEAD' });
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    const size = (await web.store.getPublishedKey('owner@example.org', 'openpgp'))?.octets.length;
    assert.equal(head.headers['content-length'], String(size));
    const headers = { 'if-none-match': String(head.headers.etag) };
    const known = await ask(web, 'openpgpkey.example.org', path, { headers });
    assert.deepEqual([known.status, known.body.length, known.headers.etag], [304, 0, head.headers.etag]);
    assert.equal((await ask(web, 'openpgpkey.example.org', path, { method: 'POST' })).status, 405);
  });

  it('is the same nothing for hidden, absent, plus-addressed, wrongly hashed and foreign', async t => {
    const web = await openPublished(t);
    await web.store.setCatchAll('example.org', web.account.id);
    const wrong = `/.well-known/openpgpkey/example.org/hu/${wkdHash('owner')}`;
    const answers = await Promise.all([
      ask(web, 'openpgpkey.example.org', advanced('hidden')),
      ask(web, 'openpgpkey.example.org', advanced('nobody')),
      ask(web, 'openpgpkey.example.org', advanced('owner+tag')),
      ask(web, 'openpgpkey.example.org', `${wrong}?l=hidden`),
      ask(web, 'openpgpkey.example.org', `${wrong}x?l=owner`),
      ask(web, 'openpgpkey.example.org', advanced('%')),
      ask(web, 'openpgpkey.example.org', advanced('a"b c')),
      ask(web, 'openpgpkey.example.org', advanced('owner', 'other.example')),
      ask(web, 'openpgpkey.other.example', advanced('owner', 'other.example')),
      ask(web, 'other.example', direct('owner')),
      ask(web, 'example.org', advanced('owner')),
      ask(web, 'openpgpkey.example.org', direct('owner')),
      ask(web, 'unknown.example', direct('owner')),
      ask(web, 'openpgpkey.unknown.example', advanced('owner', 'unknown.example')),
      ask(web, '127.0.0.1', direct('owner')),
      ask(web, '[::1]', direct('owner')),
      ask(web, '', direct('owner')),
    ]);
    const plain = answers.map(({ status, headers: { date: _date, ...headers }, body }) => ({
      status,
      headers,
      body,
    }));
    for (const each of plain) assert.deepEqual(each, plain[0]);
    assert.deepEqual([plain[0]?.status, plain[0]?.body.length], [404, 0]);
    assert.equal(plain[0]?.headers['cache-control'], 'public, max-age=900');
  });

  it('gives a user id that was certified in a later second than its publication began', async t => {
    const web = await openPublished(t);
    const act = { account: web.account, actor: 'operator' };
    const clock = {
      now() {
        web.clock.advance(1);
        return web.clock.now();
      },
    };
    const made = await publishKey(act, { address: 'hidden@example.org' }, { ...web, clock });
    assert.equal(made.addedUserId, true);
    const got = await ask(web, 'openpgpkey.example.org', advanced('hidden'));
    assert.equal(got.status, 200);
  });

  it('has an empty policy file for hosted domains, and takes no keys by mail', async t => {
    const web = await openPublished(t);
    const base = '/.well-known/openpgpkey';
    for (const [host, path, status] of [
      ['openpgpkey.example.org', `${base}/example.org/policy`, 200],
      ['example.org', `${base}/policy`, 200],
      ['openpgpkey.unknown.example', `${base}/unknown.example/policy`, 404],
      ['unknown.example', `${base}/policy`, 404],
      ['openpgpkey.example.org', `${base}/example.org/submission-address`, 404],
      ['example.org', `${base}/submission-address`, 404],
    ] as const) {
      const got = await ask(web, host, path);
      assert.equal(got.status, status, `${host} ${path}`);
      if (status === 200) assert.equal(got.body.length, 0);
    }
  });

  it('finds keys for clients that leave the local part out, also when they come and go', async t => {
    const web = await openPublished(t);
    const path = (localPart: string) => advanced(localPart).replace(/\?.*/, '');
    const status = async (localPart: string) =>
      (await ask(web, 'openpgpkey.example.org', path(localPart))).status;
    assert.deepEqual(
      [await status('alias.of'), await status('hidden'), await status('nobody')],
      [200, 404, 404],
    );
    const act = { account: web.account, actor: 'operator' };
    await publishKey(act, { address: 'hidden@example.org' }, web);
    await unpublishKey(act, { address: 'alias.of@example.org' }, web);
    web.clock.advance(2);
    assert.deepEqual([await status('alias.of'), await status('hidden')], [404, 200]);
  });
});

describe('look-ups as of a key server (HKP)', () => {
  it('gives a published key by address and by fingerprint, armored, as GnuPG takes it', async t => {
    const web = await openPublished(t);
    const fingerprint = `0x${key.fingerprint.toUpperCase()}`;
    for (const search of ['owner@example.org', '<OWNER@example.org>', fingerprint]) {
      const path = `/pks/lookup?op=get&options=mr&search=${encodeURIComponent(search)}`;
      const got = await ask(web, 'openpgpkey.example.org', path);
      assert.deepEqual([got.status, got.headers['content-type']], [200, 'application/pgp-keys'], search);
      const gpg = openGpg(t);
      if (!gpg) return;
      await gpg.run(['--import'], got.body);
      const { output } = await gpg.run(['--with-colons', '--list-keys']);
      const userIds = output.toString().match(/^uid:/gm)?.length;
      assert.equal(userIds, search === fingerprint ? 2 : 1);
    }
  });

  it('lists it for programs', async t => {
    const web = await openPublished(t);
    const path = '/pks/lookup?op=index&options=mr&search=owner@example.org';
    const got = await ask(web, 'example.org', path);
    const made = Math.floor(Date.parse('2020-01-01T00:00:00Z') / 1000);
    assert.equal(
      got.body.toString(),
      `info:1:1\npub:${key.fingerprint.toUpperCase()}:22::${made}::\nuid:%3Cowner%40example.org%3E:::\n`,
    );
  });

  it('finds nothing by names, short ids, or at another host, and says what it can do', async t => {
    const web = await openPublished(t);
    const searches = [
      'owner',
      `0x${key.fingerprint.slice(-16)}`,
      'hidden@example.org',
      'owner+tag@example.org',
      `0x${'ab'.repeat(20)}`,
    ];
    for (const search of searches) {
      const got = await ask(web, 'example.org', `/pks/lookup?op=get&search=${encodeURIComponent(search)}`);
      assert.equal(got.status, 404, search);
    }
    const good = '/pks/lookup?op=get&search=owner@example.org';
    assert.equal((await ask(web, 'other.example', good)).status, 404);
    assert.equal((await ask(web, 'unknown.example', good)).status, 404);
    assert.equal((await ask(web, 'example.org', '/pks/lookup?op=stats&search=x')).status, 501);
    assert.equal((await ask(web, 'example.org', '/pks/lookup?op=get')).status, 400);
    assert.equal((await ask(web, 'example.org', '/pks/add', { method: 'POST' })).status, 404);
  });
});
