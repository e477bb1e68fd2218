import type { AccountPreferences, Invocation } from '../wire.ts';
import type { Client } from './client.ts';
import type { PreferenceChange } from './preference-actions.ts';
import type { Store } from './state.ts';

/** Keeps preferences for the account, one change behind the other: the later wish must not be overtaken. */
export interface PreferenceSaver {
  /** False when it could not be kept. */
  save(change: PreferenceChange): Promise<boolean>;
  /** What the account has; null while a change of ours is on its way. Throws `RequestError`. */
  load(): Promise<AccountPreferences | null>;
}

interface Deps {
  readonly store: Store;
  readonly client: Client;
  noteError(error: unknown): void;
}

/** The saver over one store and one client. */
export function preferenceSaver({ store, client, noteError }: Deps): PreferenceSaver {
  let saving = 0;
  let last = Promise.resolve(true);
  const ask = async (method: string, args: Record<string, unknown>) => {
    const accountId = store.get().session?.accountId ?? '';
    const call: Invocation = [method, { accountId, ...args }, 'preferences'];
    return (await client.call([call])).preferences;
  };
  const change = async (wanted: PreferenceChange): Promise<boolean> => {
    try {
      const answer = await ask('Preferences/set', { update: { singleton: wanted } });
      return !answer?.notUpdated;
    } catch (error) {
      noteError(error);
      return false;
    } finally {
      saving -= 1;
    }
  };
  return {
    save: wanted => {
      saving += 1;
      last = last.then(() => change(wanted));
      return last;
    },
    load: async () => {
      if (saving > 0) return null;
      const list = (await ask('Preferences/get', {}))?.list as readonly AccountPreferences[] | undefined;
      return saving > 0 ? null : (list?.[0] ?? null);
    },
  };
}
