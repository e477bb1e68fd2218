import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { systemClock } from '../../../delivery/clock.ts';
import { clusterSettings } from '../../../delivery/cluster-settings.ts';
import { loadConfig } from '../../../delivery/config.ts';
import { openLog } from '../../../delivery/log.ts';
import { openCassandraStore } from '../../../delivery/store/cassandra/cassandra-store.ts';
import type { ClusterSettings } from '../../../delivery/store/cassandra/session.ts';
import { openSqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../delivery/store/store.ts';
import { testKeyring } from '../../support/keyring.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { type BenchNodes, canStartNodes, startNodes } from '../cassandra/nodes.ts';

/** A store that is opened in this process; all run at once and are measured in turn. */
export interface StoreSubject {
  readonly name: string;
  readonly store: Store;
  /** The cluster that it is in, if it is in one. */
  readonly nodes: BenchNodes | null;
  stop(): Promise<void>;
}

/** What a store is opened with here, besides its place. */
export const storeDeps = { keyring: testKeyring, clock: systemClock, log: openLog('error') };

/** Opens empty stores: SQLite, Cassandra on one node and on three, or those that `BENCH_SUBJECTS` names. */
export async function startStores(shards: number): Promise<StoreSubject[]> {
  const starters: Record<string, () => Promise<StoreSubject>> = {
    sqlite: () => startSqlite(shards),
    cassandra1: () => startCassandraStore(1),
    cassandra3: () => startCassandraStore(3),
  };
  const subjects: StoreSubject[] = [];
  for (const [word, start] of Object.entries(starters)) {
    if (await isChosen(word)) subjects.push(await start());
  }
  return subjects;
}

/** Whether `BENCH_SUBJECTS` names this word, or is not there, and this machine can start what it stands for. */
export async function isChosen(word: string): Promise<boolean> {
  if (!(env.BENCH_SUBJECTS?.split(',').includes(word) ?? true)) return false;
  return !word.startsWith('cassandra') || (await canStartNodes());
}

/** Where these nodes are, as sessions and stores take it. */
export function settingsOf({ settings }: BenchNodes): ClusterSettings {
  return clusterSettings(loadConfig({ overrides: { data: tmpdir(), ...settings } }));
}

async function startSqlite(shards: number): Promise<StoreSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-bench-'));
  const store = await openSqliteStore({ folder, shards, ...storeDeps });
  return {
    name: 'SQLite',
    store,
    nodes: null,
    async stop() {
      await store.close();
      removeFolder(folder);
    },
  };
}

async function startCassandraStore(count: 1 | 3): Promise<StoreSubject> {
  const nodes = await startNodes(count);
  const store = await openCassandraStore({ settings: settingsOf(nodes), ...storeDeps });
  return {
    name: nodes.name,
    store,
    nodes,
    async stop() {
      await store.close();
      await nodes.stop();
    },
  };
}
