import { env } from 'node:process';
import type { CassandraContext } from '../../delivery/store/cassandra/context.ts';
import { prepareKeyspace } from '../../delivery/store/cassandra/migrate.ts';
import { openSession, type Session } from '../../delivery/store/cassandra/session.ts';
import { type ClaimWay, claimWays, invertedTable } from './cassandra/claims.ts';
import { type BenchNodes, startNodes } from './cassandra/nodes.ts';
import { type Block, measureBlock, medianOf } from './stores/block.ts';
import { isChosen, settingsOf, storeDeps } from './stores/subject.ts';

/**
 * What the claim of a delivery key costs on Cassandra, in two ways: the lightweight transaction that the store uses,
 * and a write with an inverted timestamp that is read back. In pairs, two sessions claim each key at once; `split`
 * counts pairs of a thousand in which both take themselves for the first. Every row is the median of interleaved
 * rounds on one cluster, so read the ratios. `BENCH_SECONDS` (per block), `BENCH_ROUNDS`, `BENCH_SUBJECTS` (cassandra1,
 * cassandra3).
 */
const seconds = Number(env.BENCH_SECONDS ?? 5);
const rounds = Number(env.BENCH_ROUNDS ?? 3);

interface Load {
  readonly inFlight: number;
  readonly isPaired: boolean;
}

const loads: readonly Load[] = [
  ...[1, 10, 50].map(inFlight => ({ inFlight, isPaired: false })),
  ...[10, 50].map(inFlight => ({ inFlight, isPaired: true })),
];

/** A cluster as two processes see it. */
interface Bench {
  readonly nodes: BenchNodes;
  readonly contexts: readonly [CassandraContext, CassandraContext];
  claimed: number;
}

interface Tally {
  readonly blocks: Block[];
  pairs: number;
  split: number;
}

async function prepare(nodes: BenchNodes): Promise<{ bench: Bench; sessions: readonly Session[] }> {
  const settings = settingsOf(nodes);
  const hashSecret = await prepareKeyspace({ settings, ...storeDeps });
  const sessions = [await openSession(settings), await openSession(settings)] as const;
  const [first, second] = sessions.map(session => ({ session, hashSecret, ...storeDeps }));
  if (!first || !second) throw new Error('two sessions were opened');
  await nodes.ask(invertedTable(nodes.keyspace));
  return { bench: { nodes, contexts: [first, second], claimed: 0 }, sessions };
}

async function claimAlone(bench: Bench, way: ClaimWay): Promise<void> {
  const n = bench.claimed++;
  await way.claim(bench.contexts[n % 2 === 0 ? 0 : 1], keyOf(n), `email-${n}`);
}

/** Whether both agree whose email it is. */
async function claimAtOnce({ contexts }: Bench, way: ClaimWay, n: number): Promise<boolean> {
  const ids = contexts.map((context, index) => way.claim(context, keyOf(n), `email-${n}-${index}`));
  return new Set(await Promise.all(ids)).size === 1;
}

function keyOf(n: number): Buffer {
  const key = Buffer.alloc(32);
  key.writeUInt32BE(n);
  return key;
}

async function measure(bench: Bench, way: ClaimWay, load: Load, tally: Tally): Promise<void> {
  const { isPaired, inFlight } = load;
  const work = async (): Promise<void> => {
    if (!isPaired) return await claimAlone(bench, way);
    tally.pairs += 1;
    if (!(await claimAtOnce(bench, way, bench.claimed++))) tally.split += 1;
  };
  const width = isPaired ? inFlight / 2 : inFlight;
  tally.blocks.push(
    await measureBlock(work, { seconds, inFlight: width, nodes: () => bench.nodes.processes() }),
  );
}

const emptyTally = (): Tally => ({ blocks: [], pairs: 0, split: 0 });

async function measureLoad(bench: Bench, load: Load): Promise<void> {
  const tallies = claimWays.map(way => ({ way, tally: emptyTally() }));
  for (let round = 0; round < rounds; round++) {
    for (const { way, tally } of tallies) await measure(bench, way, load, tally);
  }
  for (const { way, tally } of tallies) {
    // A piece of work is two claims then.
    const claims = load.isPaired ? 2 : 1;
    const figure = (of: keyof Block) => medianOf(tally.blocks, of);
    const cells = [
      (figure('perSecond') * claims).toFixed(0),
      figure('p50').toFixed(1),
      figure('p99').toFixed(1),
      (figure('cpu') / claims).toFixed(2),
      (figure('nodesCpu') / claims).toFixed(2),
      load.isPaired ? ((tally.split / tally.pairs) * 1000).toFixed(1) : '-',
    ];
    const keys = load.isPaired ? 'each by two at once' : 'new';
    console.log([bench.nodes.name, load.inFlight, keys, way.name, ...cells].join(' | '));
  }
}

async function measureOn(count: 1 | 3): Promise<void> {
  const nodes = await startNodes(count);
  try {
    const { bench, sessions } = await prepare(nodes);
    // Cassandra is compiled while it runs: it is three times slower at first.
    for (let times = 0; times < 4; times++) {
      for (const way of claimWays) await measure(bench, way, { inFlight: 10, isPaired: false }, emptyTally());
    }
    for (const load of loads) await measureLoad(bench, load);
    for (const session of sessions) await session.close();
  } finally {
    await nodes.stop();
  }
}

console.log(
  `median of ${rounds} interleaved rounds of ${seconds} s; p50, p99 in ms; CPU in ms a claim, of this process and of all nodes; pairs split of 1,000`,
);
console.log('cluster | in flight | keys | way | claims/s | p50 | p99 | CPU | CPU nodes | split');
if (await isChosen('cassandra1')) await measureOn(1);
if (await isChosen('cassandra3')) await measureOn(3);
