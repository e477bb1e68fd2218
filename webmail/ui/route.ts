import type { Level } from '../wire.ts';

/** Where the person is: a list, what narrows it, and what is open beside it. It lives in the address behind the `#`. */
export interface Route {
  readonly list: ListRoute;
  readonly filter: ListFilter;
  /** Open discussion. */
  readonly discussionId: string | null;
  /** Message to show first in it. */
  readonly emailId: string | null;
}

/** The messages under a tag, those that a search finds, or those with a contact. */
export type ListRoute =
  | { readonly kind: 'tag'; readonly id: string }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'contact'; readonly id: string }
  | { readonly kind: 'page'; readonly id: PageId };

/** Pages that are no list of mail. */
export const pageIds = ['settings', 'about', 'tags', 'rules'] as const;
export type PageId = (typeof pageIds)[number];

/** What a list is narrowed to; each part alone, or all together. */
export interface ListFilter {
  readonly isUnread?: true;
  readonly level?: Level;
  readonly tagId?: string;
  /** -10..10: nothing below it. */
  readonly minImportance?: number;
}

/** Stands for the inbox before the tags are known. */
export const inboxId = 'inbox';
/** Stands for every tag at once. */
export const allId = 'all';

const inbox: ListRoute = { kind: 'tag', id: inboxId };
const levels: readonly Level[] = ['A', 'B', 'C', 'D', 'E'];

/** Reads an address's fragment; anything unreadable leads to the inbox. */
export function parseRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?');
  const [kind = '', subject = '', discussionId, emailId] = path.split('/').map(decode);
  const list = listOf(kind, subject);
  if (!list) return { list: inbox, filter: {}, discussionId: null, emailId: null };
  return {
    list,
    filter: parseFilter(query),
    discussionId: discussionId || null,
    emailId: emailId || null,
  };
}

function listOf(kind: string, subject: string): ListRoute | null {
  if (subject === '') return null;
  if (kind === 'tag' || kind === 'contact') return { kind, id: subject };
  if (kind === 'search') return { kind, text: subject };
  const page = pageIds.find(id => id === subject);
  return kind === 'page' && page ? { kind, id: page } : null;
}

function parseFilter(query: string): ListFilter {
  const given = new URLSearchParams(query);
  const level = levels.find(one => one === given.get('level'));
  const tagId = given.get('tag');
  const importance = given.get('importance') ?? '';
  return {
    ...(given.has('unread') ? { isUnread: true } : {}),
    ...(level ? { level } : {}),
    ...(tagId ? { tagId } : {}),
    ...(/^-?\d{1,2}$/.test(importance) && Math.abs(Number(importance)) <= 10
      ? { minImportance: Number(importance) }
      : {}),
  };
}

/** The fragment that `parseRoute` reads back. */
export function formatRoute({ list, filter, discussionId, emailId }: Route): string {
  const subject = list.kind === 'search' ? list.text : list.id;
  const parts = [list.kind, subject, ...(discussionId ? [discussionId] : []), ...(emailId ? [emailId] : [])];
  const query = new URLSearchParams({
    ...(filter.isUnread ? { unread: '' } : {}),
    ...(filter.level ? { level: filter.level } : {}),
    ...(filter.tagId ? { tag: filter.tagId } : {}),
    ...(filter.minImportance === undefined ? {} : { importance: String(filter.minImportance) }),
  });
  const path = `#/${parts.map(part => encodeURIComponent(part.toWellFormed())).join('/')}`;
  return query.size > 0 ? `${path}?${query}` : path;
}

/** The address of a list with nothing open in it. */
export function listAddress(list: ListRoute, filter: ListFilter = {}): string {
  return formatRoute({ list, filter, discussionId: null, emailId: null });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
