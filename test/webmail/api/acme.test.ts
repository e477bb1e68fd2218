import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { openCertificate } from '../../../delivery/certificate.ts';
import { openServerNames } from '../../../delivery/certificates/server-names.ts';
import type { SettingKey } from '../../../delivery/config.ts';
import type { Log } from '../../../delivery/log.ts';
import { openResolver, type Resolver } from '../../../delivery/resolver.ts';
import { openWeb } from '../../../webmail/api/app.ts';
import { startAddressServer } from '../../support/acme/address-server.ts';
import { freePort, type Pebble, requirePebble, startPebble } from '../../support/acme/pebble.ts';
import { atEnd } from '../../support/at-end.ts';
import { backend } from '../../support/backend.ts';
import { openTestClock } from '../../support/clock.ts';
import { startDoor } from '../../support/door-process.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { shownCertificate } from '../../support/server-certificate.ts';

type Lines = { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];

function logInto(lines: Lines): Log {
  const note = (fields: Record<string, unknown>, event: string) => void lines.push({ event, fields });
  return { error: note, warn: note, info: note, debug: note, child: () => logInto(lines) };
}

/** An ACME server, the names it resolves, and settings of web doors on one store that ask it. */
async function openWorld(
  t: TestContext,
  program: string,
  {
    settings = {},
    ...options
  }: { settings?: Partial<Record<SettingKey, unknown>>; validitySeconds?: number; blocked?: string[] } = {},
) {
  const addresses = new Map<string, string>();
  const resolver = `127.0.0.1:${await startAddressServer(t, addresses)}`;
  const httpPort = await freePort();
  const pebble = await startPebble(t, program, { resolver, httpPort, ...options });
  const config = await backend.prepare(t, {
    'web.tls': true,
    'acme.directory': pebble.directory,
    'acme.caFile': pebble.caFile,
    'acme.email': 'postmaster@example.org',
    'acme.httpPort': httpPort,
    'resolver.servers': [resolver],
    'resolver.timeoutMilliseconds': 2000,
    ...settings,
  });
  // Ahead, so that certificates that are made while it stands are valid.
  const clock = openTestClock(new Date(Date.now() + 120_000).toISOString());
  const log: Lines = [];
  const openStore = async () => {
    const store = await backend.open(config, { keyring: testKeyring, clock, log: logInto([]) });
    atEnd(t, () => store.close());
    return store;
  };
  /** A machine of the instance; only the first listens where the ACME server asks. */
  const openDoor = async (port = 0) => {
    const store = await openStore();
    const own = { ...config, 'acme.httpPort': port };
    const parts = { config: own, store, keyring: testKeyring, clock, log: logInto(log) };
    // A new one each time: a resolver remembers what it was told for a minute.
    const asker: Resolver = (...question) =>
      openResolver({ servers: [resolver], timeoutMilliseconds: 2000 })(...question);
    const serverNames = await openServerNames(
      { ...parts, resolver: asker },
      { validationPort: httpPort, settleMilliseconds: 500 },
    );
    assert.ok(serverNames?.acme);
    const { acme } = serverNames;
    const { certificate: cert, key } = await openCertificate(config, { clock });
    const bundle = new Map();
    // Rounds begin when the test says so.
    const quiet = { ...serverNames, acme: { ...acme, start() {} } };
    const door = await openWeb({ ...parts, bundle, serverNames: quiet, certificate: { cert, key } });
    atEnd(t, async () => {
      await door.close();
      await serverNames.close();
    });
    return { door, round: acme.round };
  };
  const store = await openStore();
  const host = async (domain: string, address = '127.0.0.1') => {
    await store.addDomain(domain);
    addresses.set(`openpgpkey.${domain}`, address);
  };
  const first = await openDoor(httpPort);
  const events = (event: string) => log.filter(line => line.event === event).map(({ fields }) => fields);
  return { ...first, ...{ pebble, addresses, clock, store, host, openDoor, events, httpPort } };
}

function ordersOf({ log }: Pebble): number {
  return log.filter(line => line.includes('Added order ')).length;
}

test('a hosted domain that leads here gets a certificate, shown by SNI and renewed at two thirds of its life', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const world = await openWorld(t, program, { validitySeconds: 86_400 });
  const { door, pebble, clock, round, host, events } = world;
  await host('example.net');
  await round();
  const shown = await shownCertificate(door.port, 'openpgpkey.example.net', pebble.root);
  assert.equal(shown.altNames, 'DNS:openpgpkey.example.net');
  const other = await shownCertificate(door.port, 'mx.example.org');
  assert.equal(other.altNames, 'DNS:mx.example.org');
  const asked = ordersOf(pebble);
  clock.advance(57_000);
  await round();
  assert.equal(ordersOf(pebble), asked, 'not before its time');
  clock.advance(1000);
  await round();
  const renewed = await shownCertificate(door.port, 'openpgpkey.example.net', pebble.root);
  assert.notEqual(renewed.fingerprint, shown.fingerprint);
  assert.equal(events('certificateIssued').length, 2);
});

test('a refused name is tried again after an hour, then after a day, and the others go on', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const refused = 'openpgpkey.refused.example';
  const settings = { 'acme.names': ['www.example.net', 'nowhere.example.net'] };
  const world = await openWorld(t, program, { blocked: [refused], settings });
  const { door, pebble, clock, round, host, addresses, events } = world;
  await host('refused.example');
  await host('example.net');
  addresses.set('www.example.net', '127.0.0.1');
  await round();
  await shownCertificate(door.port, 'openpgpkey.example.net', pebble.root);
  await shownCertificate(door.port, 'www.example.net', pebble.root);
  const refusals = () => events('certificateRefused').map(({ name }) => String(name));
  assert.deepEqual(refusals().sort(), ['nowhere.example.net', refused]);
  clock.advance(3500);
  await round();
  assert.equal(refusals().length, 2, 'an hour');
  clock.advance(200);
  await round();
  assert.equal(refusals().length, 4);
  clock.advance(80_000);
  await round();
  assert.equal(refusals().length, 4, 'a day');
  clock.advance(7000);
  addresses.set('nowhere.example.net', '127.0.0.1');
  await round();
  assert.equal(refusals().length, 5);
  await shownCertificate(door.port, 'nowhere.example.net', pebble.root);
});

test('a domain that leads nowhere, or to another server, is not asked for until it leads here', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const { door, pebble, clock, round, host, addresses, store, events } = await openWorld(t, program);
  await store.addDomain('unknown.example');
  await host('elsewhere.example', '127.0.0.2');
  await round();
  assert.equal(ordersOf(pebble), 0);
  assert.deepEqual(
    events('nameNotHere')
      .map(({ name }) => name)
      .sort(),
    ['openpgpkey.elsewhere.example', 'openpgpkey.unknown.example'],
  );
  addresses.set('openpgpkey.elsewhere.example', '127.0.0.1');
  await round();
  assert.equal(ordersOf(pebble), 0, 'it is not looked at each minute');
  await shownCertificate(door.port, 'openpgpkey.elsewhere.example');
  clock.advance(30);
  await round();
  await shownCertificate(door.port, 'openpgpkey.elsewhere.example', pebble.root);
});

test('two web doors on one store order each name once, and both show it', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const { door, pebble, round, host, openDoor } = await openWorld(t, program);
  const other = await openDoor();
  for (const name of ['one', 'two', 'three', 'four', 'five']) await host(`${name}.example`);
  // The other door orders, and the first answers the challenges.
  await Promise.all([other.round(), round()]);
  await Promise.all([other.round(), round()]);
  assert.equal(ordersOf(pebble), 5);
  await host('six.example');
  await other.round();
  assert.equal(ordersOf(pebble), 6);
  for (const name of ['one', 'six']) {
    const [here, there] = [door.port, other.door.port].map(port =>
      shownCertificate(port, `openpgpkey.${name}.example`, pebble.root),
    );
    assert.equal((await here)?.fingerprint, (await there)?.fingerprint);
  }
});

test('no more is ordered in an hour than the settings allow', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const settings = { 'acme.ordersPerHour': 2 };
  const { pebble, clock, round, host } = await openWorld(t, program, { settings });
  for (const name of ['one', 'two', 'three']) await host(`${name}.example`);
  await round();
  await round();
  assert.equal(ordersOf(pebble), 2);
  clock.advance(3601);
  await round();
  assert.equal(ordersOf(pebble), 3);
});

test('a server that is not there is left alone for a while, which no name pays for', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const settings = { 'acme.directory': `https://127.0.0.1:${await freePort()}/dir` };
  const { clock, round, host, events } = await openWorld(t, program, { settings });
  await host('example.net');
  await round();
  await round();
  const [paused, ...more] = events('acmePaused');
  assert.equal(paused?.problem, 'unreachable');
  assert.deepEqual(more, [], 'one try');
  clock.advance(301);
  await round();
  clock.advance(301);
  await round();
  assert.equal(events('acmePaused').length, 2, 'the pause grows');
  assert.deepEqual(events('certificateRefused'), []);
});

test('plain HTTP answers challenges alone and sends all others to HTTPS', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const { door, httpPort } = await openWorld(t, program);
  const ask = (path: string, { method = 'GET', host = 'openpgpkey.example.net' } = {}) =>
    new Promise<{ status: number | undefined; location: string | undefined }>((resolve, reject) => {
      const options = { port: httpPort, path, method, headers: { host }, agent: false };
      const sent = request(options, response => {
        response.resume();
        resolve({ status: response.statusCode, location: response.headers.location });
      });
      sent.once('error', reject);
      sent.end();
    });
  const moved = await ask('/.well-known/openpgpkey/example.net/policy?a=b');
  assert.equal(moved.status, 308);
  assert.equal(
    moved.location,
    `https://openpgpkey.example.net:${door.port}/.well-known/openpgpkey/example.net/policy?a=b`,
  );
  assert.equal((await ask('/.well-known/acme-challenge/unknown')).status, 404);
  assert.equal((await ask('/.well-known/acme-challenge/__proto__')).status, 404);
  assert.equal((await ask('/', { host: 'a b' })).status, 400);
  assert.equal((await ask('/', { method: 'POST' })).status, 405);
});

test('a door of its own process begins to order when it is ready', async t => {
  const program = await requirePebble(t);
  if (program === null) return;
  const resolver = `127.0.0.1:${await startAddressServer(t, new Map([['www.example.net', '127.0.0.1']]))}`;
  const httpPort = await freePort();
  const pebble = await startPebble(t, program, { resolver, httpPort });
  const config = await backend.prepare(t, {
    'web.tls': true,
    'acme.directory': pebble.directory,
    'acme.caFile': pebble.caFile,
    'acme.names': ['www.example.net'],
    'acme.httpPort': httpPort,
  });
  const { ports } = await startDoor(t, 'web', config);
  const shown = () =>
    shownCertificate(Number(ports.web), 'www.example.net', pebble.root).catch(() => undefined);
  // What is not there is looked up again after half a minute; the door that got it knows it at once.
  assert.equal((await poll('the certificate', shown, 60_000)).altNames, 'DNS:www.example.net');
});
