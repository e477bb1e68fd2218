import type { Client } from 'cassandra-driver';

/** What the nodes of a cluster have counted since they started, all together. */
export interface Counted {
  /** Requests of clients: reads, heartbeats and the bench's own few included. */
  readonly requests: number;
  /** Writes of the keyspace's tables: a mutation counts in each table that it writes, and on each node with a copy. */
  readonly tableWrites: ReadonlyMap<string, number>;
  /** Writes of what the nodes remember of lightweight transactions. */
  readonly paxosWrites: number;
}

/** The same for one message. */
export interface WritesPerMessage {
  readonly requests: number;
  /** Mutations that are no lightweight transactions. */
  readonly mutations: number;
  readonly transactions: number;
}

/** Promise, proposal and commit of one lightweight transaction, on each node with a copy (paxos v1). */
const paxosWritesPerTransaction = 3;

/** Tables of which a delivery writes the rows in the mutation of the email's row. */
const ridingTables = ['detail', 'change'];

interface TableRow {
  readonly keyspace_name: string;
  readonly table_name: string;
  readonly count: unknown;
}

/** Reads the counters of all nodes: each tells its own in its virtual tables. */
export async function readCounted(client: Client, keyspace: string): Promise<Counted> {
  let [requests, paxosWrites] = [0, 0];
  const tableWrites = new Map<string, number>();
  for (const host of client.hosts.values()) {
    const pools = 'select name, completed_tasks from system_views.thread_pools';
    for (const { name, completed_tasks: count } of (await client.execute(pools, [], { host })).rows)
      if (name === 'Native-Transport-Requests') requests += Number(count);
    const writes = 'select keyspace_name, table_name, count from system_views.local_write_latency';
    const { rows } = await client.execute(writes, [], { host });
    for (const { keyspace_name, table_name, count } of rows as unknown as TableRow[]) {
      if (keyspace_name === 'system' && table_name === 'paxos') paxosWrites += Number(count);
      if (keyspace_name !== keyspace) continue;
      tableWrites.set(table_name, (tableWrites.get(table_name) ?? 0) + Number(count));
    }
  }
  return { requests, tableWrites, paxosWrites };
}

/** The tables that were written in between. */
export function writtenTables(before: Counted | null, after: Counted): string[] {
  const isWritten = (table: string, count: number): boolean => count > (before?.tableWrites.get(table) ?? 0);
  return [...after.tableWrites].filter(([table, count]) => isWritten(table, count)).map(([table]) => table);
}

/** What `messages` deliveries cost of which each row has `copies` copies. */
export function writesPerMessage(
  before: Counted,
  after: Counted,
  { copies, messages }: { readonly copies: number; readonly messages: number },
): WritesPerMessage {
  const sum = ({ tableWrites }: Counted): number =>
    [...tableWrites].reduce((all, [table, count]) => all + (ridingTables.includes(table) ? 0 : count), 0);
  const transactions =
    (after.paxosWrites - before.paxosWrites) / paxosWritesPerTransaction / copies / messages;
  // What a transaction applies is a write of its table, too.
  const mutations = (sum(after) - sum(before)) / copies / messages - transactions;
  return { requests: (after.requests - before.requests) / messages, mutations, transactions };
}
