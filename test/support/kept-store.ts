import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { Client } from 'cassandra-driver';
import type { Config } from '../../delivery/config.ts';
import { keptConfig, readDump, type StoreName, settingsOn, unpack } from '../data/kept.ts';
import { restoreKeyspace } from '../data/restore.ts';
import { atEnd } from './at-end.ts';
import { requireCassandra, type SharedKeyspace, sharedAddress } from './cassandra.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Settings of an instance on what a version kept, laid out in a place of the test's own. Null where Cassandra can't be
 * had: the test is left out then, and returns.
 */
export async function layOut(t: TestContext, version: string, store: StoreName): Promise<Config | null> {
  const data = temporaryFolder(t);
  unpack(version, data);
  if (store === 'sqlite') return keptConfig(data);
  const shared = await nameKeyspace(t);
  if (!shared) return null;
  const client = openTables(t, shared);
  await client.execute(
    `create keyspace ${shared.keyspace}
     with replication = {'class': 'NetworkTopologyStrategy', '${shared.localDataCenter}': 1}`,
  );
  await restoreKeyspace(client, shared.keyspace, readDump(version));
  return keptConfig(data, settingsOn(shared));
}

/**
 * A name that no keyspace has on the server that the run shares. It is left there, and ends with the server: to drop
 * all its tables takes that ten seconds. Null as with `requireCassandra`.
 */
export async function nameKeyspace(t: TestContext): Promise<SharedKeyspace | null> {
  if ((await requireCassandra(t)) === null) return null;
  const { folder: _folder, ...address } = await sharedAddress();
  return { ...address, keyspace: `test_${randomUUID().replaceAll('-', '')}` };
}

/** A client for looking at tables, which gives 64-bit numbers as `bigint`. */
export function openTables(
  t: Pick<TestContext, 'after'>,
  { contactPoints, localDataCenter }: { contactPoints: readonly string[]; localDataCenter: string },
): Client {
  const client = new Client({
    contactPoints: [...contactPoints],
    localDataCenter,
    encoding: { useBigIntAsLong: true },
    // To make many tables takes a busy server long.
    socketOptions: { readTimeout: 60_000 },
  });
  atEnd(t, () => client.shutdown());
  return client;
}
