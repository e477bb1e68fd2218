import type { Email, Mailbox } from '../wire.ts';
import type { EmailPatch } from './email-patch.ts';

/** What can be done with one message or many at once, and taken back. */
export const acts = ['archive', 'inbox', 'junk', 'notJunk', 'trash', 'read', 'unread'] as const;
export type Act = (typeof acts)[number] | { readonly tagId: string; readonly isAdded: boolean };

export type Role = NonNullable<Mailbox['role']>;
export type Roles = readonly Pick<Mailbox, 'id' | 'role'>[];
export type Changeable = Pick<Email, 'keywords' | 'mailboxIds'>;

/**
 * What an act changes in a message; null when it is done already or makes no sense for it. Only what truly changes is
 * in it, so that its inverse leads back exactly.
 */
export function patchOf(act: Act, email: Changeable, tags: Roles): EmailPatch | null {
  if (act === 'read') return email.keywords.$seen ? null : { keywords: { $seen: true } };
  if (act === 'unread') return email.keywords.$seen ? { keywords: { $seen: null } } : null;
  if (typeof act === 'object') return tagging(act, email, tags);
  return folderMove(act, email, tags);
}

/** Between the tags that have a role, as other mail programs move between folders. */
function folderMove(
  act: Exclude<Act, object | 'read' | 'unread'>,
  email: Changeable,
  tags: Roles,
): EmailPatch | null {
  const idOf = (role: Role) => tags.find(tag => tag.role === role)?.id;
  const isUnder = (...roles: Role[]) => roles.some(role => email.mailboxIds[idOf(role) ?? '']);
  const move = (to: Role, from: (tag: Roles[number]) => boolean) => {
    const patch = moving(email, tags, { to: idOf(to), from });
    if (to === 'junk') return withKeywords(patch, email, { $junk: true, $notjunk: null });
    return isUnder('junk') && to !== 'trash'
      ? withKeywords(patch, email, { $junk: null, $notjunk: true })
      : patch;
  };
  if (act === 'trash') return move('trash', () => true);
  if (act === 'inbox') return move('inbox', tag => tag.role !== null);
  if (act === 'notJunk') return isUnder('junk') ? move('inbox', isAnyOf('junk')) : null;
  // What one wrote oneself is in no inbox, and has its place.
  if (act === 'junk') return isUnder('sent', 'drafts', 'junk') ? null : move('junk', () => true);
  return isUnder('inbox', 'junk', 'trash') ? move('archive', isAnyOf('inbox', 'junk', 'trash')) : null;
}

function isAnyOf(...roles: Role[]): (tag: Roles[number]) => boolean {
  return ({ role }) => role !== null && roles.includes(role);
}

interface Move {
  readonly to: string | undefined;
  /** Tags that the message loses. */
  readonly from: (tag: Roles[number]) => boolean;
}

function moving(email: Changeable, tags: Roles, { to, from }: Move): EmailPatch | null {
  if (to === undefined) return null;
  const left = tags.filter(tag => tag.id !== to && email.mailboxIds[tag.id] && from(tag));
  const changes = {
    ...nulls(left.map(tag => tag.id)),
    ...(email.mailboxIds[to] ? {} : { [to]: true as const }),
  };
  return Object.keys(changes).length > 0 ? { tags: changes } : null;
}

function nulls(ids: readonly string[]): Record<string, null> {
  return Object.fromEntries(ids.map(id => [id, null]));
}

function withKeywords(
  patch: EmailPatch | null,
  email: Changeable,
  wanted: Readonly<Record<string, true | null>>,
): EmailPatch | null {
  const changes = Object.entries(wanted).filter(([name, value]) => (email.keywords[name] ?? null) !== value);
  return patch && changes.length > 0 ? { ...patch, keywords: Object.fromEntries(changes) } : patch;
}

/** A message without a tag can't be: the last one gives way to the archive. */
function tagging(
  { tagId, isAdded }: { readonly tagId: string; readonly isAdded: boolean },
  { mailboxIds }: Changeable,
  tags: Roles,
): EmailPatch | null {
  if (isAdded) return mailboxIds[tagId] ? null : { tags: { [tagId]: true } };
  if (!mailboxIds[tagId]) return null;
  const archive = tags.find(tag => tag.role === 'archive');
  const isLast = Object.keys(mailboxIds).length === 1;
  return { tags: { [tagId]: null, ...(isLast && archive ? { [archive.id]: true } : {}) } };
}
