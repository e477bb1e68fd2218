import { bodyLists } from '../message/body.ts';
import { decodeBody, decodeText } from '../message/content.ts';
import type { HtmlScan } from '../message/html.ts';
import { scanOf } from '../message/scan.ts';
import type { Defect, Entity, Message } from '../message/shape.ts';
import { type InnerFile, innerFiles } from './attachments/inner-files.ts';
import { type FileKind, kindOf } from './attachments/kinds.ts';
import { pdfLinks } from './attachments/pdf-links.ts';
import { type Brand, brandsIn } from './brands.ts';
import { addressDomain, registeredDomain } from './domains.ts';
import { isWebLink, type Link, type LinkSource, linksOf } from './links.ts';
import { findPhrases, indexPhrases, type PhraseTopic } from './phrases.ts';
import { messagePictures } from './pictures/message-pictures.ts';
import { qrTexts } from './pictures/qr-texts.ts';
import { foldedWords } from './wordings.ts';

const phraseIndex = indexPhrases();

/** What is read of a message, at most: a look costs the same for 100 kB and for 50 MB. */
const limits = {
  textEntities: 6,
  textCharacters: 12_000,
  htmlCharacters: 32_000,
  phraseCharacters: 8000,
  attachments: 12,
  octets: 48_000,
  archiveOctets: 1_500_000,
  headerOctets: 65_536,
};

/** One attachment as far as judging looks at it. */
export interface LookedAttachment {
  /** Lower-case file name, empty when there is none. */
  readonly name: string;
  readonly mediaType: string;
  /** The first octets, transfer encoding undone. */
  readonly start: Uint8Array;
  /** The attachment, then the files in it, by content: see `attachments/inner-files.ts`. */
  readonly files: readonly InnerFile[];
  /** True when something in it was left out for its size. */
  readonly isCut: boolean;
}

/** The bounded reading of a message that features and rules share. */
export interface Look {
  readonly message: Message;
  /** What a reader sees, plain and HTML parts one after the other. */
  readonly text: string;
  /** The text parts as they were sent, tags included. */
  readonly markup: string;
  /** HTML parts and HTML attachments, tags included. */
  readonly html: string;
  readonly scans: readonly HtmlScan[];
  readonly links: readonly Link[];
  /** The first link to each host that a browser asks over the web. */
  readonly webHosts: readonly Link[];
  readonly attachments: readonly LookedAttachment[];
  /** Known wordings in the text, by topic. */
  readonly phrases: ReadonlyMap<PhraseTopic, readonly string[]>;
  /** Widely imitated senders that the text names, each with the wording that names it. */
  readonly brands: ReadonlyMap<Brand, string>;
  /** Registered domain of the first author; empty when there is none. */
  readonly authorDomain: string;
  /** What the addresses of To look like in base64, as links carry them. */
  readonly recipientCodes: readonly string[];
  /** True when something was left out for its size. */
  readonly isPartial: boolean;
}

/** Looks at a message, bounded in time and size. Bad bytes are read as well as they can be. */
export function lookAt(message: Message): Look {
  const { textBody, htmlBody, attachments } = bodyLists(message);
  const entities = [...new Set([...textBody, ...htmlBody])].filter(entity => isText(entity));
  const read = entities.slice(0, limits.textEntities).map(entity => readText(message, entity));
  const looked = attachments.slice(0, limits.attachments).map(entity => lookAtAttachment(message, entity));
  const scans = read.flatMap(part => (part.scan ? [part.scan] : []));
  const text = read.map(part => part.scan?.text ?? part.source).join('\n');
  const plain = read.flatMap(part => (part.scan ? [] : [part.source])).join('\n');
  const pictured = qrTexts(messagePictures(message, scans));
  const links = linksOf(scans, plain, [...addressesIn(pictured.texts), ...documentLinks(looked)]);
  const words = foldedWords(text.slice(0, limits.phraseCharacters));
  return {
    message,
    text: text.slice(0, limits.textCharacters * 2),
    markup: read.map(part => part.source).join('\n'),
    html: read.flatMap(part => (part.scan ? [part.source] : [])).join('\n'),
    scans,
    links,
    webHosts: firstOfHosts(links),
    attachments: looked,
    phrases: findPhrases(words, phraseIndex),
    brands: brandsIn(words),
    authorDomain: registeredDomain(addressDomain(message.originators.from[0]?.address)),
    recipientCodes: recipientCodes(message),
    isPartial:
      pictured.isPartial ||
      entities.length > limits.textEntities ||
      attachments.length > limits.attachments ||
      looked.some(({ isCut }) => isCut) ||
      message.root.bodyStart > limits.headerOctets ||
      message.defects.some(defect => cutDefects.has(defect)) ||
      entities.some(entity => entity.bodyEnd - entity.bodyStart > limits.htmlCharacters),
  };
}

/** The parser left something out for its size. */
const cutDefects: ReadonlySet<Defect> = new Set(['tooDeep', 'tooManyParts', 'tooManyFields']);

function isText(entity: Entity): boolean {
  return entity.mediaType.startsWith('text/');
}

interface ReadText {
  readonly source: string;
  readonly scan: HtmlScan | null;
}

function readText(message: Message, entity: Entity): ReadText {
  const isHtml = entity.mediaType === 'text/html';
  const characters = isHtml ? limits.htmlCharacters : limits.textCharacters;
  const source = decodeText(message, startOf(entity, characters * 3), characters).text.slice(0, characters);
  return { source, scan: isHtml || looksLikeHtml(source) ? scanOf(message, source) : null };
}

/** HTML sent as text/plain, seen from senders of spam: readers that guess show it as HTML. */
function looksLikeHtml(source: string): boolean {
  return /^\s*<(?:!doctype html|html)\b/i.test(source.slice(0, 200));
}

function lookAtAttachment(message: Message, entity: Entity): LookedAttachment {
  const name = (entity.fileName ?? '').toLowerCase().slice(-200);
  const start = decodeBody(message, startOf(entity, limits.octets)).subarray(0, limits.octets);
  const sizeOctets = entity.bodyEnd - entity.bodyStart;
  const isWhole = sizeOctets > limits.octets && readWhole.has(kindOf(start));
  const octets = isWhole ? decodeBody(message, startOf(entity, limits.archiveOctets)) : start;
  const files = innerFiles(name, octets);
  const isCut = (isWhole && sizeOctets > limits.archiveOctets) || files.some(file => file.isCut === true);
  return { name, mediaType: entity.mediaType, start, files, isCut };
}

/** Kinds that tell more by their end or middle than by their beginning. */
const readWhole: ReadonlySet<FileKind> = new Set(['zip', 'ole', 'pdf', 'page', 'gzip', 'tar', 'rtf']);

/** The entity with its body cut: offsets still point into the same octets. */
function startOf(entity: Entity, octets: number): Entity {
  return { ...entity, bodyEnd: Math.min(entity.bodyEnd, entity.bodyStart + octets) };
}

/** Without the last digits, which depend on what follows. */
function recipientCodes({ destinations }: Message): string[] {
  const addresses = destinations.to.slice(0, 3).map(({ address }) => address);
  return addresses
    .filter(address => address.length >= 8 && address.length < 100)
    .flatMap(address => [address, address.toLowerCase()])
    .map(address =>
      Buffer.from(address)
        .toString('base64')
        .replace(/.{0,2}=*$/, ''),
    );
}

type Elsewhere = ReadonlyArray<readonly [source: LinkSource, target: string]>;

/** Codes that a telephone follows to a site; those of tickets and payments are no links. */
function addressesIn(texts: readonly string[]): Elsewhere {
  return texts
    .map(text => text.trim())
    .filter(text => /^(?:https?:\/\/|www\.)/i.test(text))
    .map(text => ['picture', text]);
}

/** The links in attached documents: many a letter is empty and has all it wants to say in one. */
function documentLinks(attachments: readonly LookedAttachment[]): Elsewhere {
  const documents = attachments
    .flatMap(({ files }) => files.filter(({ kind }) => kind === 'pdf'))
    .slice(0, 3);
  return documents.flatMap(({ octets }) => pdfLinks(octets).map(target => ['document', target] as const));
}

function firstOfHosts(links: readonly Link[]): Link[] {
  const byHost = new Map<string, Link>();
  for (const link of links) {
    if (isWebLink(link) && !byHost.has(link.host)) byHost.set(link.host, link);
  }
  return [...byHost.values()];
}
