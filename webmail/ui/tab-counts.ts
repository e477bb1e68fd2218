import type { Discussion, Invocation, View } from '../wire.ts';
import { type Asking, asPrefix } from './mail.ts';
import type { ContactHead } from './state.ts';
import { tabKey } from './tab-memory.ts';
import type { MailList } from './tabs.ts';

/** Lists that are counted at most: each costs the server a query. */
const maxCounted = 30;
const maxDiscussions = 256;

/** How many unread messages searches and contacts have, by `tabKey`. What can't be counted is left out. */
export async function countUnread(
  { client, accountId }: Asking,
  lists: readonly MailList[],
): Promise<Readonly<Record<string, number>>> {
  const counted = lists.filter(list => list.kind !== 'tag').slice(0, maxCounted);
  const answers = counted.map(async list => {
    const calls =
      list.kind === 'search' ? searchCalls(list.text, accountId) : contactCalls(list.id, accountId);
    try {
      return [tabKey(list), countOf(await client.call(calls))] as const;
    } catch {
      // A count is an extra: the list itself tells what is wrong.
      return null;
    }
  });
  return Object.fromEntries((await Promise.all(answers)).filter(answer => answer !== null));
}

function searchCalls(text: string, accountId: string): Invocation[] {
  const filter = { operator: 'AND', conditions: [{ query: asPrefix(text) }, { notKeyword: '$seen' }] };
  return [['Email/query', { accountId, filter, limit: 0, calculateTotal: true }, 'query']];
}

function contactCalls(contactId: string, accountId: string): Invocation[] {
  const filter = { contactId, isUnread: true };
  const ids = { resultOf: 'query', name: 'Discussion/query', path: '/ids' };
  return [
    ['Discussion/query', { accountId, filter, limit: maxDiscussions }, 'query'],
    ['Discussion/get', { accountId, properties: ['unreadEmails'], '#ids': ids }, 'get'],
  ];
}

function countOf(answers: Record<string, Record<string, unknown>>): number {
  const discussions = answers.get?.list as readonly Pick<Discussion, 'unreadEmails'>[] | undefined;
  if (!discussions) return Number(answers.query?.total ?? 0);
  return discussions.reduce((sum, { unreadEmails }) => sum + unreadEmails, 0);
}

/** The lists that the owner has saved, in their order. */
export async function loadViews({ client, accountId }: Asking): Promise<readonly View[]> {
  const answers = await client.call([['View/get', { accountId, ids: null }, 'get']]);
  return (answers.get?.list ?? []) as readonly View[];
}

interface Card {
  readonly id: string;
  readonly name?: { readonly full?: string };
  readonly emails?: Readonly<Record<string, { readonly address: string }>>;
}

/** Names and addresses of contacts by id; null for those that are gone. */
export async function loadContactHeads(
  { client, accountId }: Asking,
  ids: readonly string[],
): Promise<Readonly<Record<string, ContactHead | null>>> {
  const wanted = ids.filter(id => /^[A-Za-z0-9_-]{1,255}$/.test(id));
  const properties = ['id', 'name', 'emails'];
  const answers = await client.call([['ContactCard/get', { accountId, ids: wanted, properties }, 'get']]);
  const cards = (answers.get?.list ?? []) as readonly Card[];
  const heads = cards.map(card => [card.id, headOf(card)] as const);
  return { ...Object.fromEntries(ids.map(id => [id, null])), ...Object.fromEntries(heads) };
}

function headOf({ name, emails }: Card): ContactHead {
  const addresses = Object.values(emails ?? {}).map(({ address }) => address);
  return { name: name?.full ?? addresses[0] ?? '', addresses };
}
