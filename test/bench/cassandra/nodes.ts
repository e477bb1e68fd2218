import { Client } from 'cassandra-driver';
import type { SettingKey } from '../../../delivery/config.ts';
import { type Cassandra, requireCassandra, startCassandra } from '../../support/cassandra.ts';
import { writtenOctetsOf } from '../deliver/processes.ts';
import { type Counted, readCounted, writtenTables } from './counted.ts';
import { flushTables } from './flush.ts';

/** A cluster that a bench has started for itself; each row has a copy on each node. */
export interface BenchNodes {
  /** `Cassandra (3 nodes, RF 3)` */
  readonly name: string;
  readonly count: number;
  /** Of an instance in the cluster, in a keyspace that it makes. */
  readonly settings: Partial<Record<SettingKey, unknown>>;
  /** For CPU and memory. */
  readonly processes: () => number[];
  /** Octets that all nodes have sent to disk so far, but for what `flush` itself cost. */
  readonly writtenOctets: () => number;
  /** What the nodes have counted since they started. */
  counted(): Promise<Counted>;
  /** Writes to disk what the nodes hold in memory; then nothing is left to write or to merge. */
  flush(): Promise<void>;
  readonly keyspace: string;
  /** The rows of one page that a statement gives. */
  ask(cql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

const keyspace = 'bench';

/** Starts one node, or three. */
export async function startNodes(count: 1 | 3): Promise<BenchNodes> {
  const cassandra = await startCassandra({ nodes: count, isForFigures: true });
  const { clientOptions, nodes } = cassandra;
  const client = new Client({ ...clientOptions, socketOptions: { readTimeout: 60_000 } });
  await client.connect();
  const counted = () => readCounted(client, keyspace);
  const processes = () => nodes.flatMap(({ pid }) => pid ?? []);
  let flushed: Counted | null = null;
  let flushOctets = 0;
  const writtenOctets = () => writtenOctetsOf(processes()) - flushOctets;
  return {
    name: count === 1 ? 'Cassandra (1 node)' : `Cassandra (${count} nodes, RF ${count})`,
    count,
    settings: settingsOn(cassandra),
    processes,
    writtenOctets,
    keyspace,
    counted,
    async flush() {
      const now = await counted();
      const tables = writtenTables(flushed, now);
      flushOctets += await flushTables(client, { keyspace, tables, writtenOctets });
      flushed = now;
    },
    async ask(cql, values = []) {
      return (await client.execute(cql, [...values], { prepare: true })).rows;
    },
    async stop() {
      await client.shutdown();
      await cassandra.stop();
    },
  };
}

function settingsOn({ contactPoints, localDataCenter, nodes }: Cassandra): BenchNodes['settings'] {
  return {
    store: 'cassandra',
    'cassandra.contactPoints': [...contactPoints],
    'cassandra.localDataCenter': localDataCenter,
    'cassandra.keyspace': keyspace,
    'cassandra.replication': nodes.length,
  };
}

/** Whether this machine can start nodes; says why not. */
export async function canStartNodes(): Promise<boolean> {
  const skip = (why?: string): void => console.error(`left out: ${why}`);
  return (await requireCassandra({ name: 'bench', skip })) !== null;
}
