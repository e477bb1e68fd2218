import { bodyLists } from '../../../delivery/message/body.ts';
import { decodeBody, decodeText } from '../../../delivery/message/content.ts';
import type { BodyLists, Entity, Message } from '../../../delivery/message/shape.ts';
import type { EmailBodyValue } from '../../wire.ts';
import { partBlobId } from '../blob-id.ts';
import { MethodError } from './errors.ts';
import { headerValue, readHeaderProperty } from './header-forms.ts';

/** A message as the API reads it: the stored octets, or what was encrypted in them. */
export interface Content {
  readonly message: Message;
  /** Every entity with its place among `allEntities`. */
  readonly places: ReadonlyMap<Entity, number>;
  /** Id of the blob that holds the message. */
  readonly blobId: string;
  readonly isOpened: boolean;
  /** The content is closed to the server: the armor stands for the body (DESIGN.md, API). */
  readonly armor: Entity | null;
}

/** Properties of EmailBodyPart (RFC 8621 §4.1.4), each with what it is read from. */
const partReaders: Readonly<Record<string, (entity: Entity, content: Content) => unknown>> = {
  partId: entity => entity.partId,
  blobId: (entity, content) =>
    isMultipart(entity)
      ? null
      : partBlobId(content.blobId, content.places.get(entity) ?? 0, content.isOpened),
  size: (entity, content) => (isMultipart(entity) ? 0 : decodeBody(content.message, entity).byteLength),
  headers: entity => entity.fields.map(({ name, value }) => ({ name, value: value.replaceAll('\0', '') })),
  name: entity => entity.fileName,
  type: entity => entity.mediaType,
  charset: entity => charsetOf(entity),
  disposition: entity => entity.disposition,
  cid: entity => entity.contentId,
  language: entity => entity.language,
  location: entity => entity.contentLocation,
  subParts: entity => (isMultipart(entity) ? undefined : null),
};

/** What EmailBodyPart gives when nothing is asked for (RFC 8621 §4.2). */
export const defaultBodyProperties = [
  'partId',
  'blobId',
  'size',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
] as const;

/** Throws `invalidArguments` for a property that a body part hasn't. */
export function checkBodyProperties(properties: readonly string[]): void {
  for (const property of properties) {
    if (Object.hasOwn(partReaders, property) || readHeaderProperty(property)) continue;
    throw new MethodError('invalidArguments', `no such body property: ${property.slice(0, 100)}`, {
      arguments: ['bodyProperties'],
    });
  }
}

function isMultipart(entity: Entity): boolean {
  return entity.partId === null;
}

function charsetOf(entity: Entity): string | null {
  const given = entity.parameters.charset;
  if (given !== undefined && given !== '') return given;
  return entity.mediaType.startsWith('text/') ? 'us-ascii' : null;
}

/** One part with the properties asked for; `subParts` only in the structure. */
export function bodyPart(
  entity: Entity,
  content: Content,
  properties: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(properties)].flatMap(property => {
      const header = readHeaderProperty(property);
      const value = header ? headerValue(entity.fields, header) : partReaders[property]?.(entity, content);
      return value === undefined ? [] : [[property, value]];
    }),
  );
}

/** The tree of parts; multiparts always have `subParts`, or the tree could not be shown. */
export function bodyStructure(
  entity: Entity,
  content: Content,
  properties: readonly string[],
): Record<string, unknown> {
  const part = bodyPart(entity, content, properties);
  if (!isMultipart(entity)) return part;
  return { ...part, subParts: entity.parts.map(inner => bodyStructure(inner, content, properties)) };
}

/** textBody, htmlBody and attachments; closed content shows its armor as the body. */
export function listsOf(content: Content): BodyLists {
  const lists = bodyLists(content.message);
  const { armor } = content;
  if (!armor) return lists;
  return {
    textBody: [armor],
    htmlBody: [armor],
    attachments: [],
  };
}

/** Which parts' values are wanted (RFC 8621 §4.2). */
export interface ValueWish {
  readonly fetchTextBodyValues: boolean;
  readonly fetchHTMLBodyValues: boolean;
  readonly fetchAllBodyValues: boolean;
  /** Octets of UTF-8; 0 for no limit. */
  readonly maxBodyValueBytes: number;
}

/** `bodyValues`: the text of the wanted parts by part id. */
export function bodyValues(
  content: Content,
  lists: BodyLists,
  wish: ValueWish,
): Record<string, EmailBodyValue> {
  const wanted = new Set<Entity>();
  if (wish.fetchTextBodyValues) for (const entity of lists.textBody) wanted.add(entity);
  if (wish.fetchHTMLBodyValues) for (const entity of lists.htmlBody) wanted.add(entity);
  if (wish.fetchAllBodyValues) {
    for (const entity of content.places.keys()) if (!isMultipart(entity)) wanted.add(entity);
  }
  const texts = [...wanted].filter(
    entity => entity.mediaType.startsWith('text/') || entity === content.armor,
  );
  return Object.fromEntries(
    texts.map(entity => [entity.partId, bodyValue(content.message, entity, wish.maxBodyValueBytes)]),
  );
}

function bodyValue(message: Message, entity: Entity, maxOctets: number): EmailBodyValue {
  const { text, isProblem } = decodeText(message, entity);
  const whole = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').toWellFormed();
  const value = maxOctets > 0 ? truncated(whole, maxOctets, entity.mediaType === 'text/html') : whole;
  return { value, isEncodingProblem: isProblem, isTruncated: value.length < whole.length };
}

/** The text cut to so many octets of UTF-8: never inside a character, in HTML never inside a tag. */
export function truncated(text: string, maxOctets: number, isHtml: boolean): string {
  const octets = Buffer.from(text);
  if (octets.byteLength <= maxOctets) return text;
  let end = maxOctets;
  while (end > 0 && ((octets[end] ?? 0) & 0xc0) === 0x80) end--;
  const cut = octets.toString('utf8', 0, end);
  const open = cut.lastIndexOf('<');
  return isHtml && open > cut.lastIndexOf('>') ? cut.slice(0, open) : cut;
}
