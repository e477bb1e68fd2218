import type { DeviceKey } from './protocol.ts';

/** A secret key as it is kept: locked by its passphrase. */
export interface KeptKey extends DeviceKey {
  readonly armor: string;
}

/** Where the locked keys of one account lie. */
export interface KeySafe {
  list(): Promise<KeptKey[]>;
  /** In place of one with the same fingerprint. */
  put(key: KeptKey): Promise<void>;
  remove(fingerprint: string): Promise<void>;
}

const storeName = 'keys';
const version = 1;

/** The browser's own store on this device. Each method throws when the browser refuses. */
export function openKeySafe(accountId: string): KeySafe {
  const opened = openDatabase();
  async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await opened).transaction(storeName, mode);
    return settled(act(transaction.objectStore(storeName)));
  }
  return {
    list: async () => {
      const range = IDBKeyRange.bound([accountId], [accountId, []]);
      const rows = await run('readonly', store => store.getAll(range));
      return rows.map(({ accountId: _accountId, ...key }: KeptKey & { accountId: string }) => key);
    },
    put: async key => void (await run('readwrite', store => store.put({ ...key, accountId }))),
    remove: async fingerprint =>
      void (await run('readwrite', store => store.delete([accountId, fingerprint]))),
  };
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('caliopen-keys', version);
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore(storeName, { keyPath: ['accountId', 'fingerprint'] });
  });
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
