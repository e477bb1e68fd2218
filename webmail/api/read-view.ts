import { allEntities } from '../../delivery/message/body.ts';
import { decodeBody } from '../../delivery/message/content.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { Message } from '../../delivery/message/shape.ts';
import { shownMessage } from '../../delivery/shown-message.ts';
import type { Email } from '../../delivery/store/store.ts';
import type { EmailPlan } from './jmap/email-properties.ts';
import { armorOf, contentOf, emailView } from './jmap/email-view.ts';
import type { ReadableBlob } from './readable-blob.ts';
import type { ViewAnswer, ViewJob } from './viewer.ts';

/** Reads a message as far as it can be done without opening it. Pure: the same in any thread. */
export function readView(job: Extract<ViewJob, { kind: 'view' | 'part' }>): ViewAnswer {
  const stored = parseMessage(job.octets);
  if (job.kind === 'part') return { kind: 'part', part: partOf(stored, job.index) };
  const { email, blobId, junkTagId, plan } = job;
  const shown = shownMessage(stored, email);
  if (!email && stored.defects.includes('noHeader')) return { kind: 'noMessage' };
  if (email && !email.sealed && wantsBody(plan) && isClosed(email, stored)) return { kind: 'closed' };
  const hasArmor = email !== null && (email.sealed || armorOf(stored) !== null);
  const content = contentOf(shown, blobId, { isClosed: hasArmor });
  return { kind: 'view', view: emailView({ email, stored: shown, content, junkTagId }, plan) };
}

/** The entity of the message at this place, decoded; null when there is none, or a multipart. */
export function partOf(message: Message, index: number): ReadableBlob | null {
  const entity = allEntities(message)[index];
  if (!entity || entity.partId === null) return null;
  return { octets: decodeBody(message, entity), mediaType: entity.mediaType, fileName: entity.fileName };
}

/** Whether something in it was encrypted when it came. */
export function isClosed({ findings }: Email, stored: Message): boolean {
  const { decrypt } = findings;
  if (!decrypt) return armorOf(stored) !== null;
  return decrypt.form !== 'none' && decrypt.encryption !== 'none';
}

/** Header properties alone need no decryption. */
export function wantsBody({ properties }: EmailPlan): boolean {
  const body = ['bodyStructure', 'bodyValues', 'textBody', 'htmlBody', 'attachments', 'privacy'];
  return properties.some(property => body.includes(property));
}
