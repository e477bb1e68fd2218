import type { Client } from './client.ts';
import type { Memory } from './memory.ts';
import type { Device } from './pgp/device.ts';
import type { State, Store } from './state.ts';

/** What opens mail by keys of this device. */
export interface DeviceActions {
  /** Its code is fetched at the first call. */
  device(): Promise<Device>;
}

interface Deps {
  readonly store: Store;
  readonly client: Client;
  readonly memory: Memory;
}

/** Where it is remembered whose keys are to be forgotten at the end of the session. */
export const forgettingKey = 'forgetKeysOf';

/** The device's part of the actions; when a session ends, nothing that was opened stays. */
export function deviceActions(deps: Deps): DeviceActions {
  const { store, memory } = deps;
  let made: Promise<Device> | null = null;
  let last: State['session'];
  const device = () => {
    made ??= import('./pgp/device.ts').then(({ openDevice }) => openDevice(deps));
    made.catch(() => {
      made = null;
    });
    return made;
  };
  store.subscribe(() => {
    const { session } = store.get();
    if (session === last) return;
    last = session;
    if (session !== null) return;
    store.set({ opened: {} });
    // What could not be forgotten is still noted: the next page that nobody is signed in to tries again.
    if (made || memory.getItem(forgettingKey) !== null)
      device()
        .then(({ end }) => end())
        .catch(() => {});
  });
  return { device };
}
