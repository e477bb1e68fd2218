import type { Mailbox, View } from '../wire.ts';
import type { Asking } from './mail.ts';
import { allId, inboxId, type ListFilter } from './route.ts';
import { type MailList, tabAddress } from './tabs.ts';

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
  const address = tabAddress(narrowed);
  return views.find(view => tabAddress(listOfView(view)) === address);
}

/** Saves a list under a name. */
export async function saveView(
  { client, accountId }: Asking,
  { list, filter }: NarrowedList,
  { name, tags }: { readonly name: string; readonly tags: readonly Pick<Mailbox, 'id' | 'role'>[] },
): Promise<void> {
  const create = { view: { name, list: savedList(list, tags), filter } };
  const answers = await client.call([['View/set', { accountId, create }, 'set']]);
  if (!answers.set?.created) throw new Error('the view was not saved');
}

function savedList(list: MailList, tags: readonly Pick<Mailbox, 'id' | 'role'>[]): View['list'] {
  if (list.kind !== 'tag') return list;
  if (list.id === allId) return { kind: 'all' };
  const id = list.id === inboxId ? (tags.find(tag => tag.role === 'inbox')?.id ?? list.id) : list.id;
  return { kind: 'tag', id };
}

/** Gives a view another name. */
export async function renameView({ client, accountId }: Asking, id: string, name: string): Promise<void> {
  const answers = await client.call([['View/set', { accountId, update: { [id]: { name } } }, 'set']]);
  if (!answers.set?.updated) throw new Error('the view was not renamed');
}

/** Forgets a view; its messages stay as they are. */
export async function forgetView({ client, accountId }: Asking, id: string): Promise<void> {
  await client.call([['View/set', { accountId, destroy: [id] }, 'set']]);
}
