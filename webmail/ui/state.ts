import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Email, Mailbox, SignedIn } from '../wire.ts';
import type { Actions } from './actions.ts';
import type { Client } from './client.ts';
import type { Words } from './locales/en.ts';
import { type Language, localeOf } from './locales/languages.ts';
import { parseRoute, type Route } from './route.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Said once at the foot of the screen; `undo` takes the change back. */
export interface Notice {
  readonly text: string;
  readonly undo?: () => void;
}

/** Everything the screens share. */
export interface State {
  /** Undefined while it isn't known yet whether somebody is signed in. */
  readonly session: SignedIn | null | undefined;
  /** True when a session ended by itself. */
  readonly isExpired: boolean;
  readonly route: Route;
  readonly language: Language;
  /** In that language. */
  readonly words: Words;
  readonly theme: Theme;
  /** False: keys without Ctrl or Alt do nothing (WCAG 2.2, 2.1.4). */
  readonly hasKeys: boolean;
  readonly tags: readonly Mailbox[];
  /** Changed messages by id: lists and messages on screen show these in place of what they loaded. */
  readonly changed: Readonly<Record<string, Pick<Email, 'keywords' | 'mailboxIds'>>>;
  /** Counts pushes of the server, so that lists know when to look again. */
  readonly pushes: number;
  readonly notice: Notice | null;
  /** Last words for screen readers alone. */
  readonly announcement: string;
  readonly isMenuOpen: boolean;
  readonly isKeyboardHelpOpen: boolean;
}

/** A holder of state that tells its listeners of each change. */
export interface Store {
  get(): State;
  set(change: Partial<State>): void;
  subscribe(listener: () => void): () => void;
}

/** A store that begins with what the browser remembers. */
export function createStore(
  address: Pick<Location, 'hash'>,
  memory: Pick<Storage, 'getItem'>,
  { language, words, session }: Pick<State, 'language' | 'words' | 'session'>,
): Store {
  const listeners = new Set<() => void>();
  let state: State = {
    session,
    isExpired: false,
    route: parseRoute(address.hash),
    language,
    words,
    theme: themes.find(theme => theme === memory.getItem('theme')) ?? 'system',
    hasKeys: memory.getItem('keys') !== 'off',
    tags: [],
    changed: {},
    pushes: 0,
    notice: null,
    announcement: '',
    isMenuOpen: false,
    isKeyboardHelpOpen: false,
  };
  return {
    get: () => state,
    set: change => {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    subscribe: listener => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What every view can reach. */
export interface Parts {
  readonly store: Store;
  readonly actions: Actions;
  readonly client: Client;
}

/** Set once by `main.ts`, above all views. */
export const PartsContext = createContext<Parts | null>(null);

/** State, words, locale and actions for a view; the view is drawn again at each change of state. */
export function useApp(): Parts & { state: State; words: Words; locale: string } {
  const parts = useContext(PartsContext);
  if (!parts) throw new Error('no parts above this view');
  const [state, setState] = useState(parts.store.get());
  useEffect(() => {
    setState(parts.store.get());
    return parts.store.subscribe(() => setState(parts.store.get()));
  }, [parts]);
  const locale = localeOf(state.language, navigator.languages);
  return { ...parts, state, words: state.words, locale };
}
