import type { Email, SignedIn, SignIn } from '../wire.ts';
import { type Client, RequestError } from './client.ts';
import { type DeviceActions, deviceActions } from './device-actions.ts';
import { backTo, type EmailPatch, patched } from './email-patch.ts';
import { createFirstList } from './first-list.ts';
import { type Asking, changeEmail, loadTags, type TimelinePage } from './mail.ts';
import type { Memory } from './memory.ts';
import { once } from './once.ts';
import { type PreferenceActions, preferenceActions } from './preference-actions.ts';
import { formatRoute, parseRoute, type Route } from './route.ts';
import type { Notice, State, Store } from './state.ts';

type Changeable = Pick<Email, 'id' | 'keywords' | 'mailboxIds'>;

/** All that changes the shared state. */
export interface Actions extends PreferenceActions, DeviceActions {
  start(): Promise<void>;
  /** Throws `RequestError` when the server refuses. */
  signIn(form: SignIn): Promise<void>;
  signOut(): Promise<void>;
  /** Follows the address that the browser shows now. */
  followAddress(): void;
  go(change: Partial<Route>): void;
  refreshTags(): Promise<void>;
  /** The first page of a list that was asked for before there was a view to show it; once. */
  takeFirst(key: string): Promise<TimelinePage> | null;
  /** Shows the change at once, saves it, takes it back when it can't be saved; with `text`, offers to undo it. */
  change(email: Changeable, patch: EmailPatch, text?: string): Promise<void>;
  /** These messages were loaded anew: every view shows their flags and tags as they are now. */
  settle(emails: readonly Changeable[]): void;
  say(notice: Notice | null): void;
  announce(text: string): void;
  toggle(what: 'isMenuOpen' | 'isKeyboardHelpOpen', value?: boolean): void;
  /** An ended session leads to the sign-in screen; anything else is the caller's to show. */
  noteError(error: unknown): void;
  /** As `noteError`, and says so at the foot of the screen: for what somebody asked for and didn't get. */
  tellError(error: unknown): void;
}

const announcePause = 100;

/** Messages whose flags are held beside the lists; more than any list holds. */
const maxChanged = 1000;

interface Deps {
  readonly store: Store;
  readonly client: Client;
  readonly memory: Memory;
  readonly address: Pick<Location, 'hash'>;
}

/** The actions over one store and one client. */
export function createActions(deps: Deps): Actions {
  const { store, client, address } = deps;
  const preferences = preferenceActions({ ...deps, noteError: error => session.noteError(error) });
  const session = sessionActions(deps, preferences, refreshTags);
  const asking = (): Asking => ({ client, accountId: store.get().session?.accountId ?? '' });
  const wordsNow = () => store.get().words;
  const pending = new Map<string, number>();
  const count = (id: string, by: number) => pending.set(id, (pending.get(id) ?? 0) + by);

  let lastAsked = 0;
  let lastShown = 0;
  async function refreshTags(): Promise<void> {
    const asked = asking();
    const place = ++lastAsked;
    const tags = await loadTags(asked).catch(session.noteError);
    // An answer that was overtaken by a later one is old.
    if (!tags || place < lastShown || asked.accountId !== asking().accountId) return;
    lastShown = place;
    store.set({ tags });
  }

  function say(notice: Notice | null): void {
    // What comes behind the end of a session is told nobody.
    if (notice && !store.get().session) return;
    store.set({ notice: notice?.undo ? { ...notice, undo: once(notice.undo) } : notice });
  }

  async function change(email: Changeable, patch: EmailPatch, text?: string): Promise<void> {
    const before = store.get().changed[email.id] ?? email;
    const show = (flags: Pick<Email, 'keywords' | 'mailboxIds'>) => {
      const { keywords, mailboxIds } = flags;
      store.set({ changed: { ...store.get().changed, [email.id]: { keywords, mailboxIds } } });
    };
    show(patched(before, patch));
    const back = backTo(before, patch);
    if (text) say({ text, undo: () => void change(email, back) });
    count(email.id, 1);
    try {
      await changeEmail(asking(), email.id, patch);
      await refreshTags();
    } catch (error) {
      // Only what this change did goes back: another one may have come meanwhile.
      show(patched(store.get().changed[email.id] ?? email, back));
      session.noteError(error);
      say({ text: wordsNow().errors.change });
    } finally {
      count(email.id, -1);
    }
  }

  return {
    ...session,
    ...preferences,
    ...deviceActions(deps),
    refreshTags,
    change,
    settle: emails => {
      const isPending = (id: string) => (pending.get(id) ?? 0) > 0;
      store.set({ changed: settled(store.get().changed, emails, isPending) });
    },
    followAddress: () => store.set({ route: parseRoute(address.hash), isMenuOpen: false }),
    go: route => {
      address.hash = formatRoute({ ...store.get().route, ...route });
    },
    say,
    tellError: error => {
      session.noteError(error);
      const { offline, server } = wordsNow().errors;
      const isOffline = error instanceof RequestError && error.status === 0;
      say({ text: isOffline ? offline : server });
    },
    // Emptied first, because the same words again would not be a change to tell.
    announce: announcement => {
      store.set({ announcement: '' });
      setTimeout(() => store.set({ announcement }), announcePause);
    },
    toggle: (what, value) => store.set({ [what]: value ?? !store.get()[what] }),
  };
}

/** The flags that were loaded, over those that were known; of messages that are being changed, those on screen stay. */
function settled(
  changed: State['changed'],
  emails: readonly Changeable[],
  isPending: (id: string) => boolean,
): State['changed'] {
  const loaded = emails
    .filter(({ id }) => !isPending(id))
    .map(({ id, keywords, mailboxIds }) => [id, { keywords, mailboxIds }] as const);
  const all = Object.entries({ ...changed, ...Object.fromEntries(loaded) });
  return Object.fromEntries(all.filter(([id], place) => place >= all.length - maxChanged || isPending(id)));
}

type SessionActions = Pick<Actions, 'start' | 'signIn' | 'signOut' | 'noteError' | 'takeFirst'>;

function sessionActions(
  { store, client }: Deps,
  preferences: ReturnType<typeof preferenceActions>,
  refreshTags: () => Promise<void>,
): SessionActions {
  let stopWatching = () => {};
  /** Requests under way when somebody signs out are refused: that is no session that ended by itself. */
  let isLeaving = false;
  const first = createFirstList(client);
  const begin = async (session: SignedIn) => {
    isLeaving = false;
    const { accountId } = session;
    const tags = first.tags(accountId, store.get().route);
    await preferences.follow(session.preferences);
    store.set({ session, isExpired: false });
    stopWatching();
    preferences.keepEarly();
    await tags.then(found => store.set({ tags: found }), refreshTags);
    // Behind what is shown first: the list waits for nothing else.
    if (store.get().session === session)
      stopWatching = client.watch(look, () => void catchUp(accountId).catch(noteError));
  };
  const look = (types: readonly string[] | null) => {
    store.set({ pushes: store.get().pushes + 1 });
    if (!types || types.includes('Settings')) void preferences.follow();
    void refreshTags();
  };
  /** What changed between the first list and the stream is told by no stream. */
  const catchUp = async (accountId: string) => {
    const [before, { emails }] = await Promise.all([
      first.state(),
      client.call([['Email/get', { accountId, ids: [], properties: ['id'] }, 'emails']]),
    ]);
    if (before !== null && emails?.state !== before) look(['Email']);
  };
  const end = (isExpired: boolean) => {
    stopWatching();
    store.set({ session: null, isExpired, tags: [], changed: {}, notice: null });
  };
  return {
    start: async () => {
      const session = await client.whoAmI();
      if (!session) return store.set({ session });
      first.begin(session.accountId, store.get().route);
      await begin(session);
    },
    signIn: async form => await begin(await client.signIn(form)),
    takeFirst: key => first.take(key),
    signOut: async () => {
      isLeaving = true;
      try {
        await client.signOut();
      } catch (error) {
        // Only a session that is over is as good as one that was ended.
        if (!(error instanceof RequestError && error.status === 401)) {
          isLeaving = false;
          store.set({ notice: { text: store.get().words.errors.signOut } });
          return;
        }
      }
      end(false);
    },
    noteError,
  };

  function noteError(error: unknown): void {
    if (error instanceof RequestError && error.status === 401 && store.get().session) end(!isLeaving);
  }
}
