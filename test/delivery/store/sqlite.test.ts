import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../../delivery/log.ts';
import { openSqliteStore, type SqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { storeSuite } from '../../suites/store/store.ts';
import type { StoreFactory } from '../../suites/store/under-test.ts';
import { testKeyring } from '../../support/keyring.ts';
import { removeFolder } from '../../support/remove-folder.ts';

const openSqlite: StoreFactory = async clock => {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-store-'));
  const open: SqliteStore[] = [];
  const another = async (): Promise<SqliteStore> => {
    const store = await openSqliteStore({ folder, shards: 2, keyring: testKeyring, clock, log: silentLog });
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
      removeFolder(folder);
    },
  };
};

storeSuite('sqlite', openSqlite, { sorts: true, positions: true, exactStates: true, cappedPrefixes: true });
