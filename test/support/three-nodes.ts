import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { Client, type ClientOptions, policies } from 'cassandra-driver';
import { schemaSteps } from '../../delivery/store/cassandra/schema.ts';
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
    async prepare(within, settings) {
      const keyspace = `test_${randomUUID().replaceAll('-', '')}`;
      await makeTables(cassandra, keyspace);
      return testConfig(within, {
        store: 'cassandra',
        'cassandra.contactPoints': [...cassandra.contactPoints],
        'cassandra.localDataCenter': cassandra.localDataCenter,
        'cassandra.keyspace': keyspace,
        'cassandra.replication': 3,
        ...settings,
      });
    },
  };
  return { cassandra, backend };
}

/**
 * Makes the tables by one node, which tells the others, without waiting for their word after each: that takes a second
 * for each table. The store finds them when it runs its steps.
 */
async function makeTables({ clientOptions, contactPoints }: Cassandra, keyspace: string): Promise<void> {
  const { AllowListPolicy, RoundRobinPolicy } = policies.loadBalancing;
  const [node = ''] = contactPoints;
  const options: ClientOptions = {
    ...clientOptions,
    contactPoints: [node],
    policies: { loadBalancing: new AllowListPolicy(new RoundRobinPolicy(), [node]) },
    protocolOptions: { ...clientOptions.protocolOptions, maxSchemaAgreementWaitSeconds: 0 },
    isMetadataSyncEnabled: false,
  };
  const replication = `{'class': 'NetworkTopologyStrategy', '${clientOptions.localDataCenter}': 3}`;
  const tables = schemaSteps.flat().filter(statement => statement.startsWith('create table'));
  await withClient(options, client =>
    client.execute(`create keyspace ${keyspace} with replication = ${replication}`),
  );
  await withClient({ ...options, keyspace }, async client => {
    for (const table of tables) await client.execute(table);
  });
}

async function withClient(options: ClientOptions, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(options);
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.shutdown();
  }
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
