import { silentLog } from '../../../delivery/log.ts';
import {
  type CassandraStore,
  openCassandraStore,
} from '../../../delivery/store/cassandra/cassandra-store.ts';
import { storeSuite } from '../../suites/store/store.ts';
import type { StoreFactory } from '../../suites/store/under-test.ts';
import { testKeyring } from '../../support/keyring.ts';
import { leaseKeyspace } from '../../support/keyspace.ts';

const openCassandra: StoreFactory = async clock => {
  const ends: (() => Promise<void> | void)[] = [];
  const lease = await leaseKeyspace({ after: work => void ends.push(work as () => Promise<void>) });
  const { contactPoints, localDataCenter, keyspace } = lease;
  const settings = {
    ...{ contactPoints, localDataCenter, keyspace },
    replication: 1,
    credentials: null,
    tls: null,
  };
  const open: CassandraStore[] = [];
  const another = async (): Promise<CassandraStore> => {
    // The suite's clock stands still in the past.
    const options = { checksClock: false };
    const store = await openCassandraStore({
      settings,
      keyring: testKeyring,
      clock,
      log: silentLog,
      options,
    });
    open.push(store);
    return store;
  };
  const closeAll = async (): Promise<void> => {
    for (const store of open.splice(0)) await store.close();
  };
  return {
    store: await another(),
    clock,
    another,
    reopen: async () => {
      await closeAll();
      return another();
    },
    close: async () => {
      await closeAll();
      for (const end of ends.reverse()) await end();
    },
  };
};

storeSuite('cassandra', openCassandra, {
  sorts: true,
  positions: true,
  exactStates: false,
  cappedPrefixes: false,
});
