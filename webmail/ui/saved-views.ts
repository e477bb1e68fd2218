import type { View } from '../wire.ts';
import { allId, type ListFilter, listAddress } from './route.ts';
import type { MailList } from './tabs.ts';

/** A list and what it is narrowed to. */
export interface NarrowedList {
  readonly list: MailList;
  readonly filter: ListFilter;
}

/** The list of the screens that a saved view stands for. */
export function listOfView({ list, filter }: Pick<View, 'list' | 'filter'>): NarrowedList {
  return { list: list.kind === 'all' ? { kind: 'tag', id: allId } : list, filter };
}

/** The view that was saved of this list; undefined when there is none. */
export function viewOf(narrowed: NarrowedList, views: readonly View[]): View | undefined {
  const addressOf = ({ list, filter }: NarrowedList) => listAddress(list, filter);
  return views.find(view => addressOf(listOfView(view)) === addressOf(narrowed));
}
