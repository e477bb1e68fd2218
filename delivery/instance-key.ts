import { existsSync } from 'node:fs';
import type { Config } from './config.ts';
import { loadInstanceKey } from './crypto/keyring.ts';
import { directoryFile } from './store/sqlite/files.ts';

/**
 * The instance key of the settings, made where nothing is wrapped by one yet: a data folder with a store in it has its
 * key somewhere, and a new one could open nothing. Throws `badSettings`.
 */
export function openInstanceKey(config: Config): Promise<Uint8Array> {
  // Looked at before the key: of processes that start at once in a new folder, another may make both meanwhile.
  return loadInstanceKey(config, { isNew: !holdsStore(config) });
}

/** Whether the data folder holds a store that was made before. */
export function holdsStore({ store, data }: Pick<Config, 'store' | 'data'>): boolean {
  return store === 'sqlite' && existsSync(directoryFile(data));
}
