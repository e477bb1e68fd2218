import type { EmailRow } from './mail.ts';
import type { State } from './state.ts';

/**
 * Whether the owner wrote it: it is under what was sent or drafted, or their address stands as its originator. A mark
 * says that this may be a lie.
 */
export function isOwn(
  email: Pick<EmailRow, 'from' | 'mailboxIds' | 'privacyBrief'>,
  { tags, session }: Pick<State, 'tags' | 'session'>,
): boolean {
  if (email.privacyBrief.marks.length > 0) return false;
  const isSent = tags.some(({ id, role }) => (role === 'sent' || role === 'drafts') && email.mailboxIds[id]);
  return isSent || (email.from ?? []).some(({ email: address }) => isOwnAddress(address, session));
}

/** Whether mail to this address reaches the owner: what stands behind a `+` is a detail of theirs. */
export function isOwnAddress(address: string, session: State['session']): boolean {
  return session ? bare(address) === bare(session.address) : false;
}

function bare(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/\+[^@]*(?=@)/, '');
}
