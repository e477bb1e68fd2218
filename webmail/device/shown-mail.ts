import { bodyLists } from '../../delivery/message/body.ts';
import { decodeBody, decodeText } from '../../delivery/message/content.ts';
import type { Entity, Mailbox, Message } from '../../delivery/message/shape.ts';
import { summarize } from '../../delivery/message/summary.ts';
import type { EmailAddress, EmailBodyPart, EmailBodyValue } from '../wire.ts';
import type { OpenedMail } from './protocol.ts';

/** As much text of one part as a page shows. */
const maxCharacters = 1_000_000;

type Shown = Omit<OpenedMail, 'facts' | 'signer' | 'signerArmor' | 'form' | 'source'>;

/** A message in the shapes that the page knows from `Email/get`; its parts are blobs that never leave this device. */
export function shownMail(message: Message): Shown {
  const { textBody, htmlBody, attachments } = bodyLists(message);
  const summary = summarize(message);
  const shown = [...new Set([...textBody, ...htmlBody])];
  const texts = shown.filter(entity => entity.mediaType.startsWith('text/'));
  const files = [...new Set([...shown, ...attachments])];
  const part = (entity: Entity) => partOf(message, entity);
  return {
    subject: message.subject,
    preview: summary.preview ?? '',
    from: message.originators.from.map(addressOf),
    to: message.destinations.to.map(addressOf),
    cc: message.destinations.cc.map(addressOf),
    replyTo: message.originators.replyTo.map(addressOf),
    sentAt: message.date?.toISOString() ?? null,
    hasAttachment: summary.hasAttachment,
    textBody: textBody.map(part),
    htmlBody: htmlBody.map(part),
    attachments: attachments.map(part),
    bodyValues: Object.fromEntries(texts.map(entity => [idOf(entity), textValue(message, entity)])),
    blobs: Object.fromEntries(files.map(entity => [blobIdOf(entity), blobOf(message, entity)])),
  };
}

function addressOf({ name, address }: Mailbox): EmailAddress {
  return { name, email: address };
}

function idOf({ partId }: Entity): string {
  return partId ?? '';
}

/** No id of the server looks like this. */
function blobIdOf(entity: Entity): string {
  return `device:${idOf(entity)}`;
}

function partOf(message: Message, entity: Entity): EmailBodyPart {
  const { charset } = entity.parameters;
  return {
    partId: idOf(entity),
    blobId: blobIdOf(entity),
    size: decodeBody(message, entity).length,
    name: entity.fileName,
    type: entity.mediaType,
    charset: charset ?? null,
    disposition: entity.disposition,
    cid: entity.contentId,
    language: entity.language,
    location: entity.contentLocation,
  };
}

function textValue(message: Message, entity: Entity): EmailBodyValue {
  const { text, isProblem } = decodeText(message, entity, maxCharacters);
  const value = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  return { value, isEncodingProblem: isProblem, isTruncated: text.length >= maxCharacters - 1 };
}

/** Of no type: opened by mistake, nothing in it runs as a page of ours. */
function blobOf(message: Message, entity: Entity): Blob {
  return new Blob([Uint8Array.from(decodeBody(message, entity))], { type: 'application/octet-stream' });
}
