import { env } from 'node:process';
import type { TestContext } from 'node:test';
import type { Clock } from '../../delivery/clock.ts';
import { clusterSettings } from '../../delivery/cluster-settings.ts';
import type { Config, SettingKey } from '../../delivery/config.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Log } from '../../delivery/log.ts';
import type { SharedStore } from '../../delivery/store/shared-store.ts';
import { testConfig } from './door-process.ts';

/**
 * A store behind the contract, as tests see it: they start doors with its settings (`startDoor`) and look at what is
 * stored with parts of their own (`openTestParts`).
 */
export interface Backend {
  readonly name: string;
  /** Settings of an instance of its own on an empty store, which is gone when the test ends. */
  prepare(t: Pick<TestContext, 'after'>, settings?: Partial<Record<SettingKey, unknown>>): Promise<Config>;
  /** The store alone, in this process, with a clock that may be wrong; closed by who asks. */
  open(config: Config, deps: StoreDeps): Promise<SharedStore>;
}

interface StoreDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
}

/** Files in a folder of the test's own. */
export const sqliteBackend: Backend = {
  name: 'SQLite',
  prepare: async (t, settings) => testConfig(t, settings),
  async open(config, deps) {
    const { openSqliteStore } = await import('../../delivery/store/sqlite/sqlite-store.ts');
    return openSqliteStore({ folder: config.data, shards: config['sqlite.shards'], ...deps });
  },
};

/** A keyspace of the test's own on the server that a run shares, which is started when it is first asked for. */
export const cassandraBackend: Backend = {
  name: 'Cassandra',
  async prepare(t, settings) {
    const { leaseKeyspace } = await import('./keyspace.ts');
    const { contactPoints, localDataCenter, keyspace } = await leaseKeyspace(t);
    return testConfig(t, {
      store: 'cassandra',
      'cassandra.contactPoints': contactPoints,
      'cassandra.localDataCenter': localDataCenter,
      'cassandra.keyspace': keyspace,
      'cassandra.replication': 1,
      ...settings,
    });
  },
  async open(config, deps) {
    const { openCassandraStore } = await import('../../delivery/store/cassandra/cassandra-store.ts');
    const options = { checksClock: false };
    return openCassandraStore({ settings: clusterSettings(config), ...deps, options });
  },
};

/** Back-ends by the word of the settings. */
export const backends: Readonly<Record<string, Backend>> = {
  sqlite: sqliteBackend,
  cassandra: cassandraBackend,
};

/** Environment variable by which the runner says which store the tests of a pass are for; SQLite without it. */
export const storeVariable = 'CALIOPEN_TEST_STORE';

/** The back-end that this pass is for. A file that uses it is a row of `test/both-stores.ts`. */
export const backend: Backend = chosen();

function chosen(): Backend {
  const word = env[storeVariable] || 'sqlite';
  const found = backends[word];
  if (!found) throw new Error(`${storeVariable}=${word}: there are ${Object.keys(backends).join(', ')}`);
  return found;
}

/** Options of a case that only one back-end can be put to; elsewhere it is skipped with the reason. */
export function onlyOn(only: Backend, reason: string): { skip: string | false } {
  return { skip: backend === only ? false : `${only.name} only: ${reason}` };
}
