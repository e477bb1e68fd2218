import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'cassandra-driver';
import type { Config } from '../../delivery/config.ts';
import { keptConfig, readDump, type StoreName, settingsOn, unpack } from '../data/kept.ts';
import { restoreKeyspace } from '../data/restore.ts';
import { atEnd } from './at-end.ts';
import { sharedCassandra } from './cassandra.ts';

/**
 * Settings of an instance on what a version kept, laid out in a place of the test's own. Null where Cassandra can't be
 * had: the test is left out then, and returns.
 */
export async function layOut(t: TestContext, version: string, store: StoreName): Promise<Config | null> {
  const data = mkdtempSync(join(tmpdir(), 'caliopen-test-'));
  atEnd(t, () => rmSync(data, { recursive: true, force: true, maxRetries: 5 }));
  unpack(version, data);
  if (store === 'sqlite') return keptConfig(data);
  const shared = await sharedCassandra(t);
  if (!shared) return null;
  const client = openClient(t, shared);
  await restoreKeyspace(client, shared.keyspace, readDump(version));
  return keptConfig(data, settingsOn(shared));
}

/** A client for looking at tables, which gives 64-bit numbers as `bigint`. */
export function openClient(
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
