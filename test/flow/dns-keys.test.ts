import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { backend } from '../support/backend.ts';
import { doorAddresses, hostedZones, openHosted } from '../support/dns/hosted.ts';
import { makeLargeKey } from '../support/dns/large-key.ts';
import {
  gpgLocate,
  gpgMakeKey,
  gpgShow,
  hashSlingerFetch,
  hashSlingerVerify,
} from '../support/dns/locate.ts';
import { openWorld, type World } from '../support/dns/world.ts';
import { poll } from '../support/poll.ts';
import { requireService, type ServiceName } from '../support/services.ts';

const zone = '_openpgpkey.alpha.example.';
const [v4, v6] = doorAddresses;

function owner(localPart: string): string {
  const digest = createHash('sha256').update(localPart).digest('hex');
  return `${digest.slice(0, 56)}.${zone}`;
}

function requireAll(t: TestContext, names: readonly ServiceName[]): boolean {
  return names.every(name => requireService(t, name) !== null);
}

/** Polls the server itself, no resolver between, until the name has (or has no) key. */
async function answered(world: World, localPart: string, isThere = true): Promise<void> {
  await poll(`the key of ${localPart}`, async () => {
    const { answers } = await world.kdig(`@${v4}`, owner(localPart), 'OPENPGPKEY');
    return answers.length > 0 === isThere || undefined;
  });
}

async function assertValidated(world: World, localPart: string): Promise<void> {
  const found = await world.delv(owner(localPart), 'OPENPGPKEY');
  assert.equal(found.verdict, 'fully validated', found.text);
}

async function assertDenied(world: World, localPart: string): Promise<void> {
  const absent = await world.delv(owner(localPart), 'OPENPGPKEY');
  assert.equal(absent.verdict, 'negative response, fully validated', absent.text);
}

test('gpg, delv and hash-slinger find the keys of users, aliases and letters of any case, small and large', async t => {
  if (!requireAll(t, ['gnupg', 'dirmngr', 'hashSlinger'])) return;
  const world = await openWorld(t, hostedZones);
  if (world === null) return;
  const hosted = await openHosted(t, world, { on: backend });
  const { caliopen } = hosted;
  await caliopen(['domain', 'add', 'alpha.example']);
  for (const name of ['adam', 'Zoe', 'rsa', 'large', 'hidden'])
    await hosted.addAccount(`${name}@alpha.example`);
  await caliopen(['account', 'alias', 'adams@alpha.example', 'adam@alpha.example']);
  for (const name of ['adam', 'hidden'])
    await caliopen(['keys', 'generate', `${name}@alpha.example`, '--custody', 'server']);
  await caliopen(['keys', 'publish', 'adam@alpha.example', '--all-addresses']);
  const [zoe, rsa, large] = await Promise.all([
    gpgMakeKey(world, ['Zoe <zoe@alpha.example>', 'Zoe elsewhere <zoe@beta.example>']),
    gpgMakeKey(world, ['rsa@alpha.example'], 'rsa4096'),
    makeLargeKey('large@alpha.example', 200),
  ]);
  await hosted.publish('Zoe@alpha.example', zoe.octets);
  assert.ok((await hosted.publish('rsa@alpha.example', rsa.octets)).sizeOctets > 2000);
  assert.ok((await hosted.publish('large@alpha.example', large)).sizeOctets > 50_000);

  await hosted.serve('dns');
  await answered(world, 'large');
  await hosted.delegate('alpha.example');
  // It ends with 0 only when all that should stand in the parent zone does.
  const [shown] = await caliopen(['domain', 'dns', 'alpha.example']);
  const records = shown?.records as { type: string; status: string }[];
  assert.deepEqual(
    records.map(({ type, status }) => `${type} ${status}`),
    ['NS there', 'DS there', 'CNAME there'],
  );
  for (const name of ['adam', 'adams', 'zoe', 'Zoe', 'rsa', 'large']) await assertValidated(world, name);
  for (const name of ['hidden', 'nobody', 'adam+shop']) await assertDenied(world, name);

  const { fingerprint: largePrint } = await gpgShow(world, large);
  const locate = (address: string) => gpgLocate(world, address, 'dane');
  const zoeFound = await locate('zoe@alpha.example');
  assert.equal(zoeFound.fingerprint, zoe.fingerprint, zoeFound.text);
  assert.deepEqual(zoeFound.userIds, ['Zoe <zoe@alpha.example>']);
  assert.equal((await locate('ZOE@alpha.example')).fingerprint, zoe.fingerprint);
  assert.equal((await locate('rsa@alpha.example')).fingerprint, rsa.fingerprint);
  assert.equal((await locate('large@alpha.example')).fingerprint, largePrint);
  const [adam, alias] = [await locate('adam@alpha.example'), await locate('Adams@alpha.example')];
  assert.ok(adam.fingerprint, adam.text);
  assert.equal(alias.fingerprint, adam.fingerprint, alias.text);
  assert.ok(alias.userIds.some(userId => userId.includes('adams@alpha.example')));
  assert.equal((await locate('hidden@alpha.example')).fingerprint, null);

  const asked = { address: 'zoe@alpha.example', anchorFile: world.anchorFile };
  const fetched = await hashSlingerFetch(world, asked);
  assert.equal(fetched.fingerprint, zoe.fingerprint, fetched.text);
  const verified = await hashSlingerVerify(world, { ...asked, key: zoe.octets });
  assert.ok(verified.isAccepted, verified.text);
  const wrong = `1 13 2 ${'0'.repeat(64)}`;
  await world.delegate(zone, { servers: { 'keys.host.example.': [] }, ds: [wrong] });
  assert.match((await hashSlingerFetch(world, asked)).text, /not secured by DNSSEC/);
  assert.ok(!(await hashSlingerVerify(world, { ...asked, key: zoe.octets })).isAccepted);
});

test('kdig asks over UDP, TCP and TLS, with small buffers, cookies and versions of EDNS that are to come', async t => {
  const world = await openWorld(t, hostedZones);
  if (world === null) return;
  const hosted = await openHosted(t, world, { on: backend });
  await hosted.addAccount('large@alpha.example');
  await hosted.publish('large@alpha.example', await makeLargeKey('large@alpha.example', 6));
  await hosted.serve('dns');
  await answered(world, 'large');
  const ask = (...words: string[]) => world.kdig(...words, owner('large'), 'OPENPGPKEY');

  for (const address of [v4, v6]) {
    const overTcp = await ask(`@${address}`, '+tcp', '+dnssec');
    assert.equal(overTcp.status, 'NOERROR', overTcp.text);
    assert.ok(overTcp.flags.includes('aa') && !overTcp.flags.includes('ra'));
    assert.deepEqual(typesOf(overTcp.answers), ['OPENPGPKEY', 'RRSIG']);
    const { certificateFile } = world.authority;
    const trusted = [`+tls-ca=${certificateFile}`, '+tls-hostname=keys.host.example'];
    const overTls = await ask(`@${address}`, '-p', '853', '+tls', ...trusted);
    assert.equal(overTls.status, 'NOERROR', overTls.text);
    assert.equal(overTls.transport, 'TLS');
    const other = await ask(
      `@${address}`,
      '-p',
      '853',
      '+tls',
      trusted[0] ?? '',
      '+tls-hostname=other.example',
    );
    assert.equal(other.status, null);
  }
  const cut = await ask(`@${v4}`, '+bufsize=512', '+ignore');
  assert.ok(cut.flags.includes('tc'), cut.text);
  assert.deepEqual([cut.answers, cut.sizeOctets <= 512], [[], true]);
  const whole = await ask(`@${v4}`, '+bufsize=4096', '+ignore');
  assert.ok(whole.flags.includes('tc'), 'no answer over UDP is longer than 1,232 octets');
  const cookie = await world.kdig(`@${v4}`, '+cookie', zone, 'SOA');
  assert.match(cookie.text, /COOKIE: [0-9A-F]{16}[0-9A-F]{32}$/im, cookie.text);
  const later = await world.kdig(`@${v4}`, '+edns=1', zone, 'SOA');
  assert.equal(later.status, 'BADVERS', later.text);
  assert.deepEqual(later.answers, []);
  const outside = await world.kdig(`@${v4}`, 'alpha.example.', 'SOA');
  assert.equal(outside.status, 'REFUSED');
  const version = await world.kdig(`@${v4}`, 'version.bind.', 'TXT', 'CH');
  assert.equal(version.status, 'REFUSED');
});

function typesOf(answers: readonly string[]): string[] {
  return answers.map(line => line.split(/\s+/)[3] ?? '').sort();
}

test('a published key is answered within 2 s, and one that is taken back is denied', async t => {
  const world = await openWorld(t, hostedZones);
  if (world === null) return;
  const hosted = await openHosted(t, world, { on: backend });
  await hosted.addAccount('adam@alpha.example');
  await hosted.serve('dns');
  await poll('the zone', async () => {
    const { status } = await world.kdig(`@${v4}`, zone, 'SOA');
    return status === 'NOERROR' || undefined;
  });
  await hosted.delegate('alpha.example');
  await assertDenied(world, 'adam');
  await hosted.publish('adam@alpha.example');
  const before = performance.now();
  await answered(world, 'adam');
  assert.ok(performance.now() - before < 2000);
  await world.resolver.forget();
  await assertValidated(world, 'adam');
  await hosted.caliopen(['keys', 'unpublish', 'adam@alpha.example']);
  await answered(world, 'adam', false);
  await world.resolver.forget();
  await assertDenied(world, 'adam');
});
