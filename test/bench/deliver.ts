import { availableParallelism } from 'node:os';
import { env } from 'node:process';
import { canStartNodes, startNodes } from './cassandra/nodes.ts';
import { startBareHaraka } from './deliver/bare-haraka.ts';
import { startCaliopen } from './deliver/caliopen.ts';
import { startChain } from './deliver/chain.ts';
import { type LoadMessage, percentile, sendLoad } from './deliver/load.ts';
import { madeUpMessages, message, realMessages } from './deliver/messages.ts';
import { cpuSecondsOf, residentOctetsOf } from './deliver/processes.ts';
import { signMessages, startBenchResolver } from './deliver/signing.ts';
import { type Stock, takeStock, writtenBetween } from './deliver/stock.ts';
import type { BenchSubject } from './deliver/subject.ts';

/**
 * How fast mail is taken: messages/s until all of it is in its last place, p50 and p99 from the final dot to the
 * reply, CPU seconds per 1,000 messages, what each message makes the processes write, memory. Every row is the median
 * of interleaved rounds, so read the ratios. Of a cluster the nodes are counted apart: CPU of all together, kB by node.
 * `BENCH_ROUNDS`, `BENCH_MESSAGES` (per block), `BENCH_SUBJECTS` (words of `starters`), `BENCH_LOADS`,
 * `CALIOPEN_REAL_MAIL` (folder).
 */
const rounds = Number(env.BENCH_ROUNDS ?? 3);
const perBlock = Number(env.BENCH_MESSAGES ?? 600);

interface Load {
  readonly name: string;
  readonly connections: number;
  readonly pipelined: boolean;
  readonly make: (count: number) => LoadMessage[];
}

interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly nodesCpu: number;
  readonly taken: number;
  readonly refused: number;
}

/** Loads that are measured against subjects started together. */
interface Phase {
  readonly loads: readonly Load[];
  /** Share of the accounts whose mail is sealed. */
  readonly sealed: number;
}

async function makePhases(): Promise<Phase[]> {
  const madeUp: Load[] = [];
  for (const [name, octets] of [
    ['5 kB', 5000],
    ['50 kB', 50_000],
  ] as const) {
    const make = (count: number) => madeUpMessages(count, octets);
    for (const connections of [1, 10, 50]) madeUp.push({ name, connections, pipelined: false, make });
    for (const connections of [1, 10, 50]) {
      madeUp.push({ name: `${name} pipelined`, connections, pipelined: true, make });
    }
  }
  const folder = env.CALIOPEN_REAL_MAIL;
  if (!folder) {
    console.error('CALIOPEN_REAL_MAIL is not set: the rows with real messages are left out');
    return [{ loads: madeUp, sealed: 0 }];
  }
  const signed = await signMessages(realMessages(folder, 1000));
  let round = 0;
  const make = (count: number) => freshCopies(signed, count, round++);
  const real = [1, 10, 50].map(connections => ({
    name: 'real, signed',
    connections,
    pipelined: false,
    make,
  }));
  return [
    { loads: madeUp, sealed: 0 },
    { loads: real, sealed: 0.5 },
  ];
}

/** The same messages with a trace field that no earlier round had: else they would be duplicates. */
function freshCopies(signed: readonly Buffer[], count: number, round: number): LoadMessage[] {
  const trace = Buffer.from(
    `Received: from bench (bench [127.0.0.1]) by load.example with SMTP id r${round}; Mon, 02 Mar 2026 10:00:00 +0000\r\n`,
  );
  return Array.from({ length: count }, (_, index) =>
    message(index, Buffer.concat([trace, signed[index % signed.length] ?? Buffer.alloc(0)])),
  );
}

async function measure(
  subject: BenchSubject,
  load: Load,
  sentBefore: Map<string, number>,
): Promise<Measured> {
  const count = load.connections === 1 ? Math.ceil(perBlock / 4) : perBlock;
  const messages = load.make(count);
  const [cpu, nodesCpu] = [cpuMeter(subject.processes), cpuMeter(subject.nodes?.processes)];
  const started = performance.now();
  const { port, protocol } = subject;
  const result = await sendLoad({
    port,
    protocol,
    connections: load.connections,
    pipelined: load.pipelined,
    messages,
  });
  const refused = [...result.refused.values()].reduce((sum, times) => sum + times, 0);
  if (refused > 0) console.error(subject.name, load.name, result.refused);
  const total = (sentBefore.get(subject.name) ?? 0) + count - refused;
  sentBefore.set(subject.name, total);
  await subject.settle(total);
  const seconds = (performance.now() - started) / 1000;
  return {
    perSecond: (count - refused) / seconds,
    p50: percentile(result.latencies, 0.5),
    p99: percentile(result.latencies, 0.99),
    cpu: (cpu() / count) * 1000,
    nodesCpu: (nodesCpu() / count) * 1000,
    taken: count - refused,
    refused,
  };
}

/** Gives the CPU seconds that the processes have used since. */
function cpuMeter(processes: () => number[] = () => []): () => number {
  const before = cpuSecondsOf(processes());
  return () => cpuSecondsOf(processes()) - before;
}

function median(rows: readonly Measured[], of: keyof Measured): number {
  return rows.map(row => row[of]).sort((a, b) => a - b)[Math.floor(rows.length / 2)] ?? Number.NaN;
}

async function startSubjects(resolverPort: number, sealed: number): Promise<BenchSubject[]> {
  const asked = env.BENCH_SUBJECTS?.split(',');
  const options = { resolverPort, sealed };
  const onNodes = async (count: 1 | 3): Promise<BenchSubject> => {
    const nodes = await startNodes(count);
    return startCaliopen(`our LMTP door, every stage, ${nodes.name}`, 'lmtp', { ...options, nodes });
  };
  const starters: Record<string, () => Promise<BenchSubject>> = {
    bare: () => startBareHaraka('bare Haraka', 'bareQueue'),
    file: () => startBareHaraka('Haraka, one durable file', 'fileQueue'),
    deliver: () => startCaliopen('Haraka, our deliver alone', 'deliver', options),
    haraka: () => startCaliopen('our Haraka, every stage', 'smtp', options),
    lmtp: () => startCaliopen('our LMTP door', 'lmtp', options),
    chain: () => startChain(resolverPort),
    cassandra1: () => onNodes(1),
    cassandra3: () => onNodes(3),
  };
  const chosen = Object.entries(starters).filter(([word]) => asked?.includes(word) ?? true);
  const subjects: BenchSubject[] = [];
  for (const [word, start] of chosen) {
    if (word.startsWith('cassandra') && !(await canStartNodes())) continue;
    subjects.push(await start());
  }
  return subjects;
}

async function main(): Promise<void> {
  console.log(
    `${availableParallelism()} cores; median of ${rounds} interleaved rounds, ${perBlock} messages a block; p50, p99 in ms; CPU in s per 1,000 messages, of the door and of all nodes; kB written per message, by the door and by each node; requests to the nodes, mutations and lightweight transactions (LWT) per message`,
  );
  const columns = ['load', 'conn', 'subject', 'msg/s', 'p50', 'p99', 'CPU', 'CPU nodes', 'kB', 'kB node'];
  console.log([...columns, 'requests', 'mutations', 'LWT', 'refused'].join(' | '));
  const resolver = await startBenchResolver();
  for (const phase of await makePhases()) await measurePhase(phase, resolver.port);
  await resolver.close();
}

/** `BENCH_LOADS` is a regular expression over `name connections`. */
function isAsked({ name, connections }: Load): boolean {
  return new RegExp(env.BENCH_LOADS ?? '').test(`${name} ${connections}`);
}

async function measurePhase({ loads, sealed }: Phase, resolverPort: number): Promise<void> {
  const subjects = await startSubjects(resolverPort, sealed);
  const sentBefore = new Map<string, number>();
  try {
    for (const subject of subjects) await warmUp(subject, sentBefore);
    const stocks = new Map<BenchSubject, Stock>();
    for (const subject of subjects) stocks.set(subject, await takeStock(subject));
    for (const load of loads.filter(isAsked)) await measureLoad(load, stocks, sentBefore);
    for (const { name, processes, nodes } of subjects) {
      const megabytes = (roots: readonly number[]) => `${Math.round(residentOctetsOf(roots) / 1e6)} MB`;
      console.log(['memory', name, megabytes(processes())].join(' | '));
      if (nodes) console.log(['memory', `${name}: all nodes`, megabytes(nodes.processes())].join(' | '));
    }
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}

async function warmUp(subject: BenchSubject, sentBefore: Map<string, number>): Promise<void> {
  const make = (count: number): LoadMessage[] => madeUpMessages(count, 5000);
  // Cassandra is compiled while it runs: it is three times slower at first.
  for (let blocks = subject.nodes ? 4 : 1; blocks > 0; blocks--)
    await measure(subject, { name: 'warm-up', connections: 10, pipelined: false, make }, sentBefore);
}

/** `stocks`: of all subjects before this load, and behind it afterwards. */
async function measureLoad(
  load: Load,
  stocks: Map<BenchSubject, Stock>,
  sentBefore: Map<string, number>,
): Promise<void> {
  const rows = new Map<BenchSubject, Measured[]>([...stocks.keys()].map(subject => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [subject, measured] of rows) measured.push(await measure(subject, load, sentBefore));
  }
  for (const [subject, measured] of rows) {
    const before = stocks.get(subject);
    const after = await takeStock(subject);
    if (before) console.log(rowOf(load, subject, { measured, stocks: [before, after] }));
    stocks.set(subject, after);
  }
}

function rowOf(
  load: Load,
  subject: BenchSubject,
  { measured, stocks }: { measured: readonly Measured[]; stocks: readonly [Stock, Stock] },
): string {
  const figure = (of: keyof Measured, digits: number) => median(measured, of).toFixed(digits);
  const taken = measured.reduce((sum, row) => sum + row.taken, 0);
  const { octets, nodes } = writtenBetween(subject, stocks, taken);
  return [
    load.name,
    load.connections,
    subject.name,
    figure('perSecond', 0),
    figure('p50', 1),
    figure('p99', 1),
    figure('cpu', 2),
    nodes ? figure('nodesCpu', 2) : '-',
    (octets / 1000).toFixed(1),
    nodes ? (nodes.octets / 1000).toFixed(1) : '-',
    nodes?.requests.toFixed(1) ?? '-',
    nodes?.mutations.toFixed(1) ?? '-',
    nodes?.transactions.toFixed(2) ?? '-',
    figure('refused', 0),
  ].join(' | ');
}

await main();
