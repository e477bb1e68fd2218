import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'cassandra-driver';

const periodMilliseconds = 100;
const maxMilliseconds = 120_000;

/** Pools of threads that write tables to disk, or merge what was written. */
const writingPools = /Memtable|CompactionExecutor/;

/** Tables, and how many octets their nodes have written so far. */
export interface Flushed {
  readonly keyspace: string;
  readonly tables: readonly string[];
  readonly writtenOctets: () => number;
}

/**
 * Has all nodes write to disk what they hold of these tables, and waits until nothing is left to write or to merge. No
 * statement asks for that, but a table may say how long it stays in memory at most. Gives the octets that saying so
 * cost, since a server writes much for a change of its schema.
 */
export async function flushTables(
  client: Client,
  { keyspace, tables, writtenOctets }: Flushed,
): Promise<number> {
  const setPeriods = async (milliseconds: number): Promise<void> => {
    for (const table of tables)
      await client.execute(
        `alter table ${keyspace}.${table} with memtable_flush_period_in_ms = ${milliseconds}`,
      );
    await wait(5 * periodMilliseconds);
    await untilAtRest(client);
  };
  await setPeriods(periodMilliseconds);
  const before = writtenOctets();
  await setPeriods(0);
  // There and back.
  return 2 * (writtenOctets() - before);
}

async function untilAtRest(client: Client): Promise<void> {
  const until = performance.now() + maxMilliseconds;
  while (await isWriting(client)) {
    if (performance.now() > until) throw new Error(`Cassandra did not come to rest in ${maxMilliseconds} ms`);
    await wait(periodMilliseconds);
  }
}

async function isWriting(client: Client): Promise<boolean> {
  const cql = 'select name, active_tasks, pending_tasks from system_views.thread_pools';
  for (const host of client.hosts.values()) {
    for (const { name, active_tasks, pending_tasks } of (await client.execute(cql, [], { host })).rows)
      if (writingPools.test(String(name)) && Number(active_tasks) + Number(pending_tasks) > 0) return true;
  }
  return false;
}
