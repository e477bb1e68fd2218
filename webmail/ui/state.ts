import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Email, Mailbox, SignedIn } from '../wire.ts';
import type { Actions } from './actions.ts';
import type { Client } from './client.ts';
import { en, type Words } from './locales/en.ts';
import { fr } from './locales/fr.ts';
import { parseRoute, type Route } from './route.ts';

export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** All words of the screen, by language. */
export const wordsOf: Record<Language, Words> = { en, fr };

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
  wishes: readonly string[],
): Store {
  const listeners = new Set<() => void>();
  let state: State = {
    session: undefined,
    isExpired: false,
    route: parseRoute(address.hash),
    language: chooseLanguage(memory.getItem('language'), wishes),
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

/** The remembered language, else the first wish of the browser that we speak, else English. */
export function chooseLanguage(remembered: string | null, wishes: readonly string[]): Language {
  const all = [remembered ?? '', ...wishes].map(wish => wish.slice(0, 2).toLowerCase());
  return all.flatMap(wish => languages.filter(language => language === wish))[0] ?? 'en';
}

/** How the browser writes dates and numbers in this language: `en-GB` where that is its wish for `en`. */
export function localeOf(language: Language, wishes: readonly string[]): string {
  return wishes.find(wish => wish.split('-', 1)[0]?.toLowerCase() === language) ?? language;
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
  return { ...parts, state, words: wordsOf[state.language], locale };
}
