import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { type TestContext, test } from 'node:test';
import { exchangeOverTcp } from '../../dns-keys/ask/tcp-exchange.ts';
import { nameAfter } from '../../dns-keys/dnssec/compact-denial.ts';
import { classes, newMessage, parseMessage, rcodes, writeMessage } from '../../dns-keys/message.ts';
import { childName, equalNames, nameText, parseName } from '../../dns-keys/name.ts';
import type { NsecData } from '../../dns-keys/rr/nsec.ts';
import { decodeData, encodeData, rrTypes } from '../../dns-keys/rr/table.ts';
import type { TsigData } from '../../dns-keys/rr/tsig.ts';
import { readTsigKey, type TsigKey, tsigErrors } from '../../dns-keys/transfer/tsig.ts';
import { signRequest } from '../../dns-keys/transfer/tsig-client.ts';
import { freePort } from '../support/acme/pebble.ts';
import { backend } from '../support/backend.ts';
import { fetchZone, kdig, sortedRecords } from '../support/dns/secondaries/ask.ts';
import { fillKeys } from '../support/dns/secondaries/fill.ts';
import { startKnotSecondary } from '../support/dns/secondaries/knot.ts';
import {
  type NameServer,
  type SecondarySettings,
  transferKey,
  transferKeyText,
} from '../support/dns/secondaries/name-server.ts';
import { startNamedSecondary } from '../support/dns/secondaries/named.ts';
import { startNsdSecondary } from '../support/dns/secondaries/nsd.ts';
import { openPrimary, type Primary } from '../support/dns/secondaries/primary.ts';
import { differences, openAskStream, randomQuestions } from '../support/dns/secondaries/same-answers.ts';
import { runZoneCheck, zoneChecks } from '../support/dns/secondaries/zone-checks.ts';
import type { DoorProcess } from '../support/door-process.ts';
import { poll } from '../support/poll.ts';
import { openRandom, seedOfRun } from '../support/random.ts';
import { requireService } from '../support/services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const zone = '_openpgpkey.alpha.example.';
const catalog = 'catalog.host.example.';

const starters = {
  knot: startKnotSecondary,
  bind9: startNamedSecondary,
  nsd: startNsdSecondary,
} as const;
type Service = keyof typeof starters;

/** What each says of a change that it fetched; NSD tells the kind of a transfer by its size alone. */
const incremental: Readonly<Record<Service, RegExp>> = {
  knot: /\] IXFR, incoming, .* finished/,
  bind9: /got incremental response/,
  nsd: /received update to serial .* of \d{3,4} bytes/,
};

/** Our door and these servers of others beside it, each on a port of its own. */
interface Scene {
  readonly primary: Primary;
  start(service: Service, settings?: Partial<SecondarySettings>): Promise<NameServer>;
}

async function openScene(
  t: TestContext,
  services: readonly Service[],
  settings: Parameters<typeof openPrimary>[1]['settings'] = {},
): Promise<Scene | null> {
  if (!requireService(t, 'kdig')) return null;
  if (!services.every(service => requireService(t, service))) return null;
  const ports = new Map<Service, number>();
  for (const service of services) ports.set(service, await freePort());
  const primary = await openPrimary(t, { on: backend, secondaryPorts: [...ports.values()], settings });
  const top = temporaryFolder(t);
  return {
    primary,
    start(service, more = {}) {
      const folder = join(top, service);
      mkdirSync(folder, { recursive: true });
      const port = ports.get(service) ?? 0;
      return starters[service](t, { folder, port, primaryPort: primary.port, zones: [zone], ...more });
    },
  };
}

/** Kinds of the transfers that our door has told of from line `start` on. */
function transfersSince({ log }: DoorProcess, start: number): string[] {
  const rows = log.slice(start).map(line => JSON.parse(line) as Record<string, unknown>);
  return rows.filter(({ event }) => event === 'zoneTransferred').map(({ kind }) => String(kind));
}

/** Does something to the zone and gives the milliseconds until each of the servers had it. */
async function follow(
  primary: Primary,
  servers: readonly NameServer[],
  act: () => Promise<unknown>,
): Promise<number[]> {
  const before = await primary.serialOf(zone);
  await act();
  const began = performance.now();
  const serial = await primary.serialAfter(zone, before);
  return Promise.all(
    servers.map(async server => {
      await server.has(zone, serial);
      return performance.now() - began;
    }),
  );
}

async function assertSame(primary: Primary, server: NameServer): Promise<string> {
  const [ours, theirs] = [
    await fetchZone(primary.port, zone, transferKeyText),
    await fetchZone(server.port, zone),
  ];
  assert.deepEqual(sortedRecords(theirs), sortedRecords(ours));
  return theirs;
}

test('knotd, named and nsd fetch a zone, then by IXFR what is published and taken back, restarts of ours or not', async t => {
  const services = ['knot', 'bind9', 'nsd'] as const;
  const scene = await openScene(t, services);
  if (scene === null) return;
  const { primary } = scene;
  await fillKeys(primary.parts.store, ['alpha.example'], { keys: 30 });
  await primary.addAccount('zoe@alpha.example');
  await primary.caliopen('keys', 'generate', 'zoe@alpha.example', '--custody', 'server');
  let door = await primary.serve();
  const first = await primary.serialAfter(zone, null);
  const servers = await Promise.all(services.map(service => scene.start(service)));
  for (const server of servers) await server.has(zone, first);
  assert.deepEqual(transfersSince(door, 0), ['axfr', 'axfr', 'axfr']);

  const waits: number[][] = [];
  for (const words of [
    ['publish', 'zoe@alpha.example'],
    ['unpublish', 'zoe@alpha.example'],
    ['unpublish', 'k3@alpha.example'],
  ]) {
    const [line, lines] = [door.log.length, servers.map(({ log }) => log.length)];
    waits.push(await follow(primary, servers, () => primary.caliopen('keys', ...words)));
    for (const [index, service] of services.entries())
      await servers[index]?.said(incremental[service], lines[index]);
    assert.deepEqual(transfersSince(door, line), ['ixfr', 'ixfr', 'ixfr']);
  }
  // Others use the machine, too: what is slow by itself is slow each time.
  for (const [index, service] of services.entries())
    assert.ok(
      waits.some(each => (each[index] ?? Infinity) < 2000),
      `${service}: ${JSON.stringify(waits)}`,
    );
  for (const server of servers) await assertSame(primary, server);

  // What is published while nobody tells of it is told at the start.
  await door.stop();
  const before = await servers[0]?.serialOf(zone);
  await primary.caliopen('keys', 'unpublish', 'k5@alpha.example');
  door = await primary.serve();
  const serial = await primary.serialAfter(zone, before ?? null);
  for (const server of servers) await server.has(zone, serial);
  assert.deepEqual(transfersSince(door, 0), ['ixfr', 'ixfr', 'ixfr']);
  const line = door.log.length;
  await follow(primary, servers, () => primary.caliopen('keys', 'publish', 'zoe@alpha.example'));
  assert.deepEqual(transfersSince(door, line), ['ixfr', 'ixfr', 'ixfr']);
  for (const server of servers) await assertSame(primary, server);
});

test('secondaries follow a key roll, and a zone that is signed online for a while', async t => {
  const services = ['knot', 'bind9', 'nsd'] as const;
  const scene = await openScene(t, services);
  if (scene === null || !requireService(t, 'bind9Utils')) return;
  const { primary } = scene;
  await fillKeys(primary.parts.store, ['alpha.example'], { keys: 5 });
  await primary.serve();
  const first = await primary.serialAfter(zone, null);
  const servers = await Promise.all(services.map(service => scene.start(service)));
  for (const server of servers) await server.has(zone, first);
  const domainDns = (...words: string[]) =>
    primary.caliopen('domain', 'dns', 'alpha.example', '--no-check', ...words);

  await follow(primary, servers, () => domainDns('--roll', 'zsk'));
  for (const server of servers) {
    const text = await assertSame(primary, server);
    assert.equal(text.match(/\sDNSKEY\s+25[67] 3 13 /g)?.length, 3);
    await assertValid(t, text);
  }

  const last = await primary.serialOf(zone);
  await domainDns('--mode', 'online');
  const refused = () => kdig(primary.port, '-y', transferKeyText, zone, 'AXFR');
  await poll('no more transfers', async () => (await refused()).includes('REFUSED') || undefined);
  for (const server of servers) assert.equal(await server.serialOf(zone), last);
  // The serial of a zone signed online is a time: it may be what the next presigned version has.
  await domainDns('--mode', 'presigned');
  await poll('transfers again', async () => !(await refused()).includes('REFUSED') || undefined);
  const next = await primary.serialOf(zone);
  for (const server of servers) await server.has(zone, next);
  for (const server of servers) await assertValid(t, await assertSame(primary, server));
});

async function assertValid(t: TestContext, text: string): Promise<void> {
  const file = join(temporaryFolder(t), 'zone');
  writeFileSync(file, text);
  for (const check of zoneChecks.filter(({ program }) => program === 'dnssec-verify')) {
    const { code, text: said } = await runZoneCheck(check, zone, file);
    assert.equal(code, 0, said);
  }
}

test('a wrong key gets the word that it is wrong, and nothing else', async t => {
  const scene = await openScene(t, ['knot']);
  if (scene === null) return;
  const { primary } = scene;
  await fillKeys(primary.parts.store, ['alpha.example'], { keys: 2 });
  await primary.serve();
  const serial = await primary.serialAfter(zone, null);
  const wrongSecret = Buffer.from('this is not what we agreed upon.').toString('base64');
  const { name, algorithm } = transferKey;
  const keys = {
    BADSIG: readTsigKey(`${algorithm}:${name}:${wrongSecret}`),
    BADKEY: readTsigKey(`${algorithm}:other.example:${transferKey.secret}`),
  };
  for (const [error, key] of Object.entries(keys)) {
    for (const type of [rrTypes.AXFR, rrTypes.IXFR, rrTypes.SOA])
      assert.deepEqual(await answerTo(primary, { type, key }), {
        ...{ rcode: rcodes.NOTAUTH, answers: [], authorities: [] },
        // Not signed, as there is nothing to sign with (RFC 8945 §5.3.2).
        tsig: { error: error === 'BADSIG' ? tsigErrors.badSignature : tsigErrors.badKey, macOctets: 0 },
      });
  }
  const unsigned = await answerTo(primary, { type: rrTypes.AXFR, key: null });
  assert.deepEqual(unsigned, { rcode: rcodes.REFUSED, answers: [], authorities: [], tsig: null });

  const mistaken = await scene.start('knot', { secret: wrongSecret });
  await mistaken.said(/refresh, remote .* failed \(failed to verify TSIG\)/);
  assert.equal(await mistaken.serialOf(zone), null);
  await mistaken.stop();
  const sound = await scene.start('knot');
  await sound.has(zone, serial);
});

/** What comes back for one question, as far as it matters here. */
async function answerTo({ port }: Primary, { type, key }: { type: number; key: TsigKey | null }) {
  const name = parseName(zone);
  const soa = { primary: name, mailbox: name, serial: 1, refreshSeconds: 1, retrySeconds: 1 };
  const rdata = encodeData(rrTypes.SOA, { ...soa, expireSeconds: 1, minimumSeconds: 1 });
  const plain = writeMessage(
    newMessage({
      id: 4711,
      questions: [{ name, type, class: classes.IN }],
      authorities:
        type === rrTypes.IXFR ? [{ name, type: rrTypes.SOA, class: classes.IN, ttlSeconds: 0, rdata }] : [],
    }),
  );
  const now = Math.floor(Date.now() / 1000);
  const sent = key ? signRequest(plain, key, now).octets : plain;
  const answer = parseMessage(await exchangeOverTcp(sent, { address: '127.0.0.1', port }));
  assert.equal(answer.id, 4711);
  const found = answer.additionals.find(record => record.type === rrTypes.TSIG);
  const { error, mac } = found ? (decodeData(rrTypes.TSIG, found.rdata) as TsigData) : {};
  const { rcode, answers, authorities } = answer;
  return { rcode, answers, authorities, tsig: found ? { error, macOctets: mac?.length } : null };
}

test('knotd and named take all member zones from the catalog, and drop those of a domain that goes', async t => {
  const services = ['knot', 'bind9'] as const;
  const scene = await openScene(t, services, { 'dns.catalog': catalog.slice(0, -1) });
  if (scene === null) return;
  const { primary } = scene;
  const domains = Array.from({ length: 50 }, (_, n) => `m${n}.example`);
  await fillKeys(primary.parts.store, domains, { keys: 1 });
  await primary.serve();
  const servers = await Promise.all(services.map(service => scene.start(service, { zones: [], catalog })));
  const zoneOf = (domain: string) => `_openpgpkey.${domain}.`;
  const follows = async (domain: string, isThere: boolean) => {
    const serial = isThere ? await primary.serialOf(zoneOf(domain)) : null;
    for (const server of servers) await server.has(zoneOf(domain), serial);
  };
  for (const domain of domains) await follows(domain, true);

  await primary.caliopen('domain', 'add', 'late.example');
  await primary.serialAfter(zoneOf('late.example'), null);
  await follows('late.example', true);
  await primary.caliopen('domain', 'remove', 'late.example');
  await poll('ours to be gone', async () =>
    (await primary.serialOf(zoneOf('late.example'))) === null ? true : undefined,
  );
  await follows('late.example', false);
  for (const domain of ['m0.example', 'm49.example']) await follows(domain, true);
  await primary.caliopen('domain', 'add', 'late.example');
  await primary.serialAfter(zoneOf('late.example'), null);
  await follows('late.example', true);

  const online = () => primary.caliopen('domain', 'dns', 'm1.example', '--no-check', '--mode', 'online');
  await online();
  await follows('m1.example', false);
});

test('ours and knotd with the zone that it fetched say the same to any question', async t => {
  const scene = await openScene(t, ['knot']);
  if (scene === null) return;
  const { primary } = scene;
  const keys = 20;
  await fillKeys(primary.parts.store, ['alpha.example'], { keys });
  await primary.serve();
  const serial = await primary.serialAfter(zone, null);
  const knot = await scene.start('knot');
  await knot.has(zone, serial);
  const streams = [await openAskStream(primary.port), await openAskStream(knot.port)] as const;
  const localParts = Array.from({ length: keys }, (_, n) => `k${n}`);
  const random = openRandom(seedOfRun(env.CALIOPEN_TEST_SEED));
  const found = await differences(randomQuestions(zone, localParts, random).take(500), streams);
  for (const stream of streams) stream.close();
  assert.deepEqual(found.slice(0, 3), [], `seed ${random.seed}`);
});

test('who walks a zone signed online by its NSEC finds no name but those that were asked for', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t, { on: backend, settings: { 'dns.signing': 'online' } });
  await fillKeys(primary.parts.store, ['alpha.example'], { keys: 20 });
  await primary.serve();
  await primary.serialAfter(zone, null);
  const stream = await openAskStream(primary.port);
  const apex = parseName(zone);
  const owners = Array.from({ length: 20 }, (_, n) => hash('sha256', `k${n}`).slice(0, 56));
  const beginnings = ['0', '8', 'f', owners[3] ?? ''].map(label => childName(label, apex));
  for (const beginning of [apex, ...beginnings]) {
    let name = beginning;
    for (let step = 0; step < 60; step += 1) {
      const { answers, authorities } = await stream.ask({ name, type: rrTypes.NSEC });
      const nsecs = [...answers, ...authorities].filter(({ type }) => type === rrTypes.NSEC);
      assert.equal(nsecs.length, 1);
      const [nsec] = nsecs;
      assert.ok(nsec && equalNames(nsec.name, name));
      const { next } = decodeData(rrTypes.NSEC, nsec.rdata) as NsecData;
      const told = nameText(next);
      // What it leads to is the least name behind the one asked for, and not one that is there.
      assert.ok(equalNames(next, nameAfter(name, apex)), told);
      if (!owners.some(owner => nameText(name).includes(owner)))
        assert.ok(!owners.some(owner => told.includes(owner)), told);
      name = next;
    }
  }
  stream.close();
});
