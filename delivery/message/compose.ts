import { createHash } from 'node:crypto';
import { type EncodedBody, encodeOctets, encodeText } from './compose-body.ts';
import { badField, foldField, type NewField, writeField } from './compose-fields.ts';
import { writeParameters } from './compose-parameters.ts';

export type { FieldValue, NewField } from './compose-fields.ts';

/** A part of a message to write: a leaf with its content, or a multipart with parts (RFC 8621 §4.6). */
export interface NewPart {
  /** `type/subtype`. */
  readonly mediaType: string;
  /** Content-Type parameters; `charset` of a text given as a string is always UTF-8. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly disposition?: string | null;
  readonly fileName?: string | null;
  /** Without angle brackets. */
  readonly contentId?: string | null;
  readonly contentLocation?: string | null;
  readonly language?: readonly string[] | null;
  /** Further fields of the part. */
  readonly fields?: readonly NewField[];
  /** A string is text with any line endings; octets are kept exactly. Missing: empty. */
  readonly content?: string | Uint8Array;
  /** The parts of a multipart; at least one. */
  readonly parts?: readonly NewPart[];
}

/** A message to write. */
export interface NewMessage {
  /** The header in order, without the MIME fields: those follow from the body. */
  readonly fields: readonly NewField[];
  readonly body: NewPart;
}

/** Multiparts nested deeper are refused. */
const maxDepth = 50;

/**
 * The octets of a new message (RFC 5322, RFC 2045): CRLF line endings, header folded and encoded (RFC 2047,
 * RFC 2231), bodies in 7bit, quoted-printable or base64, boundaries that occur nowhere else. Pure: Date and
 * Message-ID are the caller's. Throws `badInput` for anything that can't be written safely; no value can become
 * another field or line.
 */
export function composeMessage({ fields, body }: NewMessage): Buffer {
  const head = fields.map(field => {
    if (/^(?:content-|mime-version$)/i.test(field.name)) throw badField(field.name, 'follows from the body');
    return writeField(field);
  });
  const entity = composeEntity(body, 1);
  return Buffer.concat([Buffer.from(`${head.join('')}MIME-Version: 1.0\r\n`), entity]);
}

/** One entity: header, empty line, body. Signing and encryption take it as the content to protect (RFC 3156 §5). */
export function composeEntity(part: NewPart, depth = 1): Buffer {
  if (depth > maxDepth) throw badField('Content-Type', 'nested too deep');
  const mediaType = part.mediaType.toLowerCase();
  if (!/^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/.test(mediaType)) {
    throw badField('Content-Type', 'no media type');
  }
  return mediaType.startsWith('multipart/')
    ? composeMultipart(part, mediaType, depth)
    : composeLeaf(part, mediaType);
}

function composeMultipart(part: NewPart, mediaType: string, depth: number): Buffer {
  if (!part.parts?.length) throw badField('Content-Type', 'a multipart without parts');
  const parts = part.parts.map(each => composeEntity(each, depth + 1));
  const boundary = boundaryFor(parts);
  const header = writeHeader(part, mediaType, { boundary }, null);
  const octets: Buffer[] = [Buffer.from(header)];
  for (const entity of parts) octets.push(Buffer.from(`\r\n--${boundary}\r\n`), entity);
  octets.push(Buffer.from(`\r\n--${boundary}--\r\n`));
  return Buffer.concat(octets);
}

function composeLeaf(part: NewPart, mediaType: string): Buffer {
  const isText = typeof part.content === 'string';
  const charset: Record<string, string> = isText && mediaType.startsWith('text/') ? { charset: 'utf-8' } : {};
  const body =
    typeof part.content === 'string'
      ? encodeText(part.content)
      : encodeOctets(part.content ?? new Uint8Array(), mediaType);
  return Buffer.concat([Buffer.from(`${writeHeader(part, mediaType, charset, body)}\r\n`), body.octets]);
}

/**
 * A boundary that stands nowhere in the parts: made of a hash of them, so the same message is always written the
 * same; its `=_` can't occur in quoted-printable or base64. All have one length: none begins like another.
 */
function boundaryFor(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const digest = hash.digest();
  for (let count = 0; ; count++) {
    const salted = createHash('sha256').update(digest).update(String(count)).digest('base64url');
    const boundary = `=_${salted.replace(/[-_]/g, '0').slice(0, 30)}`;
    if (!parts.some(part => part.includes(boundary))) return boundary;
  }
}

function writeHeader(
  part: NewPart,
  mediaType: string,
  own: Readonly<Record<string, string>>,
  body: EncodedBody | null,
): string {
  const name: Record<string, string> = part.fileName ? { filename: part.fileName } : {};
  const typeName = part.fileName && !part.disposition ? { name: part.fileName } : {};
  const parameters = { ...withoutName(part.parameters ?? {}), ...typeName, ...own };
  const lines = [foldField('Content-Type', mediaType + writeParameters('Content-Type', parameters))];
  if (part.disposition) {
    const value = checkToken('Content-Disposition', part.disposition);
    lines.push(foldField('Content-Disposition', value + writeParameters('Content-Disposition', name)));
  }
  if (part.contentId)
    lines.push(writeField({ name: 'Content-ID', value: { identifiers: [part.contentId] } }));
  if (part.contentLocation) lines.push(foldField('Content-Location', checkLocation(part.contentLocation)));
  if (part.language?.length) {
    const tags = part.language.map(tag => checkToken('Content-Language', tag));
    lines.push(foldField('Content-Language', tags.join(', ')));
  }
  if (body) lines.push(foldField('Content-Transfer-Encoding', body.transferEncoding));
  for (const field of part.fields ?? []) lines.push(writeField(field));
  return lines.join('');
}

/** `name` and `boundary` are ours to write. */
function withoutName(parameters: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(parameters).filter(
    ([name]) => !['name', 'boundary'].includes(name.toLowerCase()),
  );
  return Object.fromEntries(kept);
}

function checkToken(field: string, value: string): string {
  if (!/^[A-Za-z0-9!#$&^_.+-]{1,100}$/.test(value)) throw badField(field, 'no token');
  return value.toLowerCase();
}

function checkLocation(value: string): string {
  if (!/^[\x21-\x7e]{1,900}$/.test(value)) throw badField('Content-Location', 'no URL');
  return value;
}
