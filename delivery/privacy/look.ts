import { allEntities, bodyLists } from '../message/body.ts';
import { decodeText } from '../message/content.ts';
import { fieldsNamed } from '../message/fields.ts';
import { type HtmlScan, scanHtml } from '../message/html.ts';
import type { Entity, Message } from '../message/shape.ts';
import { comparableHost, shownHosts } from './shown-host.ts';
import { hasToken } from './token.ts';

/** What was seen in a message. */
export interface Look {
  /** Something that tells the sender of reading or clicking. */
  readonly tracked: boolean;
  /** Something that is fetched when the message is shown. */
  readonly remote: boolean;
  /** Everything that a reader's program could show was looked through. */
  readonly complete: boolean;
}

/** Longer bodies are looked at up to here, and the look is not complete. */
const maxCharacters = 2_000_000;
/** `scanHtml` lists at most so many. */
const maxRows = 10_000;
/** Fields that ask the reader's program to tell that the message was opened (RFC 8098 §2, and two of no standard). */
const receiptFields = ['disposition-notification-to', 'return-receipt-to', 'x-confirm-reading-to'];
/** Fields that say how to read a body: two of them, and programs differ on what is shown. */
const structureFields = ['content-type', 'content-transfer-encoding', 'content-disposition'];
const markup: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml', 'text/x-amp-html']);
/** Defects that leave something unread. */
const blindDefects = ['tooDeep', 'tooManyParts', 'tooManyFields'] as const;

/**
 * Looks through a message for tracking and remote content (PRIVACY-INDEX.md, `tracking` and `remoteContent`): its
 * header, every HTML entity also when it is an attachment, and the text that is shown. What is encrypted, or signed
 * in such a way that it must be unpacked, leaves the look incomplete.
 */
export function lookThrough(message: Message): Look {
  const looks = [headerLook(message)];
  const shown = new Set(bodyLists(message).textBody);
  for (const entity of allEntities(message)) looks.push(entityLook(message, entity, shown));
  return mergeLooks(looks);
}

/** Several looks as one. */
export function mergeLooks(looks: readonly Look[]): Look {
  return {
    tracked: looks.some(look => look.tracked),
    remote: looks.some(look => look.remote),
    complete: looks.every(look => look.complete),
  };
}

const nothing: Look = { tracked: false, remote: false, complete: true };

function headerLook({ root, defects }: Message): Look {
  return {
    tracked: receiptFields.some(name => fieldsNamed(root.fields, name).length > 0),
    remote: false,
    complete: !blindDefects.some(defect => defects.includes(defect)),
  };
}

function entityLook(message: Message, entity: Entity, shown: ReadonlySet<Entity>): Look {
  const complete =
    structureFields.every(name => fieldsNamed(entity.fields, name).length <= 1) && !isClosed(entity);
  const look = contentLook(message, entity, shown);
  return { ...look, complete: look.complete && complete };
}

function contentLook(message: Message, entity: Entity, shown: ReadonlySet<Entity>): Look {
  if (entity.mediaType === 'message/external-body') return { ...nothing, remote: true };
  if (markup.has(entity.mediaType)) return htmlLook(message, entity);
  const isRoot = entity === message.root;
  const isText = entity.mediaType.startsWith('text/') && (isRoot || entity.disposition !== 'attachment');
  return isText || shown.has(entity) ? textLook(message, entity) : nothing;
}

/** Encrypted, or signed data that wraps its content (RFC 8551 §3.4.2, RFC 3156 §4). */
function isClosed({ mediaType, parameters }: Entity): boolean {
  if (mediaType === 'multipart/encrypted') return true;
  const isWrapped = mediaType === 'application/pkcs7-mime' || mediaType === 'application/x-pkcs7-mime';
  return isWrapped && parameters['smime-type']?.toLowerCase() !== 'certs-only';
}

function htmlLook(message: Message, entity: Entity): Look {
  const { text } = decodeText(message, entity, maxCharacters);
  const scan = scanHtml(text);
  return {
    tracked: hasHiddenPicture(scan) || scan.links.some(isTrackedLink) || hasTrackedAddress(scan.text),
    remote: scan.remoteUrls.length > 0,
    complete:
      text.length < maxCharacters - 1 &&
      Math.max(scan.links.length, scan.images.length, scan.remoteUrls.length) < maxRows,
  };
}

function textLook(message: Message, entity: Entity): Look {
  const { text } = decodeText(message, entity, maxCharacters);
  return { tracked: hasTrackedAddress(text), remote: false, complete: text.length < maxCharacters - 1 };
}

/** A picture of one point, or one that nobody sees, that is fetched from a server. */
function hasHiddenPicture({ images, remoteUrls }: HtmlScan): boolean {
  if (remoteUrls.length === 0) return false;
  return images.some(({ src, width, height, hidden }) => {
    const isPoint = (width ?? height ?? 2) <= 1 && (height ?? width ?? 2) <= 1;
    return (hidden || isPoint) && !/^(?:cid|data|mid|about):/i.test(src);
  });
}

function isTrackedLink({ href, text }: { readonly href: string; readonly text: string }): boolean {
  const url = webAddress(href);
  if (url === null) return false;
  const host = comparableHost(url.host);
  return hasToken(url) || shownHosts(text).some(shown => shown !== host.replace(/:\d+$/, ''));
}

/** Addresses in text: mail programs make links of them. */
function hasTrackedAddress(text: string): boolean {
  for (const [written] of text.matchAll(/\bhttps?:\/\/[^\s<>"']{1,5000}/gi)) {
    const url = webAddress(written);
    if (url !== null && hasToken(url)) return true;
  }
  return false;
}

function webAddress(written: string): URL | null {
  const address = /^[/\\]{2}/.test(written) ? `https:${written}` : written;
  if (!/^\s*(?:https?|ftp):/i.test(address)) return null;
  return URL.parse(address);
}
