import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { OpenedMail } from '../device/protocol.ts';
import type { Email, Mailbox, SignedIn, View } from '../wire.ts';
import type { Actions } from './actions.ts';
import type { Client } from './client.ts';
import { type Formats, formatsOf } from './format.ts';
import type { Words } from './locales/en.ts';
import { type Language, localeOf } from './locales/languages.ts';
import type { Memory } from './memory.ts';
import { type Preferences, rememberedPreferences } from './preferences.ts';
import { parseRoute, type Route } from './route.ts';
import { noSelection, type Selection } from './selection.ts';
import type { Tab } from './tabs.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Said once at the foot of the screen; `undo` takes the change back. */
export interface Notice {
  readonly text: string;
  readonly undo?: () => void;
}

/** Something that takes a while, told at the foot of the screen. */
export interface Work {
  readonly text: string;
  readonly done: number;
  /** Null while it isn't known. */
  readonly total: number | null;
  stop(): void;
}

/** Something that is asked before it is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly yes: string;
  answer(isYes: boolean): void;
}

/** Who a contact's list is about. */
export interface ContactHead {
  readonly name: string;
  readonly addresses: readonly string[];
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
  readonly preferences: Preferences;
  /** This device keeps its own preferences. */
  readonly isPreferringHere: boolean;
  /** How dates are written in this language and by these preferences. */
  readonly formats: Formats;
  readonly tags: readonly Mailbox[];
  /** Changed messages by id: lists and messages on screen show these in place of what they loaded. */
  readonly changed: Readonly<Record<string, Pick<Email, 'keywords' | 'mailboxIds'>>>;
  /** Messages that were opened with a key of this device, by id; in memory alone, until the key is locked. */
  readonly opened: Readonly<Record<string, OpenedMail>>;
  /** Lists that stay at hand on this device. */
  readonly tabs: readonly Tab[];
  /** Lists that the owner has saved on the server. */
  readonly views: readonly View[];
  /** Unread messages of searches and contacts, by `tabKey`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Contacts of the tabs by id; null for one that is gone. */
  readonly contacts: Readonly<Record<string, ContactHead | null>>;
  readonly selection: Selection;
  /** Rows on their way out of the list in sight: it shows them no more. */
  readonly leaving: ReadonlySet<string>;
  readonly work: Work | null;
  readonly question: Question | null;
  /** Messages whose remote pictures the owner wants to see, by id. */
  readonly picturesOf: ReadonlySet<string>;
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
  const preferences = rememberedPreferences(memory);
  let state: State = {
    session,
    isExpired: false,
    route: parseRoute(address.hash),
    language,
    words,
    theme: themes.find(theme => theme === memory.getItem('theme')) ?? 'system',
    hasKeys: memory.getItem('keys') !== 'off',
    preferences,
    isPreferringHere: memory.getItem('preferencesHere') === 'yes',
    formats: formatsIn(language, preferences),
    tags: [],
    changed: {},
    opened: {},
    tabs: [],
    views: [],
    counts: {},
    contacts: {},
    selection: noSelection,
    leaving: new Set(),
    work: null,
    question: null,
    picturesOf: new Set(),
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
      if (change.language || change.preferences) {
        state = { ...state, formats: formatsIn(state.language, state.preferences) };
      }
      for (const listener of listeners) listener();
    },
    subscribe: listener => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function formatsIn(language: Language, preferences: Preferences): Formats {
  return formatsOf(localeOf(language, navigator.languages), preferences);
}

/** What is known of a contact; undefined while nothing is. The id may come from an address, whatever stands there. */
export function contactOf({ contacts }: Pick<State, 'contacts'>, id: string): ContactHead | null | undefined {
  return Object.hasOwn(contacts, id) ? contacts[id] : undefined;
}

/** What every view can reach. */
export interface Parts {
  readonly store: Store;
  readonly actions: Actions;
  readonly client: Client;
  readonly memory: Memory;
}

/** Set once by `main.ts`, above all views. */
export const PartsContext = createContext<Parts | null>(null);

/**
 * State, words, locale, formats of dates and actions for a view; the view is drawn again at each change of state.
 */
export function useApp(): Parts & { state: State; words: Words; locale: string; formats: Formats } {
  const parts = useContext(PartsContext);
  if (!parts) throw new Error('no parts above this view');
  const [state, setState] = useState(parts.store.get());
  useEffect(() => {
    setState(parts.store.get());
    return parts.store.subscribe(() => setState(parts.store.get()));
  }, [parts]);
  const { words, formats } = state;
  return { ...parts, state, words, formats, locale: formats.locale };
}
