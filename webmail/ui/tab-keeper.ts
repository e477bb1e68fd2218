import { useEffect, useRef } from 'preact/hooks';
import type { Memory } from './memory.ts';
import { inboxId } from './route.ts';
import { listOfView } from './saved-views.ts';
import { noSelection } from './selection.ts';
import { type Parts, useApp } from './state.ts';
import { countUnread, loadContactHeads, loadViews } from './tab-counts.ts';
import { memoryKey, tabKey } from './tab-memory.ts';
import { type MailList, readTabs, staysAsTab, type Tab, visited, writeTabs } from './tabs.ts';

/** Looks again at most this often, however much mail comes. */
const pauseMilliseconds = 2000;

/** Keeps the tabs of who is signed in: remembers them on this device, opens one for each list that stays, counts. */
export function TabKeeper(): null {
  const { state, store, actions, client, memory } = useApp();
  const accountId = state.session?.accountId ?? '';
  const { list, filter } = state.route;
  const parts: Parts = { store, actions, client, memory };

  const read = useRef(state.tabs);
  const take = (text: string | null) => {
    read.current = readTabs(text);
    store.set({ tabs: read.current });
  };

  useEffect(() => {
    take(memory.getItem(memoryKey(accountId)));
    return () => leave(accountId, parts);
  }, [accountId]);
  useEffect(() => {
    // What another window wrote is not written back: meanwhile it may have written more.
    const { tabs } = store.get();
    if (tabs !== read.current) remember(accountId, tabs, memory);
  }, [state.tabs]);
  useEffect(() => {
    if (!staysAsTab(list, state.tags)) return;
    // Another window may have opened some that this one has not heard of yet.
    const tabs = readTabs(memory.getItem(memoryKey(accountId)));
    store.set({ tabs: visited(tabs, { list, filter }) });
  }, [list, filter, state.tags.length > 0]);
  useEffect(() => {
    if (state.tags.length > 0) dropGone(parts);
  }, [state.tags]);
  useEffect(() => {
    // Another window of this browser has opened or closed some.
    const follow = ({ key, newValue }: StorageEvent) => {
      if (key === memoryKey(accountId)) take(newValue);
    };
    addEventListener('storage', follow);
    return () => removeEventListener('storage', follow);
  }, [accountId]);
  useRefresh(accountId, parts);
  return null;
}

const inbox = { kind: 'tag', id: inboxId } as const;

function remember(accountId: string, tabs: readonly Tab[], memory: Memory): void {
  if (tabs.length > 0) memory.setItem(memoryKey(accountId), writeTabs(tabs));
  else memory.removeItem(memoryKey(accountId));
}

/**
 * What somebody looked at is not told to who comes next, but for what they pinned. A session that ended by itself goes
 * on; what is remembered is left as it is then, since another window may have been signed out in the meantime.
 */
function leave(accountId: string, { store, actions, memory }: Parts): void {
  const { tabs, isExpired, question } = store.get();
  question?.answer(false);
  const pinned = tabs.filter(tab => tab.isPinned);
  if (!isExpired) remember(accountId, pinned, memory);
  // Earlier versions noted here whose mail was shown last.
  memory.removeItem('account');
  store.set({
    ...{ tabs: [], views: [], counts: {}, contacts: {} },
    ...{ selection: noSelection, leaving: new Set(), work: null, picturesOf: new Set() },
  });
  if (!isExpired) actions.go({ list: inbox, filter: {}, discussionId: null, emailId: null });
}

/** A tag that was deleted has no tab. */
function dropGone({ store }: Parts): void {
  const { tabs, tags } = store.get();
  const kept = tabs.filter(tab => staysAsTab(tab.list, tags));
  if (kept.length < tabs.length) store.set({ tabs: kept });
}

/** Views, names and counts are looked at again behind each push and each new tab, with a pause between. */
function useRefresh(accountId: string, parts: Parts): void {
  const { state } = useApp();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const keys = state.tabs.map(tab => tabKey(tab.list)).join('\n');
  const isEarly = useRef(true);
  const last = useRef(0);
  useEffect(() => {
    const look = () => {
      // Whoever waits to be seen is one, however much mail comes meanwhile.
      if (document.visibilityState === 'hidden')
        return document.addEventListener('visibilitychange', look, { once: true });
      timer.current = undefined;
      last.current += 1;
      const own = last.current;
      // What was asked for later is newer.
      void refresh(parts, accountId, () => own === last.current);
    };
    timer.current ??= setTimeout(look, isEarly.current ? 0 : pauseMilliseconds);
    isEarly.current = false;
  }, [accountId, state.pushes, keys]);
  useEffect(() => () => clearTimeout(timer.current), []);
}

async function refresh(
  { store, actions, client }: Parts,
  accountId: string,
  isLast: () => boolean,
): Promise<void> {
  const asking = { client, accountId };
  const isHere = () => store.get().session?.accountId === accountId && isLast();
  if (!isHere()) return;
  try {
    const views = await loadViews(asking);
    if (isHere()) store.set({ views });
    const lists: MailList[] = [
      ...store.get().tabs.map(tab => tab.list),
      ...views.map(view => listOfView(view).list),
    ];
    const ids = lists.flatMap(list => (list.kind === 'contact' ? [list.id] : []));
    const contacts = ids.length > 0 ? await loadContactHeads(asking, [...new Set(ids)]) : {};
    const unique = new Map(lists.map(list => [tabKey(list), list]));
    const counts = await countUnread(asking, [...unique.values()]);
    if (isHere()) store.set({ contacts, counts });
  } catch (error) {
    actions.noteError(error);
  }
}
