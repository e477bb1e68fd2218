import { allId, type ListRoute } from '../route.ts';
import { type NarrowedList, viewOf } from '../saved-views.ts';
import { contactOf, type State } from '../state.ts';
import { tabKey } from '../tab-memory.ts';
import { plainLine } from '../text.ts';
import type { IconName } from './icon.ts';
import { resolveTagId, tagName } from './tag-name.ts';

/** What a list is called: by its saved name, else by its tag, the text sought, or the contact. Of others' choosing. */
export function listTitle(narrowed: NarrowedList, state: State): string {
  const saved = viewOf(narrowed, state.views);
  if (saved) return plainLine(saved.name);
  const { list } = narrowed;
  const { words } = state;
  if (list.kind === 'search') return plainLine(list.text);
  if (list.kind === 'contact') return plainLine(contactOf(state, list.id)?.name ?? '') || words.tabs.contact;
  if (list.id === allId) return words.tags.all;
  const tag = state.tags.find(one => one.id === resolveTagId(list.id, state.tags));
  return tag ? tagName(tag, words) : words.tabs.gone;
}

/** The picture of a kind of list. */
export function listIcon(list: ListRoute, tags: State['tags']): IconName {
  if (list.kind === 'search') return 'search';
  if (list.kind === 'contact') return 'person';
  if (list.id === allId) return 'all';
  return tags.find(tag => tag.id === resolveTagId(list.id, tags))?.role ?? 'tag';
}

/** Unread messages of a list; 0 while it isn't known. */
export function unreadOf({ list }: Pick<NarrowedList, 'list'>, state: State): number {
  if (list.kind !== 'tag') return state.counts[tabKey(list)] ?? 0;
  return state.tags.find(tag => tag.id === resolveTagId(list.id, state.tags))?.unreadEmails ?? 0;
}
