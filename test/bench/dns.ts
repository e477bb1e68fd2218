import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { removeFolder } from '../support/remove-folder.ts';
import { dnsperf, type Load, latency, load } from './dns/dnsperf.ts';
import {
  type BenchServer,
  makeZone,
  type ServerWish,
  startCoredns,
  startKnot,
  startNsd,
  startOurs,
} from './dns/servers.ts';
import { writeQueries } from './dns/zone-files.ts';

/**
 * Ours beside knotd, NSD and CoreDNS, each server on one core and dnsperf on the other, in rounds that take turns.
 * Other work on the machine takes from all of them: read the ratios, and those by CPU first. `BENCH_KEYS` (100,000),
 * `BENCH_KEY_OCTETS` (960: with its signature it still fits into one UDP answer), `BENCH_ROUNDS` (3), `BENCH_SECONDS`
 * (3, of one round), `BENCH_ONLY` (a word of a row's name).
 */
const keys = Number(env.BENCH_KEYS ?? 100_000);
const keyOctets = Number(env.BENCH_KEY_OCTETS ?? 960);
const rounds = Number(env.BENCH_ROUNDS ?? 3);
const seconds = Number(env.BENCH_SECONDS ?? 3);
const only = env.BENCH_ONLY ?? '';
const absentNames = 300_000;

interface Row {
  readonly name: string;
  readonly words: readonly string[];
  readonly isAbsent?: boolean;
}

const scenes: readonly { kind: ServerWish['kind']; rows: readonly Row[] }[] = [
  {
    kind: 'plain',
    rows: [
      { name: 'plain UDP', words: ['-e'] },
      { name: 'plain UDP NXDOMAIN', words: ['-e'], isAbsent: true },
      { name: 'plain TCP', words: ['-e', '-m', 'tcp'] },
    ],
  },
  {
    kind: 'presigned',
    rows: [
      { name: 'signed UDP', words: ['-D'] },
      { name: 'signed UDP NXDOMAIN', words: ['-D'], isAbsent: true },
      { name: 'signed TCP', words: ['-D', '-m', 'tcp'] },
    ],
  },
  {
    kind: 'online',
    rows: [
      { name: 'online UDP', words: ['-D'] },
      { name: 'online UDP NXDOMAIN', words: ['-D'], isAbsent: true },
      { name: 'online TCP NXDOMAIN', words: ['-D', '-m', 'tcp'], isAbsent: true },
    ],
  },
];

if (spawnSync('dnsperf', ['-h']).error) {
  console.log('dnsperf is not installed: nothing measured');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'bench-dns-'));
  try {
    await run(folder);
  } finally {
    removeFolder(folder);
  }
}

async function run(folder: string): Promise<void> {
  const files = { present: join(folder, 'present'), absent: join(folder, 'absent') };
  writeQueries(files.present, keys);
  writeQueries(files.absent, absentNames, 'absent');
  console.log(
    `${keys} keys of ${keyOctets} octets; median of ${rounds} rounds of ${seconds} s; queries/s (per second of CPU)`,
  );
  let port = 5310;
  for (const { kind, rows } of scenes) {
    if (!rows.some(({ name }) => name.includes(only))) continue;
    port += 10;
    // A zone that is signed as it is asked is a plain one on disk.
    const servers = await startAll({
      folder,
      port,
      zoneFile: join(folder, kind === 'presigned' ? 'presigned.zone' : 'plain.zone'),
      kind,
      keys,
      keyOctets,
    });
    try {
      tellStart(kind, servers);
      for (const row of rows.filter(({ name }) => name.includes(only))) await compare(row, servers, files);
      const ours = servers[0];
      if (ours) await tellLatency(ours, kind, files);
      tellMemory(servers);
    } finally {
      await Promise.all(servers.map(server => server.stop()));
    }
  }
}

async function startAll(wish: ServerWish): Promise<BenchServer[]> {
  if (!existsSync(wish.zoneFile)) makeZone(wish);
  const servers = [await startOurs(wish), await startKnot({ ...wish, port: wish.port + 1 })];
  if (wish.kind !== 'online') servers.push(await startNsd({ ...wish, port: wish.port + 2 }));
  const coredns = wish.kind === 'plain' ? await startCoredns({ ...wish, port: wish.port + 3 }) : null;
  if (coredns) servers.push(coredns);
  return servers;
}

async function compare(
  { name, words, isAbsent = false }: Row,
  servers: readonly BenchServer[],
  files: { present: string; absent: string },
): Promise<void> {
  const file = isAbsent ? files.absent : files.present;
  const found = new Map<string, Load[]>(servers.map(server => [server.name, []]));
  // The first round warms caches and compilers up.
  for (let round = 0; round <= rounds; round += 1)
    for (const server of servers) {
      const measured = await load(server, { file, seconds: round === 0 ? 1 : seconds, words });
      if (round > 0) found.get(server.name)?.push(measured);
    }
  const ours = found.get('ours') ?? [];
  const cells = [...found].map(([server, loads]) => {
    const [rate, byCpu] = [middle(loads, 'perSecond'), middle(loads, 'perCpuSecond')];
    const ratio =
      server === 'ours'
        ? ''
        : ` ours ${(middle(ours, 'perSecond') / rate).toFixed(2)}x, ${(middle(ours, 'perCpuSecond') / byCpu).toFixed(2)}x`;
    const lost = loads.reduce((sum, one) => sum + one.lost, 0);
    return `${server} ${Math.round(rate)} (${Math.round(byCpu)})${ratio}${lost > 0 ? ` lost ${lost}` : ''}`;
  });
  console.log(`${name.padEnd(21)} ${cells.join('; ')}`);
}

function middle(loads: readonly Load[], key: keyof Load): number {
  const sorted = loads.map(one => one[key]).sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

async function tellLatency(
  { port }: BenchServer,
  kind: string,
  { present, absent }: { present: string; absent: string },
): Promise<void> {
  const wish = { file: present, seconds: seconds + 1, words: ['-D'] };
  const calm = await latency(port, { ...wish, perSecond: 2000 });
  console.log(`${kind}, 2,000 queries/s: median ${calm.median.toFixed(3)} ms, p99 ${calm.p99.toFixed(3)} ms`);
  const flood = dnsperf(port, ['-d', absent, '-l', String(seconds + 2), '-D', '-c', '20', '-q', '400']);
  const during = await latency(port, { ...wish, perSecond: 500 });
  await flood;
  console.log(
    `${kind}, a flood of names that nobody has: keys median ${during.median.toFixed(2)} ms, ` +
      `p99 ${during.p99.toFixed(2)} ms, lost ${during.lost}`,
  );
}

function tellStart(kind: string, servers: readonly BenchServer[]): void {
  const all = servers.map(({ name, startMilliseconds }) => `${name} ${Math.round(startMilliseconds)} ms`);
  console.log(`${kind}, from start to the first answer: ${all.join(', ')}`);
}

function tellMemory(servers: readonly BenchServer[]): void {
  console.log(
    `memory: ${servers.map(server => `${server.name} ${Math.round(server.megabytes())} MB`).join(', ')}`,
  );
}
