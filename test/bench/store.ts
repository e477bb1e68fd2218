import { env } from 'node:process';
import type { NewEmail } from '../../delivery/store/store.ts';
import { newEmail } from '../suites/store/under-test.ts';
import { type Block, measureBlock, medianOf } from './stores/block.ts';
import { type StoreSubject, startStores } from './stores/subject.ts';

/**
 * Deliveries into the store alone, without doors or stages: messages/s, waiting times and CPU, over 200 accounts. Every
 * row is the median of interleaved rounds, so read the ratios. CPU is that of this process, load included, and apart
 * from it of all nodes. `BENCH_SECONDS` (per block), `BENCH_ROUNDS`, `BENCH_SUBJECTS` (sqlite, cassandra1, cassandra3).
 * With an LD_PRELOAD that slows fsync it shows group commit at work.
 */
const seconds = Number(process.argv[2] ?? env.BENCH_SECONDS ?? 5);
const rounds = Number(env.BENCH_ROUNDS ?? 3);
const accounts = 200;

interface Load {
  readonly size: number;
  readonly inFlight: number;
}

const loads: readonly Load[] = [5000, 50_000].flatMap(size =>
  [1, 10, 50].map(inFlight => ({ size, inFlight })),
);

const vocabulary = Array.from(
  { length: 3000 },
  (_unused, n) => `word${((n * 2654435761) >>> 0).toString(36)}`,
);

/** Words with natural frequencies: few common ones, many rare. */
function words(count: number): string {
  return Array.from(
    { length: count },
    () => vocabulary[Math.floor(Math.random() ** 3 * vocabulary.length)],
  ).join(' ');
}

function emails(size: number): NewEmail[] {
  return Array.from({ length: 200 }, (_unused, n) => {
    const text = words(size / 8);
    const head = `From: b${n}@example.net\r\nSubject: ${words(5)}\r\n\r\n`;
    const octets = Buffer.from((head + text).slice(0, size));
    return { ...newEmail({ octets, words: words(200), messageId: null }), receivedAt: new Date() };
  });
}

/** A store with its accounts, and a number for each email that it gets. */
interface Filled {
  readonly subject: StoreSubject;
  readonly ids: readonly string[];
  sent: number;
}

async function fill(subject: StoreSubject): Promise<Filled> {
  await subject.store.addDomain('example.org');
  const names = Array.from({ length: accounts }, (_unused, n) => ({ address: `u${n}@example.org` }));
  const made = await subject.store.addAccounts(names);
  return { subject, ids: made.map(({ id = '' }) => id), sent: 0 };
}

async function deliverNext(filled: Filled, made: readonly NewEmail[]): Promise<void> {
  const n = filled.sent++;
  const deliveryKey = Buffer.alloc(32);
  deliveryKey.writeUInt32BE(n);
  const discussion = { key: `d${n % 997}`, participants: ['email:b@example.net'] };
  const email = { ...(made[n % made.length] as NewEmail), deliveryKey, discussion, receivedAt: new Date() };
  await filled.subject.store.deliverEmail(filled.ids[n % filled.ids.length] ?? '', email);
}

function measure(filled: Filled, made: readonly NewEmail[], inFlight: number): Promise<Block> {
  const { nodes } = filled.subject;
  const options = { seconds, inFlight, nodes: () => nodes?.processes() ?? [] };
  return measureBlock(() => deliverNext(filled, made), options);
}

async function measureLoad({ size, inFlight }: Load, stores: readonly Filled[]): Promise<void> {
  const made = emails(size);
  const found = new Map<Filled, Block[]>(stores.map(filled => [filled, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [filled, blocks] of found) blocks.push(await measure(filled, made, inFlight));
  }
  for (const [{ subject }, blocks] of found) {
    const figure = (of: keyof Block, digits: number) => medianOf(blocks, of).toFixed(digits);
    const cells = [figure('perSecond', 0), figure('p50', 1), figure('p99', 1), figure('cpu', 2)];
    const nodesCpu = subject.nodes ? figure('nodesCpu', 2) : '-';
    console.log([size, inFlight, subject.name, ...cells, nodesCpu].join(' | '));
  }
}

async function main(): Promise<void> {
  const subjects = await startStores(4);
  try {
    const stores: Filled[] = [];
    for (const subject of subjects) stores.push(await fill(subject));
    const small = emails(5000);
    for (const filled of stores) {
      // Cassandra is compiled while it runs: it is three times slower at first.
      for (let blocks = filled.subject.nodes ? 4 : 1; blocks > 0; blocks--) await measure(filled, small, 10);
    }
    console.log(`median of ${rounds} interleaved rounds of ${seconds} s; p50, p99 in ms; CPU in ms a mail`);
    console.log('octets | in flight | store | mails/s | p50 | p99 | CPU | CPU nodes');
    for (const load of loads) await measureLoad(load, stores);
    console.log(`memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}

await main();
