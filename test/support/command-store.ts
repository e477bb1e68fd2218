import { systemClock } from '../../delivery/clock.ts';
import { loadConfig } from '../../delivery/config.ts';
import { loadInstanceKey, openKeyring } from '../../delivery/crypto/keyring.ts';
import { silentLog } from '../../delivery/log.ts';
import { openSqliteStore } from '../../delivery/store/sqlite/sqlite-store.ts';
import type { Store } from '../../delivery/store/store.ts';

/** Opens the store that commands have written to, and closes it after. */
export async function withStore<T>(
  folder: string,
  act: (opened: { store: Store; accountId: (address: string) => Promise<string> }) => Promise<T>,
): Promise<T> {
  const instanceKey = await loadInstanceKey(loadConfig({ overrides: { data: folder } }));
  const keyring = openKeyring(instanceKey);
  const store = await openSqliteStore({ folder, shards: 1, keyring, clock: systemClock, log: silentLog });
  try {
    return await act({
      store,
      async accountId(address) {
        const account = await store.getAccountByAddress(address);
        if (!account) throw new Error(`no account ${address}`);
        return account.id;
      },
    });
  } finally {
    await store.close();
  }
}
