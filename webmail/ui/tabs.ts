import type { Mailbox } from '../wire.ts';
import {
  allId,
  inboxId,
  type ListFilter,
  type ListRoute,
  listAddress,
  parseRoute,
  type Route,
} from './route.ts';
import { tabKey } from './tab-memory.ts';

/** A list of mail with an address of its own: everything that can be a tab. */
export type MailList = Exclude<ListRoute, { kind: 'page' }>;

/** A list that stays at hand after it was left. */
export interface Tab {
  readonly list: MailList;
  /** As it was last narrowed. */
  readonly filter: ListFilter;
  /** It outlives a sign-out on this device. */
  readonly isPinned: boolean;
  /** Counts up with each look: the tab with the lowest was looked at longest ago. */
  readonly use: number;
}

/** Tabs that are not pinned: more push out the one that was looked at longest ago. */
export const maxLoose = 12;
export const maxPinned = 24;

/** The address of a tab. */
export function tabAddress({ list, filter }: Pick<Tab, 'list' | 'filter'>): string {
  return listAddress(list, filter);
}

/** Whether a list gets a tab that stays: the owner's tags, searches and contacts. The others have their fixed place. */
export function staysAsTab(list: ListRoute, tags: readonly Pick<Mailbox, 'id' | 'role'>[]): list is MailList {
  if (list.kind === 'page') return false;
  return list.kind !== 'tag' || tags.some(tag => tag.id === list.id && tag.role === null);
}

/** The tabs after a list was looked at, or opened behind the one in sight. */
export function visited(
  tabs: readonly Tab[],
  { list, filter }: Pick<Tab, 'list' | 'filter'>,
): readonly Tab[] {
  const key = tabKey(list);
  const use = 1 + Math.max(0, ...tabs.map(tab => tab.use));
  const known = tabs.some(tab => tabKey(tab.list) === key);
  if (known) return tabs.map(tab => (tabKey(tab.list) === key ? { ...tab, list, filter, use } : tab));
  return bounded([...tabs, { list, filter, isPinned: false, use }]);
}

function bounded(tabs: readonly Tab[]): readonly Tab[] {
  const loose = tabs.filter(tab => !tab.isPinned);
  if (loose.length <= maxLoose) return tabs;
  const oldest = loose.reduce((first, second) => (second.use < first.use ? second : first));
  return bounded(tabs.filter(tab => tab !== oldest));
}

/** The tabs without one of them. */
export function closed(tabs: readonly Tab[], key: string): readonly Tab[] {
  return tabs.filter(tab => tabKey(tab.list) !== key);
}

/** Pins a tab to this device or lets it loose; as many as can be pinned stay pinned. */
export function pinned(tabs: readonly Tab[], key: string, isPinned: boolean): readonly Tab[] {
  const isFull = tabs.filter(tab => tab.isPinned).length >= maxPinned;
  if (isPinned && isFull) return tabs;
  return bounded(tabs.map(tab => (tabKey(tab.list) === key ? { ...tab, isPinned } : tab)));
}

/** Where to go when a tab closes that is in sight: its right neighbour, else the left one, else the inbox. */
export function afterClosing(tabs: readonly Tab[], key: string): Pick<Route, 'list' | 'filter'> {
  const place = tabs.findIndex(tab => tabKey(tab.list) === key);
  const next = place < 0 ? undefined : (tabs[place + 1] ?? tabs[place - 1]);
  return next ?? { list: { kind: 'tag', id: inboxId }, filter: {} };
}

/** The list before or behind this one among the inbox and the tabs, round and round. */
export function stepped(tabs: readonly Tab[], list: ListRoute, by: 1 | -1): Pick<Route, 'list' | 'filter'> {
  const inbox = { list: { kind: 'tag', id: inboxId } as const, filter: {} };
  const all = [inbox, ...tabs];
  const key = tabKey(list);
  const place = all.findIndex(tab => tabKey(tab.list) === key);
  if (place < 0) return by === 1 ? (all[1] ?? inbox) : (all.at(-1) ?? inbox);
  return all[(place + by + all.length) % all.length] ?? inbox;
}

/** Tabs as this device remembers them; what can't be read is left out. */
export function readTabs(text: string | null): readonly Tab[] {
  const rows = parsed(text);
  const tabs = rows.flatMap((row, place): Tab[] => {
    if (typeof row !== 'object' || row === null || !('address' in row)) return [];
    const { list, filter } = parseRoute(String(row.address));
    if (list.kind === 'page' || (list.kind === 'tag' && [inboxId, allId].includes(list.id))) return [];
    const use = 'use' in row && Number.isSafeInteger(row.use) ? Number(row.use) : place;
    return [{ list, filter, isPinned: 'isPinned' in row && row.isPinned === true, use }];
  });
  const own = new Map(tabs.map(tab => [tabKey(tab.list), tab]));
  const kept = [...own.values()];
  const fixed = new Set(kept.filter(tab => tab.isPinned).slice(0, maxPinned));
  return bounded(kept.map(tab => ({ ...tab, isPinned: fixed.has(tab) })));
}

function parsed(text: string | null): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.slice(0, 2 * (maxLoose + maxPinned)) : [];
  } catch {
    return [];
  }
}

/** What `readTabs` reads back. */
export function writeTabs(tabs: readonly Tab[]): string {
  return JSON.stringify(
    tabs.map(tab => ({ address: tabAddress(tab), isPinned: tab.isPinned, use: tab.use })),
  );
}
