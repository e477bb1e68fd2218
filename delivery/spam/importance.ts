import { fieldsNamed } from '../message/fields.ts';
import type { Message } from '../message/shape.ts';
import type { ScoreFindings } from './findings.ts';

/** How the owner stands to the sender. */
export interface Relation {
  /** The sender is in the owner's contacts or got mail from the owner. */
  readonly knownSender: boolean;
  /** SPF, DKIM or DMARC proves the sender's domain. */
  readonly isAuthenticated: boolean;
}

/** Importance of a message that is not spam, from who wrote it, to whom, and how many got it. */
export function importanceOf(message: Message, relation: Relation): ScoreFindings['importance'] {
  if (isBulk(message)) return 'low';
  if (relation.knownSender && relation.isAuthenticated) return 'high';
  return 'normal';
}

/** True for mail to many or by a machine (RFC 2919, RFC 2369, RFC 3834). */
export function isBulk(message: Message): boolean {
  const { fields } = message.root;
  if (message.listId !== null || fieldsNamed(fields, 'list-unsubscribe').length > 0) return true;
  const precedence = fieldsNamed(fields, 'precedence')[0]?.value.trim().toLowerCase() ?? '';
  if (['bulk', 'list', 'junk'].includes(precedence)) return true;
  const automatic = fieldsNamed(fields, 'auto-submitted')[0]?.value.trim().toLowerCase() ?? 'no';
  return !automatic.startsWith('no');
}
