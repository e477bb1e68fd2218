import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { Client } from 'cassandra-driver';
import { atEnd } from './at-end.ts';
import { fetchJars, hasJars, jarsFolder } from './cassandra/jars.ts';
import { type SharedAddress, type SharedAnswer, sharedVariable, shareWithin } from './cassandra/shared.ts';
import { leaveOut, requireService } from './services.ts';

export { selfSigned } from './cassandra/certificate.ts';
export {
  type Cassandra,
  type CassandraNode,
  type CassandraOptions,
  startCassandra,
} from './cassandra/cluster.ts';

/** A keyspace of the test's own on a server that the run shares. */
export interface SharedKeyspace extends SharedAddress {
  /** Made with one copy of each row; gone after the test. */
  readonly keyspace: string;
}

/**
 * Folder of Cassandra's jars, which are fetched when this clone has none yet. Where they or Java can't be had, the test
 * is left out as with `requireService`; null then, and the test returns.
 */
export async function requireCassandra(test: Pick<TestContext, 'name' | 'skip'>): Promise<string | null> {
  if (requireService(test, 'java') === null) return null;
  if (hasJars()) return jarsFolder;
  const maven = requireService(test, 'maven');
  if (maven === null) return null;
  try {
    await fetchJars(maven);
  } catch (error) {
    leaveOut(test, `needs Cassandra: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  return jarsFolder;
}

/**
 * A new keyspace on the one server of a run of `npm test`, which is started when the first test asks; a file that is
 * run by `node --test` has a server of its own until its end. Null as with `requireCassandra`.
 */
export async function sharedCassandra(
  test: Pick<TestContext, 'name' | 'skip' | 'after'>,
): Promise<SharedKeyspace | null> {
  if ((await requireCassandra(test)) === null) return null;
  const { folder: _folder, ...address } = await sharedAddress();
  const keyspace = `test_${randomUUID().replaceAll('-', '')}`;
  // To drop many tables takes a busy server long.
  const client = new Client({ ...address, socketOptions: { readTimeout: 60_000 } });
  atEnd(test, () => client.shutdown());
  await client.connect();
  const replication = `{'class': 'NetworkTopologyStrategy', '${address.localDataCenter}': 1}`;
  await client.execute(`CREATE KEYSPACE ${keyspace} WITH replication = ${replication}`);
  atEnd(test, () => client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`));
  return { ...address, keyspace };
}

/** Where the shared server is, and a folder that all who ask share; the server is started when nobody asked before. */
export async function sharedAddress(): Promise<SharedAddress & { readonly folder: string }> {
  if (!env[sharedVariable]) await shareWithin();
  const socketFile = env[sharedVariable] ?? '';
  const answer = JSON.parse(await text(connect(socketFile))) as SharedAnswer;
  if ('failure' in answer) throw new Error(answer.failure);
  return { ...answer, folder: dirname(socketFile) };
}
