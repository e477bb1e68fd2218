import type { Summary } from '../store/store.ts';
import { bodyLists } from './body.ts';
import type { Message } from './shape.ts';
import { previewText } from './text.ts';

/** Longest subject, and most identifiers, that a summary keeps: rows of lists stay small whatever arrives. */
const maxSubject = 10_000;
const maxIdentifiers = 200;

/** What a list shows of a message, without its octets. */
export function summarize(message: Message): Summary {
  return {
    originators: copy(message.originators),
    destinations: copy(message.destinations),
    subject: message.subject?.slice(0, maxSubject) ?? null,
    messageId: message.messageId,
    inReplyTo: message.inReplyTo.slice(0, maxIdentifiers),
    references: firstAndLast(message.references),
    sentAt: message.date,
    listId: message.listId,
    preview: previewText(message),
    hasAttachment: hasAttachment(message),
  };
}

/**
 * True when something is offered for saving: RFC 8621 §4.1.4 leaves the choice to the server. Pictures that the
 * HTML shows inline (a Content-ID inside multipart/related) and detached signatures do not count.
 */
export function hasAttachment(message: Message): boolean {
  return bodyLists(message).attachments.some(part => {
    if (part.disposition === 'attachment') return !isSignature(part.mediaType);
    const isInlinePicture = part.contentId !== null && part.mediaType.startsWith('image/');
    return !isInlinePicture && !isSignature(part.mediaType) && part.mediaType !== 'text/calendar';
  });
}

function isSignature(mediaType: string): boolean {
  return (
    mediaType === 'application/pgp-signature' ||
    mediaType === 'application/pkcs7-signature' ||
    mediaType === 'application/x-pkcs7-signature'
  );
}

/** The first identifier names the thread, the last ones the way to it. */
function firstAndLast(references: readonly string[]): readonly string[] {
  if (references.length <= maxIdentifiers) return references;
  return [...references.slice(0, 1), ...references.slice(1 - maxIdentifiers)];
}

function copy<T extends object>(value: T): { -readonly [K in keyof T]: T[K] } {
  return { ...value };
}
