import { Client, type Host, type types } from 'cassandra-driver';
import type { Clock } from '../../clock.ts';
import { type ClusterSettings, clientOptions, fromDriver } from './session.ts';

/** A node of the local data centre, as it answered. */
export interface NodeState {
  /** `address:port` */
  readonly address: string;
  /** Why it did not answer; null when it did, and then the rest is known. */
  readonly cause: string | null;
  readonly version: string | null;
  /** Its clock less ours. */
  readonly clockMilliseconds: number | null;
  /** `commitlog_sync` of its settings; null where this user may not read them. */
  readonly commitLog: string | null;
}

/** What can be seen of a cluster from here. */
export interface ClusterState {
  readonly nodes: readonly NodeState[];
  /** Copies of each row by data centre, from the keyspace; null when there is no such keyspace yet. */
  readonly replication: Readonly<Record<string, string>> | null;
}

/**
 * Asks each node of the local data centre; makes nothing. Throws `storeUnavailable` when none of the contact points
 * answers, `badSettings` when they refuse us.
 */
export async function readClusterState(
  settings: ClusterSettings,
  { clock }: { readonly clock: Clock },
): Promise<ClusterState> {
  const client = new Client(clientOptions(settings));
  try {
    await client.connect();
    const local = client.hosts.values().filter(host => host.datacenter === settings.localDataCenter);
    const nodes = await Promise.all(local.map(host => readNode(client, host, clock)));
    const { rows } = await client.execute(
      'select replication from system_schema.keyspaces where keyspace_name = ?',
      [settings.keyspace],
    );
    return { nodes, replication: (rows[0]?.replication as Record<string, string> | undefined) ?? null };
  } catch (error) {
    throw fromDriver(error);
  } finally {
    await client.shutdown();
  }
}

async function readNode(client: Client, host: Host, clock: Clock): Promise<NodeState> {
  const { address } = host;
  try {
    // The first question opens the connection, and its answer is late.
    await readTime(client, host, clock);
    const { version, clockMilliseconds } = await readTime(client, host, clock);
    const commitLog = await readCommitLog(client, host);
    return { address, cause: null, version, clockMilliseconds, commitLog };
  } catch (error) {
    const cause = fromDriver(error).message;
    return { address, cause, version: null, clockMilliseconds: null, commitLog: null };
  }
}

async function readTime(
  client: Client,
  host: Host,
  clock: Clock,
): Promise<{ version: string; clockMilliseconds: number }> {
  const before = clock.now().getTime();
  const { rows } = await client.execute(
    'select release_version as version, now() as time from system.local',
    [],
    { host },
  );
  const here = (before + clock.now().getTime()) / 2;
  const { version, time } = rows[0] as unknown as { version: string; time: types.TimeUuid };
  return { version, clockMilliseconds: Math.round(time.getDate().getTime() - here) };
}

async function readCommitLog(client: Client, host: Host): Promise<string | null> {
  try {
    const { rows } = await client.execute(
      "select value from system_views.settings where name = 'commitlog_sync'",
      [],
      { host },
    );
    return (rows[0]?.value as string | null | undefined) ?? null;
  } catch {
    return null; // A right of its own, that the store itself does not need.
  }
}
