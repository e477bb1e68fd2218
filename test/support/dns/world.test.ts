import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { atEnd } from '../at-end.ts';
import { poll } from '../poll.ts';
import { requireService } from '../services.ts';
import { bridge } from './bridge.ts';
import { startKnot } from './knot.ts';
import { gpgLocate, gpgMakeKey, hashSlingerFetch, hashSlingerVerify, sqWkdGet } from './locate.ts';
import { openNamespace } from './namespace.ts';
import { openWorld } from './world.ts';

const zone = '_openpgpkey.alpha.example.';
const servers = { [`ns.${zone}`]: ['10.53.0.2', 'fd53::2'] };
const address = 'adam@alpha.example';

function owner(localPart: string): string {
  const digest = createHash('sha256').update(localPart).digest('hex');
  return `${digest.slice(0, 56)}.${zone}`;
}

test('a key that knotd serves is found and validated by every program of the rig, and refused under a wrong DS', async t => {
  for (const name of ['gnupg', 'dirmngr', 'hashSlinger'] as const) {
    if (requireService(t, name) === null) return;
  }
  const world = await openWorld(t, { 'alpha.example.': '' });
  if (world === null) return;
  const { anchorFile } = world;
  const key = await gpgMakeKey(world, [`Adam <${address}>`]);
  const own = '@ NS ns\nns A 10.53.0.2\nns AAAA fd53::2';
  const records = `${own}\n${owner('adam')} OPENPGPKEY ${key.octets.toString('base64')}`;
  const child = await startKnot(world, ['10.53.0.2', 'fd53::2'], [{ name: zone, records }]);
  const ds = await child.delegationSigner(zone);

  await world.delegate(zone, { servers, ds: [ds] });
  const found = await world.delv(owner('adam'), 'OPENPGPKEY');
  assert.equal(found.verdict, 'fully validated', found.text);
  const absent = await world.delv(owner('eve'), 'OPENPGPKEY');
  assert.equal(absent.verdict, 'negative response, fully validated', absent.text);
  const located = await gpgLocate(world, address, 'dane');
  assert.equal(located.fingerprint, key.fingerprint, located.text);
  assert.deepEqual(located.userIds, [`Adam <${address}>`]);
  const fetched = await hashSlingerFetch(world, { address, anchorFile });
  assert.equal(fetched.fingerprint, key.fingerprint, fetched.text);
  const verified = await hashSlingerVerify(world, { address, key: key.octets, anchorFile });
  assert.ok(verified.isAccepted, verified.text);
  const other = await gpgMakeKey(world, [`Adam <${address}>`]);
  const unlike = await hashSlingerVerify(world, { address, key: other.octets, anchorFile });
  assert.match(unlike.text, /Received key with keyid \w+ was not found/);

  await world.delegate(zone, { servers, ds: [] });
  assert.equal((await world.delv(owner('adam'), 'OPENPGPKEY')).verdict, 'unsigned answer');
  const insecure = await hashSlingerFetch(world, { address, anchorFile });
  assert.match(insecure.text, /not secured by DNSSEC/);

  await world.delegate(zone, { servers, ds: [ds.replace(/.$/, end => (end === '0' ? '1' : '0'))] });
  assert.equal((await world.kdig(owner('adam'), 'OPENPGPKEY')).status, 'SERVFAIL');
  assert.equal((await world.kdig('@fd53::2', owner('adam'), 'OPENPGPKEY')).status, 'NOERROR');
  const bogus = await hashSlingerFetch(world, { address, anchorFile });
  assert.match(bogus.text, /not secured by DNSSEC/);
  assert.ok(!(await hashSlingerVerify(world, { address, key: key.octets, anchorFile })).isAccepted);
});

test('gpg and sq find a key in a Web Key Directory behind a certificate of the rig, and behind no other', async t => {
  for (const name of ['gnupg', 'dirmngr', 'sq'] as const) {
    if (requireService(t, name) === null) return;
  }
  const world = await openWorld(t, { 'alpha.example.': 'openpgpkey A 10.53.0.3' });
  if (world === null) return;
  const key = await gpgMakeKey(world, [`Adam <${address}>`]);
  const folder = world.newFolder('web');
  const directory = join(folder, '.well-known', 'openpgpkey', 'alpha.example');
  mkdirSync(join(directory, 'hu'), { recursive: true });
  writeFileSync(join(directory, 'policy'), '');
  // z-base-32 of the SHA-1 of `adam`.
  const { stdout } = await world.must(['sq', 'wkd', 'url', address]);
  const name = stdout.match(/hu\/(\w{32})/)?.[1] ?? '';
  writeFileSync(join(directory, 'hu', name), key.octets);
  const serve = async (host: string) => {
    const { certificateFile, keyFile } = await world.authority.issue([host]);
    const program = join(import.meta.dirname, 'https-files.ts');
    const words = [execPath, program, '10.53.0.3', folder, certificateFile, keyFile];
    const daemon = world.start(words);
    await poll('the web server', () => daemon.log.includes('ready') || undefined);
    return daemon;
  };
  const daemon = await serve('openpgpkey.alpha.example');
  const [located, got] = [await gpgLocate(world, address, 'wkd'), await sqWkdGet(world, address)];
  assert.equal(located.fingerprint, key.fingerprint, located.text);
  assert.equal(got.fingerprint, key.fingerprint, got.text);
  await daemon.stop();

  await serve('elsewhere.example');
  assert.equal((await gpgLocate(world, address, 'wkd')).fingerprint, null);
  assert.equal((await sqWkdGet(world, address)).fingerprint, null);
});

test('all programs of a world read its clock: a signature of a thousand days is good now, and bad past them', async t => {
  const world = await openWorld(t, { 'alpha.example.': '' }, { hasClock: true });
  if (world === null) return;
  assert.equal((await world.delv('ns.alpha.example.', 'A')).verdict, 'fully validated');
  world.clock?.advance(1001 * 86_400);
  const late = await poll('unbound to see the time', async () => {
    const { status } = await world.kdig('ns.alpha.example.', 'A');
    return status === 'SERVFAIL' || undefined;
  });
  assert.ok(late);
  assert.notEqual((await world.delv('ns.alpha.example.', 'A')).verdict, 'fully validated');
  const year = new Date(world.clock?.now() ?? 0).getUTCFullYear();
  assert.match((await world.must(['date', '-u'])).stdout, new RegExp(` ${year}$`, 'm'));
});

test('a server outside is reached inside by a bridge, and by nothing else', async t => {
  const namespace = await openNamespace(t);
  if (namespace === null) return;
  const server = createServer((_, response) => response.end('from outside')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const { port } = server.address() as AddressInfo;
  const program = `fetch('http://127.0.0.1:${port}/').then(got => got.text()).then(console.log)`;
  const ask = () => namespace.run([execPath, '--eval', program]);
  assert.match((await ask()).stderr, /ECONNREFUSED/);
  await bridge(t, namespace, { host: '127.0.0.1', port });
  assert.equal((await ask()).stdout, 'from outside\n');
});
