import { allEntities, bodyLists } from '../message/body.ts';
import { decodeText } from '../message/content.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { HtmlLink, HtmlScan } from '../message/html.ts';
import { scanOf } from '../message/scan.ts';
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

/** More text than this in one entity, or in all of them, is looked at up to here, and the look is not complete. */
const maxCharacters = 2_000_000;
const maxCharactersInAll = 8_000_000;
/** So many addresses are judged. */
const maxAddresses = 20_000;
/** `scanHtml` lists at most so many. */
const maxRows = 10_000;
/** Fields that ask the reader's program to tell that the message was opened (RFC 8098 §2, and two of no standard). */
const receiptFields = ['disposition-notification-to', 'return-receipt-to', 'x-confirm-reading-to'];
/** Fields that say how to read a body: two of them, and programs differ on what is shown. */
const structureFields = ['content-type', 'content-transfer-encoding', 'content-disposition'];
const markup: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml', 'text/x-amp-html']);
/** Defects that leave something unread, or read by each program in its own way. */
const blindDefects = [
  'tooDeep',
  'tooManyParts',
  'tooManyFields',
  'badBoundary',
  'missingBoundary',
  'badTransferEncoding',
] as const;

/**
 * Looks through a message for tracking and remote content (PRIVACY-INDEX.md, `tracking` and `remoteContent`): its
 * header, every HTML entity also when it is an attachment, and the text that is shown. What is encrypted, or signed
 * in such a way that it must be unpacked, leaves the look incomplete.
 */
export function lookThrough(message: Message): Look {
  const header = headerLook(message);
  const search: Search = {
    message,
    shown: new Set(bodyLists(message).textBody),
    look: header,
    charactersLeft: maxCharactersInAll,
    addressesLeft: maxAddresses,
  };
  for (const entity of allEntities(message)) {
    search.look = mergeLooks([search.look, entityLook(search, entity)]);
  }
  return search.look;
}

/** Several looks as one. */
export function mergeLooks(looks: readonly Look[]): Look {
  return {
    tracked: looks.some(look => look.tracked),
    remote: looks.some(look => look.remote),
    complete: looks.every(look => look.complete),
  };
}

/** A look on its way through the entities of one message. */
interface Search {
  readonly message: Message;
  readonly shown: ReadonlySet<Entity>;
  /** What was seen so far. */
  look: Look;
  charactersLeft: number;
  addressesLeft: number;
}

const nothing: Look = { tracked: false, remote: false, complete: true };

function headerLook({ root, defects }: Message): Look {
  return {
    tracked: receiptFields.some(name => fieldsNamed(root.fields, name).length > 0),
    remote: false,
    complete: !blindDefects.some(defect => defects.includes(defect)),
  };
}

function entityLook(search: Search, entity: Entity): Look {
  const isPlain = structureFields.every(name => fieldsNamed(entity.fields, name).length <= 1);
  const look = contentLook(search, entity);
  return { ...look, complete: look.complete && isPlain && !isClosed(entity) };
}

function contentLook(search: Search, entity: Entity): Look {
  if (entity.mediaType === 'message/external-body') return { ...nothing, remote: true };
  if (markup.has(entity.mediaType)) return htmlLook(search, entity);
  // A body without parts is looked through whatever its header calls it.
  const isRoot = entity === search.message.root && entity.parts.length === 0;
  const isText = entity.mediaType.startsWith('text/') && entity.disposition !== 'attachment';
  return isRoot || isText || search.shown.has(entity) ? textLook(search, entity) : nothing;
}

/** Encrypted, or signed data that wraps its content (RFC 8551 §3.4.2, RFC 3156 §4). */
function isClosed({ mediaType, parameters }: Entity): boolean {
  if (mediaType === 'multipart/encrypted') return true;
  const isWrapped = mediaType === 'application/pkcs7-mime' || mediaType === 'application/x-pkcs7-mime';
  return isWrapped && parameters['smime-type']?.toLowerCase() !== 'certs-only';
}

function htmlLook(search: Search, entity: Entity): Look {
  const { text, isWhole } = takeText(search, entity);
  const scan = scanOf(search.message, text);
  const rows = Math.max(scan.links.length, scan.images.length, scan.remoteUrls.length);
  const tracked =
    search.look.tracked ||
    hasHiddenPicture(scan) ||
    scan.links.some(link => isTrackedLink(search, link)) ||
    hasTrackedAddress(search, scan.text);
  const complete = isWhole && rows < maxRows && search.addressesLeft > 0;
  return { tracked, remote: scan.remoteUrls.length > 0, complete };
}

function textLook(search: Search, entity: Entity): Look {
  const { text, isWhole } = takeText(search, entity);
  const tracked = search.look.tracked || hasTrackedAddress(search, text);
  return { tracked, remote: false, complete: isWhole && search.addressesLeft > 0 };
}

function takeText(search: Search, entity: Entity): { text: string; isWhole: boolean } {
  const most = Math.min(maxCharacters, search.charactersLeft);
  const { text } = decodeText(search.message, entity, most);
  search.charactersLeft -= text.length;
  // A cut may leave out half a character.
  return { text, isWhole: text.length < most - 1 && !isMisencoded(search.message, entity) };
}

/** Called base64, but not written so: a program that doubts it shows something else. */
function isMisencoded({ raw }: Message, { bodyStart, bodyEnd, transferEncoding }: Entity): boolean {
  if (transferEncoding !== 'base64') return false;
  const body = Buffer.from(raw.buffer, raw.byteOffset + bodyStart, bodyEnd - bodyStart);
  return /[^A-Za-z0-9+/=\s]/.test(body.toString('latin1'));
}

/** A picture of one point, or one that nobody sees, that is fetched from a server. */
function hasHiddenPicture({ images, remoteUrls }: HtmlScan): boolean {
  if (remoteUrls.length === 0) return false;
  return images.some(({ src, width, height, hidden }) => {
    const isPoint = (width ?? height ?? 2) <= 1 && (height ?? width ?? 2) <= 1;
    return (hidden || isPoint) && !/^(?:cid|data|mid|about):/i.test(src);
  });
}

function isTrackedLink(search: Search, { href, text }: HtmlLink): boolean {
  const url = webAddress(search, href);
  if (url === null) return false;
  const host = comparableHost(url.hostname);
  return hasToken(url) || shownHosts(text).some(shown => shown !== host);
}

/** Addresses in text: mail programs make links of them. */
function hasTrackedAddress(search: Search, text: string): boolean {
  for (const [written] of text.matchAll(/\bhttps?:\/\/[^\s<>"']{1,5000}/gi)) {
    const url = webAddress(search, written);
    if (url !== null && hasToken(url)) return true;
    if (search.addressesLeft <= 0) return false;
  }
  return false;
}

/** The address, null when it leads to no web server; each one counts. */
function webAddress(search: Search, written: string): URL | null {
  if (--search.addressesLeft <= 0) return null;
  const address = /^[/\\]{2}/.test(written) ? `https:${written}` : written;
  if (!/^\s*(?:https?|ftp):/i.test(address)) return null;
  return URL.parse(address);
}
