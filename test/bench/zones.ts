import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { openLog } from '../../delivery/log.ts';
import { openParts } from '../../delivery/open.ts';
import { nameText } from '../../dns-keys/name.ts';
import { keyZone, publishedOwnerNames } from '../../dns-keys/owner-name.ts';
import { recordsOfPublished } from '../../dns-keys/published-records.ts';
import { dataText, rrTypes, typeName } from '../../dns-keys/rr/table.ts';
import { freePort } from '../support/acme/pebble.ts';
import { fillKeys } from '../support/dns/secondaries/fill.ts';
import { startNameServer } from '../support/dns/secondaries/name-server.ts';
import { openAskStream } from '../support/dns/secondaries/same-answers.ts';
import { configOn, startDoor } from '../support/door-process.ts';
import { poll } from '../support/poll.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { findService } from '../support/services.ts';
import { cpuSecondsOf } from './deliver/processes.ts';

/**
 * How long it takes until many zones are signed for the first time: ours from a store with that many domains, knotd
 * from as many unsigned zone files with the same records; then a start of ours with what it has signed. ECDSA P-256,
 * two keys, NSEC3. In rounds that take turns: read the ratios. `BENCH_ZONES` (5,000), `BENCH_KEYS` (5 in each),
 * `BENCH_ROUNDS` (1).
 */
const zones = Number(env.BENCH_ZONES ?? 5000);
const keys = Number(env.BENCH_KEYS ?? 5);
const rounds = Number(env.BENCH_ROUNDS ?? 1);

/** What is to be ended and removed, as tests have it. */
interface Endings {
  after(ending: () => unknown): void;
}

async function withEndings<T>(work: (endings: Endings) => Promise<T>): Promise<T> {
  const list: (() => unknown)[] = [];
  try {
    return await work({ after: ending => list.push(ending) });
  } finally {
    for (const ending of list.reverse()) await ending();
  }
}

interface Signed {
  readonly seconds: number;
  /** Of the server's process. */
  readonly cpuSeconds: number;
}

const domains = Array.from({ length: zones }, (_, n) => `m${n}.example`);
const apexes = domains.map(domain => keyZone(domain));

/** Waits until each zone gives a signed SOA. */
async function allSigned(port: number): Promise<void> {
  const missing = new Set(apexes);
  await poll(
    'all zones to be signed',
    async () => {
      const stream = await openAskStream(port).catch(() => null);
      if (stream === null) return undefined;
      for (const name of missing) {
        const { answers } = await stream.ask({ name, type: rrTypes.SOA });
        if (!answers.some(({ type }) => type === rrTypes.RRSIG)) break;
        missing.delete(name);
      }
      stream.close();
      return missing.size === 0 || undefined;
    },
    900_000,
  );
}

async function startOurs(endings: Endings, data: string): Promise<Signed> {
  const config = configOn(data, {
    'dns.port': await freePort(),
    'dns.signing': 'presigned',
    'dns.nameservers': ['ns1.host.example'],
    'dns.rateLimit': 0,
    'dns.checkHours': 0,
    'sqlite.shards': 4,
  });
  const began = performance.now();
  const door = await startDoor(endings, 'dns', config);
  await allSigned(config['dns.port']);
  const seconds = (performance.now() - began) / 1000;
  const cpuSeconds = cpuSecondsOf([door.process.pid ?? 0]);
  return { seconds, cpuSeconds };
}

async function startKnot(endings: Endings, records: string): Promise<Signed> {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-bench-'));
  endings.after(() => removeFolder(folder));
  mkdirSync(join(folder, 'zones'));
  for (const domain of domains) {
    const apex = nameText(keyZone(domain));
    writeFileSync(join(folder, 'zones', `${apex}zone`), `$ORIGIN ${apex}\n${records}`);
  }
  const port = await freePort();
  const file = join(folder, 'knot.conf');
  writeFileSync(file, knotSettings(folder, port));
  const began = performance.now();
  const server = await startNameServer(endings, port, [findService('knot') ?? 'knotd', '-c', file]);
  await allSigned(port);
  const seconds = (performance.now() - began) / 1000;
  const pid = Number(server.log.join('\n').match(/PID (\d+)/)?.[1] ?? 0);
  const cpuSeconds = cpuSecondsOf([pid]);
  return { seconds, cpuSeconds };
}

function knotSettings(folder: string, port: number): string {
  const lines = domains.map(domain => `  - domain: ${nameText(keyZone(domain))}\n`);
  return `
server:
  rundir: "${folder}"
  listen: 127.0.0.1@${port}
log:
  - target: stdout
    server: info
    zone: error
database:
  storage: "${folder}"
  journal-db-max-size: 2G
  kasp-db-max-size: 500M
policy:
  - id: signed
    algorithm: ecdsap256sha256
    nsec3: on
    nsec3-iterations: 0
    nsec3-salt-length: 0
    cds-cdnskey-publish: always
template:
  - id: default
    storage: "${folder}/zones"
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: all
    dnssec-signing: on
    dnssec-policy: signed
zone:
${lines.join('')}`;
}

/** A store with all domains and keys, and the records of one zone for a zone file of Knot's. */
async function fill(data: string): Promise<string> {
  const parts = await openParts(configOn(data, { 'sqlite.shards': 4 }), { log: openLog('error') });
  try {
    await fillKeys(parts.store, domains, { keys });
    const { items } = await parts.store.listPublishedKeys({ domain: domains[0] ?? '' });
    const lines = items.flatMap(key => {
      const apex = keyZone(key.domain);
      const { type, rdatas } = recordsOfPublished(key);
      const [owner] = publishedOwnerNames(key.localPart, apex);
      const label = nameText(owner ?? apex).split('.')[0];
      return rdatas.map(rdata => `${label} 3600 ${typeName(type)} ${dataText(type, rdata)}\n`);
    });
    const soa = '@ 3600 SOA ns1.host.example. hostmaster.host.example. 1 3600 600 432000 900\n';
    return `${soa}@ 3600 NS ns1.host.example.\n${lines.join('')}`;
  } finally {
    await parts.close();
  }
}

function tell(round: number, name: string, { seconds, cpuSeconds }: Signed, ratio: number | null): void {
  const cells = [seconds.toFixed(1), cpuSeconds.toFixed(1), ratio === null ? '-' : ratio.toFixed(2)];
  console.log([round, name, ...cells].join(' | '));
}

console.log(`${zones} zones with ${keys} keys each, until all are signed and answered for`);
console.log('round | server | seconds | CPU s | x knotd');
for (let round = 1; round <= rounds; round += 1) {
  const data = mkdtempSync(join(tmpdir(), 'caliopen-bench-'));
  try {
    const records = await fill(data);
    const knot = await withEndings(endings => startKnot(endings, records));
    tell(round, 'knotd', knot, null);
    const ours = await withEndings(endings => startOurs(endings, data));
    tell(round, 'ours', ours, ours.seconds / knot.seconds);
    const again = await withEndings(endings => startOurs(endings, data));
    tell(round, 'ours, started again', again, again.seconds / knot.seconds);
  } finally {
    removeFolder(data);
  }
}
