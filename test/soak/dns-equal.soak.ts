import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseName } from '../../dns-keys/name.ts';
import { rrTypes } from '../../dns-keys/rr/table.ts';
import { freePort } from '../support/acme/pebble.ts';
import { sqliteBackend } from '../support/backend.ts';
import { fillKeys } from '../support/dns/secondaries/fill.ts';
import { startKnotSecondary } from '../support/dns/secondaries/knot.ts';
import type { NameServer } from '../support/dns/secondaries/name-server.ts';
import { startNamedSecondary } from '../support/dns/secondaries/named.ts';
import { openPrimary } from '../support/dns/secondaries/primary.ts';
import { differences, openAskStream, randomQuestions } from '../support/dns/secondaries/same-answers.ts';
import { poll } from '../support/poll.ts';
import { openRandom } from '../support/random.ts';
import { requireService } from '../support/services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { parameter, seed, tell } from './parameters.ts';

const questions = parameter('SOAK_QUESTIONS', 10_000);
const members = parameter('SOAK_MEMBERS', 5000);
const keys = 300;
const zone = '_openpgpkey.alpha.example.';
const catalog = 'catalog.host.example.';

test('ours and knotd with the zone that it fetched say the same to thousands of questions', async t => {
  if (!requireService(t, 'kdig') || !requireService(t, 'knot')) return;
  const port = await freePort();
  const primary = await openPrimary(t, { on: sqliteBackend, secondaryPorts: [port] });
  await fillKeys(primary.parts.store, ['alpha.example'], { keys });
  await primary.serve();
  const serial = await primary.serialAfter(zone, null);
  const folder = temporaryFolder(t);
  const knot = await startKnotSecondary(t, { folder, port, primaryPort: primary.port, zones: [zone] });
  await knot.has(zone, serial);
  const streams = [await openAskStream(primary.port), await openAskStream(port)] as const;
  const localParts = Array.from({ length: keys }, (_, n) => `k${n}`);
  const asked = randomQuestions(zone, localParts, openRandom(seed)).take(questions);
  const found = await differences(asked, streams);
  for (const stream of streams) stream.close();
  tell({ equal: { questions, seed, differences: found.length } });
  assert.deepEqual(found.slice(0, 5), []);
});

const starters = { knot: startKnotSecondary, bind9: startNamedSecondary } as const;

test('knotd and named take thousands of member zones from the catalog, and drop one that goes', async t => {
  if (!requireService(t, 'kdig')) return;
  const services = ['knot', 'bind9'] as const;
  if (!services.every(service => requireService(t, service))) return;
  const ports = { knot: await freePort(), bind9: await freePort() };
  const primary = await openPrimary(t, {
    on: sqliteBackend,
    secondaryPorts: Object.values(ports),
    settings: { 'dns.catalog': catalog.slice(0, -1), 'sqlite.shards': 4 },
  });
  const domains = Array.from({ length: members }, (_, n) => `m${n}.example`);
  await fillKeys(primary.parts.store, domains, { keys: 1 });
  await primary.parts.store.addDomain('late.example');
  const start = performance.now();
  await primary.serve();
  const ready = performance.now();
  const zones = [...domains, 'late.example'].map(domain => `_openpgpkey.${domain}.`);
  const took = { ready: ready - start, knot: 0, bind9: 0, gone: 0 };
  const servers: NameServer[] = [];
  for (const service of services) {
    const began = performance.now();
    const server = await startMember(t, service, { port: ports[service], primaryPort: primary.port });
    await allThere(server, zones);
    took[service] = performance.now() - began;
    servers.push(server);
  }
  await primary.caliopen('domain', 'remove', 'late.example');
  const removed = performance.now();
  for (const server of servers) await server.has('_openpgpkey.late.example.', null);
  took.gone = performance.now() - removed;
  const rounded = Object.entries(took).map(([word, milliseconds]) => [word, Math.round(milliseconds)]);
  tell({ catalog: { members, milliseconds: Object.fromEntries(rounded) } });
  for (const server of servers) assert.notEqual(await server.serialOf('_openpgpkey.m0.example.'), null);
});

function startMember(
  t: TestContext,
  service: keyof typeof starters,
  ports: { port: number; primaryPort: number },
): Promise<NameServer> {
  const folder = join(temporaryFolder(t), service);
  mkdirSync(folder);
  return starters[service](t, { folder, ...ports, zones: [], catalog });
}

/** Waits until each zone is there, which the server is asked over one connection. */
async function allThere({ port }: NameServer, zones: readonly string[]): Promise<void> {
  const missing = new Set(zones);
  await poll(
    `${zones.length} zones on port ${port}`,
    async () => {
      const stream = await openAskStream(port).catch(() => null);
      if (stream === null) return undefined;
      for (const name of missing) {
        const { answers } = await stream.ask({ name: parseName(name), type: rrTypes.SOA });
        if (answers.length === 0) break;
        missing.delete(name);
      }
      stream.close();
      return missing.size === 0 || undefined;
    },
    600_000,
  );
}
