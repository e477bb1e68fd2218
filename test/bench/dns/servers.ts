import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { apexText } from './zone-files.ts';

/** The core that servers run on; dnsperf runs on another. */
const serverCore = '1';
const ticksPerSecond = 100;

export interface BenchServer {
  readonly name: string;
  readonly port: number;
  /** Seconds of CPU that it has used. */
  cpuSeconds(): number;
  /** Resident memory. */
  megabytes(): number;
  /** From start to the first answer. */
  readonly startMilliseconds: number;
  stop(): Promise<void>;
}

export interface ServerWish {
  readonly folder: string;
  readonly port: number;
  readonly zoneFile: string;
  /** For ours alone. */
  readonly kind: 'plain' | 'online' | 'presigned';
  readonly keys: number;
  readonly keyOctets: number;
}

/** Makes the zone's files. */
export function makeZone({ kind, keys, keyOctets, zoneFile }: ServerWish): void {
  const script = join(import.meta.dirname, 'make-zone.ts');
  const words = [script, kind, String(keys), String(keyOctets), zoneFile, `${zoneFile}.sets`];
  const { status } = spawnSync(execPath, words, { stdio: 'inherit' });
  if (status !== 0) throw new Error('the zone was not made');
}

export function startOurs(wish: ServerWish): Promise<BenchServer> {
  const script = join(import.meta.dirname, 'ours.ts');
  // As the command starts it.
  const words = [execPath, '--max-semi-space-size=4', script];
  return start('ours', [...words, wish.kind, String(wish.port), `${wish.zoneFile}.sets`], wish);
}

export function startKnot(wish: ServerWish): Promise<BenchServer> {
  const folder = subfolder(wish, 'knot');
  const module = wish.kind === 'online' ? '    module: mod-onlinesign/bench\n' : '';
  const signing =
    wish.kind === 'online'
      ? 'policy:\n  - id: bench\n    algorithm: ECDSAP256SHA256\n    single-type-signing: on\n    manual: off\nmod-onlinesign:\n  - id: bench\n    policy: bench\n'
      : '';
  writeFileSync(
    join(folder, 'knot.conf'),
    `server:\n  rundir: ${folder}\n  listen: 127.0.0.1@${wish.port}\n  udp-workers: 1\n  tcp-workers: 1\n` +
      `  background-workers: 1\n  tcp-max-clients: 1000\ndatabase:\n  storage: ${folder}\n${signing}` +
      `zone:\n  - domain: ${apexText}\n    file: ${wish.zoneFile}\n    zonefile-sync: -1\n    journal-content: none\n${module}`,
  );
  return start('knotd', ['knotd', '-c', join(folder, 'knot.conf')], wish);
}

export function startNsd(wish: ServerWish): Promise<BenchServer> {
  const folder = subfolder(wish, 'nsd');
  writeFileSync(
    join(folder, 'nsd.conf'),
    `server:\n  ip-address: 127.0.0.1@${wish.port}\n  server-count: 1\n  username: ""\n  chroot: ""\n  zonesdir: ${folder}\n` +
      `  pidfile: ${folder}/nsd.pid\n  xfrdfile: ${folder}/xfrd.state\n  xfrdir: ${folder}\n  zonelistfile: ${folder}/zones\n  database: ""\n  rrl-ratelimit: 0\n  rrl-whitelist-ratelimit: 0\n` +
      `  tcp-count: 500\nremote-control:\n  control-enable: no\nzone:\n  name: ${apexText}\n  zonefile: ${wish.zoneFile}\n`,
  );
  return start('nsd', ['nsd', '-d', '-c', join(folder, 'nsd.conf')], wish);
}

/** Null where CoreDNS can't be had. */
export async function startCoredns(wish: ServerWish): Promise<BenchServer | null> {
  const program = corednsProgram();
  if (program === null) return null;
  const folder = subfolder(wish, 'coredns');
  const file = join(folder, 'Corefile');
  writeFileSync(
    file,
    `${apexText}:${wish.port} {\n  bind 127.0.0.1\n  file ${wish.zoneFile} {\n    reload 0\n  }\n}\n`,
  );
  return start('CoreDNS', [program, '-conf', file], wish);
}

const coredns = 'github.com/coredns/coredns@v1.10.1';

/** CoreDNS, built once and kept; null with a line saying why where that can't be done. */
function corednsProgram(): string | null {
  const folder = process.env.BENCH_COREDNS ?? join(homedir(), '.cache', 'caliopen-bench');
  const program = join(folder, 'coredns');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const build = spawnSync('go', ['install', coredns], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-p=1' },
    encoding: 'utf8',
    timeout: 1_200_000,
  });
  if (build.status === 0) return program;
  console.log(`without CoreDNS: ${build.error?.message ?? build.stderr.trim().split('\n').at(-1)}`);
  return null;
}

function subfolder({ folder, kind }: ServerWish, name: string): string {
  const path = join(folder, `${name}-${kind}`);
  mkdirSync(path, { recursive: true });
  return path;
}

async function start(name: string, command: readonly string[], { port }: ServerWish): Promise<BenchServer> {
  const began = performance.now();
  const child = spawn('taskset', ['-c', serverCore, ...command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', line => lines.push(line));
  await answers(child, { port, name, lines });
  const startMilliseconds = performance.now() - began;
  return {
    name,
    port,
    startMilliseconds,
    cpuSeconds: () =>
      sum(groupStats(child.pid ?? 0).map(fields => Number(fields[11]) + Number(fields[12]))) / ticksPerSecond,
    // Pages of 4 kB.
    megabytes: () => (sum(groupStats(child.pid ?? 0).map(fields => Number(fields[21]))) * 4096) / 1e6,
    async stop() {
      if (child.exitCode !== null) return;
      const gone = new Promise(resolve => child.once('exit', resolve));
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      await Promise.race([gone, wait(5000).then(() => process.kill(-(child.pid ?? 0), 'SIGKILL'))]);
    },
  };
}

async function answers(
  child: ChildProcess,
  { port, name, lines }: { port: number; name: string; lines: readonly string[] },
): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${lines.slice(-5).join('\n')}`);
    const words = ['@127.0.0.1', '-p', String(port), '+retry=0', '+time=1', apexText, 'SOA'];
    if (spawnSync('kdig', words, { encoding: 'utf8' }).stdout.includes('NOERROR')) return;
    await wait(200);
  }
  throw new Error(`${name} does not answer: ${lines.slice(-5).join('\n')}`);
}

/** The fields behind its name of `/proc/PID/stat` of each process of the group. */
function groupStats(group: number): string[][] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .flatMap(pid => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return Number(fields[2]) === group ? [fields] : [];
      } catch {
        // Gone meanwhile.
        return [];
      }
    });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
