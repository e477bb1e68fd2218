import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { atEnd } from './at-end.ts';
import type { Backend } from './backend.ts';
import { type Cassandra, type CassandraNode, startCassandra } from './cassandra.ts';
import { testConfig } from './door-process.ts';
import { poll } from './poll.ts';

/** A cluster of three nodes that may be ended, and the back-end on it. */
export interface ThreeNodes {
  readonly cassandra: Cassandra;
  /** Each row has a copy on each node. */
  readonly backend: Backend;
}

/** Starts three nodes that run until the test ends. */
export async function startThreeNodes(t: Pick<TestContext, 'after'>, store: Backend): Promise<ThreeNodes> {
  const cassandra = await startCassandra({ nodes: 3 });
  atEnd(t, () => cassandra.stop());
  const backend: Backend = {
    ...store,
    name: `${store.name} on three nodes`,
    prepare: async (within, settings) =>
      testConfig(within, {
        store: 'cassandra',
        'cassandra.contactPoints': [...cassandra.contactPoints],
        'cassandra.localDataCenter': cassandra.localDataCenter,
        'cassandra.keyspace': `test_${randomUUID().replaceAll('-', '')}`,
        'cassandra.replication': 3,
        ...settings,
      }),
  };
  return { cassandra, backend };
}

/** Follows the log of a node from now on: until it takes `other` for dead, or for alive again. */
export function noticing(
  node: CassandraNode,
  other: CassandraNode,
  state: 'DOWN' | 'UP',
): { readonly isNoticed: () => boolean; readonly untilNoticed: () => Promise<void> } {
  const from = statSync(node.logFile).size;
  const host = other.contactPoint.slice(0, other.contactPoint.lastIndexOf(':'));
  const line = new RegExp(`/${host.replaceAll('.', '\\.')}(?::\\d+)? is now ${state}`);
  const isNoticed = () => line.test(readFileSync(node.logFile).subarray(from).toString('latin1'));
  return {
    isNoticed,
    async untilNoticed() {
      const what = `${node.contactPoint} to take ${other.contactPoint} for ${state}`;
      await poll(what, () => (isNoticed() ? true : undefined), 120_000);
    },
  };
}
