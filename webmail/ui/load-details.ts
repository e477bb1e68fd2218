import type { Email } from '../wire.ts';
import type { RawField } from './header-text.ts';
import type { Asking } from './mail.ts';

const properties = ['id', 'headers', 'size', 'messageId', 'replyTo', 'sentAt', 'receivedAt'] as const;

/** What is told of a message on demand. */
export interface MessageDetails
  extends Pick<Email, 'size' | 'messageId' | 'replyTo' | 'sentAt' | 'receivedAt'> {
  /** All header fields in their order. */
  readonly headers: readonly RawField[];
}

/** Null when the message is gone. */
export async function loadDetails(
  { client, accountId }: Asking,
  emailId: string,
): Promise<MessageDetails | null> {
  const answers = await client.call([['Email/get', { accountId, ids: [emailId], properties }, 'email']]);
  return ((answers.email?.list ?? []) as readonly MessageDetails[])[0] ?? null;
}
