import type { BodyLists, Entity, Message } from './shape.ts';

interface Lists {
  readonly textBody: Entity[] | null;
  readonly htmlBody: Entity[] | null;
  readonly attachments: Entity[];
}

/** The parts to show as text, to show as HTML, and to offer as attachments: the algorithm of RFC 8621 §4.1.4. */
export function bodyLists(message: Message): BodyLists {
  const textBody: Entity[] = [];
  const htmlBody: Entity[] = [];
  const attachments: Entity[] = [];
  sortParts([message.root], 'mixed', false, { textBody, htmlBody, attachments });
  return { textBody, htmlBody, attachments };
}

/** Every entity in the order of the octets, the root first. */
export function allEntities(message: Message): Entity[] {
  const entities: Entity[] = [];
  const open: Entity[] = [message.root];
  for (let entity = open.pop(); entity; entity = open.pop()) {
    entities.push(entity);
    for (let index = entity.parts.length - 1; index >= 0; index--) {
      const part = entity.parts[index];
      if (part) open.push(part);
    }
  }
  return entities;
}

/** Recursion as deep as multiparts nest, which the reader bounds. */
function sortParts(
  parts: readonly Entity[],
  multipartType: string,
  inAlternative: boolean,
  lists: Lists,
): void {
  const textLength = lists.textBody?.length ?? -1;
  const htmlLength = lists.htmlBody?.length ?? -1;
  let rest = lists;
  for (const [index, part] of parts.entries()) {
    if (part.mediaType.startsWith('multipart/')) {
      const subtype = part.mediaType.slice('multipart/'.length);
      sortParts(part.parts, subtype, inAlternative || subtype === 'alternative', rest);
    } else if (!isInline(part, index, multipartType)) {
      lists.attachments.push(part);
    } else if (multipartType === 'alternative') {
      pushAlternative(part, rest);
    } else {
      if (inAlternative) rest = withoutOther(part, rest);
      pushInline(part, rest);
    }
  }
  if (multipartType === 'alternative') fillMissing(lists, textLength, htmlLength);
}

function isInline(part: Entity, index: number, multipartType: string): boolean {
  if (part.disposition === 'attachment') return false;
  const isMedia = isInlineMedia(part.mediaType);
  if (part.mediaType !== 'text/plain' && part.mediaType !== 'text/html' && !isMedia) return false;
  // Of multipart/related only the first part is body; a text with a name that is not the first is an attachment.
  return index === 0 || (multipartType !== 'related' && (isMedia || part.fileName === null));
}

function isInlineMedia(mediaType: string): boolean {
  return mediaType.startsWith('image/') || mediaType.startsWith('audio/') || mediaType.startsWith('video/');
}

function pushAlternative(part: Entity, lists: Lists): void {
  if (part.mediaType === 'text/plain') lists.textBody?.push(part);
  else if (part.mediaType === 'text/html') lists.htmlBody?.push(part);
  else lists.attachments.push(part);
}

/** Inside an alternative a text part speaks for one list only. */
function withoutOther(part: Entity, lists: Lists): Lists {
  if (part.mediaType === 'text/plain') return { ...lists, htmlBody: null };
  if (part.mediaType === 'text/html') return { ...lists, textBody: null };
  return lists;
}

function pushInline(part: Entity, { textBody, htmlBody, attachments }: Lists): void {
  textBody?.push(part);
  htmlBody?.push(part);
  if ((!textBody || !htmlBody) && isInlineMedia(part.mediaType)) attachments.push(part);
}

/** An alternative with one kind of text only: both lists get it. */
function fillMissing({ textBody, htmlBody }: Lists, textLength: number, htmlLength: number): void {
  if (!textBody || !htmlBody) return;
  const hasText = textBody.length > textLength;
  const hasHtml = htmlBody.length > htmlLength;
  if (hasHtml && !hasText) for (const part of htmlBody.slice(htmlLength)) textBody.push(part);
  if (hasText && !hasHtml) for (const part of textBody.slice(textLength)) htmlBody.push(part);
}
