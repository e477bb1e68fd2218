import { formatRoute, type Route } from './route.ts';
import type { Parts } from './state.ts';
import { tabKey } from './tab-memory.ts';
import { afterClosing, closed, pinned, stepped, type Tab, tabAddress, visited } from './tabs.ts';

/** Goes to a list, with nothing open in it. */
function goTo({ actions }: Parts, { list, filter }: Pick<Route, 'list' | 'filter'>): void {
  actions.go({ list, filter, discussionId: null, emailId: null });
}

/** Opens a list as a tab behind the one in sight. */
export function openBehind({ store }: Parts, list: Tab['list']): void {
  store.set({ tabs: visited(store.get().tabs, { list, filter: {} }) });
}

/** Closes a tab; from the one in sight it leads to its neighbour. */
export function closeTab(parts: Parts, key: string): void {
  const { tabs, route } = parts.store.get();
  if (!tabs.some(tab => tabKey(tab.list) === key)) return;
  const isInSight = tabKey(route.list) === key;
  const next = afterClosing(tabs, key);
  parts.store.set({ tabs: closed(tabs, key) });
  if (isInSight) goTo(parts, next);
  setTimeout(holdFocus, 0);
}

/** The button that was pressed is gone with its tab: the focus goes to the tab in sight. */
function holdFocus(): void {
  if (document.activeElement !== document.body) return;
  const current = document.querySelector<HTMLElement>('.tab-strip [aria-current]');
  (current?.checkVisibility() ? current : document.getElementById('main'))?.focus();
}

/** Closes the tab in sight. */
export function closeCurrent(parts: Parts): void {
  closeTab(parts, tabKey(parts.store.get().route.list));
}

/** Closes all tabs but the one in sight and those that are pinned. */
export function closeOthers({ store }: Parts): void {
  const { tabs, route } = store.get();
  store.set({ tabs: tabs.filter(tab => tab.isPinned || tabKey(tab.list) === tabKey(route.list)) });
}

/** Goes to the tab before or behind the one in sight. */
export function stepTab(parts: Parts, by: 1 | -1): void {
  const { tabs, route } = parts.store.get();
  if (tabs.length > 0) goTo(parts, stepped(tabs, route.list, by));
}

/** Pins a tab to this device, or lets it loose. */
export function pinTab({ store }: Parts, key: string, isPinned: boolean): void {
  store.set({ tabs: pinned(store.get().tabs, key, isPinned) });
}

/** Whether this tab is in sight; what is open in it doesn't count. */
export function isInSight(tab: Pick<Tab, 'list'>, route: Route): boolean {
  return tabKey(tab.list) === tabKey(route.list);
}

/** The address that a tab leads to: the one in sight keeps what is open in it. */
export function addressOf(tab: Pick<Tab, 'list' | 'filter'>, route: Route): string {
  return isInSight(tab, route) ? formatRoute(route) : tabAddress(tab);
}
