import type { Mailbox, View } from '../wire.ts';
import type { Asking } from './mail.ts';
import { allId, inboxId } from './route.ts';
import type { NarrowedList } from './saved-views.ts';
import type { MailList } from './tabs.ts';

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
