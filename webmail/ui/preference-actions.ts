import type { AccountPreferences } from '../wire.ts';
import type { Client } from './client.ts';
import { type Language, loadWords } from './locales/languages.ts';
import { readPreferences } from './preferences.ts';
import type { PreferenceSaver } from './save-preferences.ts';
import type { State, Store, Theme } from './state.ts';

/** Some preferences; null for what is to be as on any new device. */
export type PreferenceChange = Partial<AccountPreferences>;

/** What an owner does about how the screens look. */
export interface PreferenceActions {
  /** Shows the change, remembers it on this device and keeps it for the account; false when that failed. */
  prefer(change: PreferenceChange): Promise<boolean>;
  chooseLanguage(language: Language): Promise<void>;
  chooseTheme(theme: Theme): void;
  /** Whether this device goes its own way. When it no longer does, what the account has is followed. */
  keepHere(isHere: boolean): Promise<void>;
}

/** For those who sign in. */
interface Following extends PreferenceActions {
  /** Shows what the account has, asked for when it isn't `given`; what was chosen before signing in wins. */
  follow(given?: AccountPreferences): Promise<void>;
  /** Keeps for the account what was chosen before signing in. */
  keepEarly(): void;
}

interface Deps {
  readonly store: Store;
  readonly client: Client;
  readonly memory: Pick<Storage, 'getItem' | 'setItem'>;
  noteError(error: unknown): void;
}

/** The actions over one store and one client. */
export function preferenceActions({ store, client, memory, noteError }: Deps): Following {
  /** Chosen before anybody was signed in. */
  let early: PreferenceChange = {};
  let saver: Promise<PreferenceSaver> | null = null;
  // Fetched when something is to be kept: most visits change nothing.
  const savers = () => {
    saver ??= import('./save-preferences.ts').then(({ preferenceSaver }) =>
      preferenceSaver({ store, client, noteError }),
    );
    return saver;
  };

  const isHere = () => store.get().isPreferringHere;
  const save = async (change: PreferenceChange): Promise<boolean> => {
    try {
      return await (await savers()).save(change);
    } catch (error) {
      saver = null;
      noteError(error);
      return false;
    }
  };
  const show = async (change: PreferenceChange): Promise<void> => {
    const { language, theme, hasKeys } = change;
    const { language: before, preferences } = store.get();
    const words = language && language !== before ? await loadWords(language) : null;
    const next: Partial<State> = {
      ...(language && words ? { language, words } : {}),
      ...(theme ? { theme } : {}),
      ...(hasKeys === undefined || hasKeys === null ? {} : { hasKeys }),
      preferences: readPreferences(change, preferences),
    };
    store.set(next);
    if (language) memory.setItem('language', language);
    if (theme) memory.setItem('theme', theme);
    if (next.hasKeys !== undefined) memory.setItem('keys', next.hasKeys ? 'on' : 'off');
    const kept = JSON.stringify(next.preferences);
    if (kept !== JSON.stringify(preferences)) memory.setItem('preferences', kept);
  };
  const prefer = async (change: PreferenceChange): Promise<boolean> => {
    try {
      await show(change);
    } catch {
      store.set({ notice: { text: store.get().words.errors.offline } });
      return false;
    }
    if (!store.get().session) early = { ...early, ...change };
    return !store.get().session || isHere() || save(change);
  };
  const follow = async (given?: AccountPreferences): Promise<void> => {
    if (isHere()) return;
    try {
      const answer = given ?? (await (await savers()).load());
      if (answer) await show({ ...answer, ...early });
    } catch (error) {
      // The screens stay as this device remembers them.
      noteError(error);
    }
  };

  return {
    prefer,
    follow,
    keepEarly: () => {
      if (!isHere() && Object.keys(early).length > 0) void save(early);
      early = {};
    },
    chooseLanguage: async language => void (await prefer({ language })),
    chooseTheme: theme => void prefer({ theme }),
    keepHere: async isPreferringHere => {
      memory.setItem('preferencesHere', isPreferringHere ? 'yes' : 'no');
      store.set({ isPreferringHere });
      await follow();
    },
  };
}
