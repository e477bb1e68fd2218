import type { Message } from '../../delivery/message/shape.ts';
import type { Email } from '../../delivery/store/store.ts';
import type { Caller } from './caller.ts';
import type { Content } from './jmap/email-body.ts';
import { armorOf, contentOf } from './jmap/email-view.ts';
import type { Web } from './parts.ts';
import { isClosed } from './read-view.ts';

type Opening = Web & { readonly caller: Caller };

/**
 * The content of a stored email: opened with the key that the server holds for its owner, or with its armor as the
 * body when it stays closed (DESIGN.md, "Keys and custody" and "API").
 */
export async function openStored(
  { email, stored, wantsBody }: { email: Email; stored: Message; wantsBody: boolean },
  context: Opening,
): Promise<Content> {
  if (email.sealed) return contentOf(stored, email.blobId, { isClosed: true });
  if (wantsBody && isClosed(email, stored)) {
    const opened = await openMessage(stored, { emailId: email.id }, context);
    if (opened) return contentOf(opened, email.blobId, { isOpened: true });
  }
  return contentOf(stored, email.blobId, { isClosed: armorOf(stored) !== null });
}

/**
 * What is encrypted in the message, when the server holds the owner's key and it fits; null otherwise. Each look is
 * written where the owner can read it (DESIGN.md, promise 6).
 */
export async function openMessage(
  stored: Message,
  what: Readonly<Record<string, string>>,
  { caller, opener }: Opening,
): Promise<Message | null> {
  return caller.account.custody === 'server' ? opener.open({ caller, what }, stored) : null;
}
