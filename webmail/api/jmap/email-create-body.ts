import * as v from 'valibot';
import type { NewField, NewPart } from '../../../delivery/message/compose.ts';
import { readableBlob } from '../readable-blob.ts';
import { objectSchema } from './arguments.ts';
import { fieldOf, nameOf } from './email-create-fields.ts';
import { invalidProperties, SetError } from './errors.ts';
import { mailLimits } from './limits.ts';
import type { MethodContext } from './method.ts';
import { isRecord } from './request.ts';

const valueSchema = v.strictObject({
  value: v.string(),
  isEncodingProblem: v.optional(v.nullable(v.literal(false))),
  isTruncated: v.optional(v.nullable(v.literal(false))),
});

const partEntries = {
  partId: v.optional(v.nullable(v.string()), null),
  blobId: v.optional(v.nullable(v.string()), null),
  size: v.optional(v.nullable(v.number())),
  name: v.optional(v.nullable(v.string()), null),
  type: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/))), null),
  charset: v.optional(v.nullable(v.string()), null),
  disposition: v.optional(v.nullable(v.string()), null),
  cid: v.optional(v.nullable(v.string()), null),
  language: v.optional(v.nullable(v.array(v.string())), null),
  location: v.optional(v.nullable(v.string()), null),
  subParts: v.optional(v.nullable(v.array(objectSchema)), null),
};
const partSchema = v.looseObject(partEntries);
type GivenPart = v.InferOutput<typeof partSchema>;

interface BodyReading {
  readonly values: ReadonlyMap<string, string>;
  readonly context: MethodContext;
  readonly blobIds: Set<string>;
  /** Octets of blobs so far. */
  sizeOctets: number;
}

/**
 * The body that the client describes, as parts to write; the blobs it names are added to `blobIds`. Throws SetErrors
 * `invalidProperties`, `blobNotFound`.
 */
export async function readBody(
  given: Record<string, unknown>,
  blobIds: Set<string>,
  context: MethodContext,
): Promise<NewPart> {
  const reading: BodyReading = { values: readValues(given.bodyValues), context, blobIds, sizeOctets: 0 };
  const { bodyStructure, textBody, htmlBody, attachments } = given;
  if (bodyStructure !== undefined && bodyStructure !== null) {
    const others = ['textBody', 'htmlBody', 'attachments'].filter(name => isGiven(given[name]));
    if (others.length > 0) throw invalidProperties(['bodyStructure', ...others], 'either one or the others');
    return readPart(bodyStructure, 'bodyStructure', reading);
  }
  const text = await readSingle(textBody, { property: 'textBody', type: 'text/plain' }, reading);
  const html = await readSingle(htmlBody, { property: 'htmlBody', type: 'text/html' }, reading);
  return assemble({ text, html, attached: await readAttachments(attachments, reading) });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readValues(given: unknown): Map<string, string> {
  if (!isGiven(given)) return new Map();
  if (!isRecord(given)) throw invalidProperties(['bodyValues']);
  return new Map(
    Object.entries(given).map(([partId, value]) => {
      const result = v.safeParse(valueSchema, value);
      if (!result.success) throw invalidProperties([`bodyValues/${partId}`]);
      return [partId, result.output.value];
    }),
  );
}

async function readSingle(
  given: unknown,
  { property, type }: { property: string; type: string },
  reading: BodyReading,
): Promise<NewPart | null> {
  if (!isGiven(given)) return null;
  if (!Array.isArray(given) || given.length > 1) throw invalidProperties([property], 'one part');
  if (given.length === 0) return null;
  const part = await readPart({ type, ...(isRecord(given[0]) ? given[0] : {}) }, property, reading);
  if (part.mediaType !== type) throw invalidProperties([property], `of type ${type}`);
  return part;
}

async function readAttachments(given: unknown, reading: BodyReading): Promise<NewPart[]> {
  if (!isGiven(given)) return [];
  if (!Array.isArray(given)) throw invalidProperties(['attachments'], 'a list of parts');
  const parts: NewPart[] = [];
  for (const each of given) {
    const part = await readPart(each, 'attachments', reading);
    parts.push({ ...part, disposition: part.disposition ?? 'attachment' });
  }
  return parts;
}

async function readPart(given: unknown, property: string, reading: BodyReading): Promise<NewPart> {
  const result = v.safeParse(partSchema, given);
  if (!result.success) throw invalidProperties([property], 'a body part has another shape');
  const part = result.output;
  const mediaType = (part.type ?? 'text/plain').toLowerCase();
  const described = { ...describe(part, mediaType), fields: readFields(part, property) };
  if (!mediaType.startsWith('multipart/')) {
    return { ...described, content: await contentOf(part, property, reading) };
  }
  if (part.partId !== null || part.blobId !== null || !part.subParts?.length) {
    throw invalidProperties([property], 'a multipart has subParts and nothing else');
  }
  const parts: NewPart[] = [];
  for (const inner of part.subParts) parts.push(await readPart(inner, property, reading));
  return { ...described, parts };
}

function describe(part: GivenPart, mediaType: string): Omit<NewPart, 'content' | 'parts' | 'fields'> {
  return {
    mediaType,
    ...(part.charset && part.blobId !== null ? { parameters: { charset: part.charset } } : {}),
    disposition: part.disposition,
    fileName: part.name,
    contentId: part.cid,
    contentLocation: part.location,
    language: part.language,
  };
}

/** `header:…` properties of a part; those that follow from its other properties can't be given. */
function readFields(part: GivenPart, property: string): NewField[] {
  const names = Object.keys(part).filter(name => !Object.hasOwn(partEntries, name));
  const wrong = names.filter(name => !name.startsWith('header:'));
  if (wrong.length > 0)
    throw invalidProperties(
      wrong.map(name => `${property}/${name}`),
      'unknown',
    );
  return names.flatMap(name => {
    const field = nameOf(name).toLowerCase();
    const ours = [
      'content-type',
      'content-transfer-encoding',
      'content-disposition',
      'content-id',
      'mime-version',
    ];
    if (ours.includes(field)) throw invalidProperties([`${property}/${name}`], 'follows from the part');
    return fieldOf(name, part[name]);
  });
}

async function contentOf(
  part: GivenPart,
  property: string,
  reading: BodyReading,
): Promise<string | Uint8Array> {
  if ((part.partId === null) === (part.blobId === null)) {
    throw invalidProperties([property], 'a part has either a partId or a blobId');
  }
  if (part.partId !== null) {
    const value = reading.values.get(part.partId);
    if (value === undefined) throw invalidProperties([`bodyValues/${part.partId}`], 'missing');
    if (part.charset !== null) throw invalidProperties([`${property}/charset`], 'chosen by the server');
    if (part.size != null) throw invalidProperties([`${property}/size`], 'follows from the value');
    return value;
  }
  const { context } = reading;
  const blobId = part.blobId ?? '';
  const blob = await readableBlob(blobId, context);
  if (!blob) throw new SetError('blobNotFound', undefined, { notFound: [blobId] });
  reading.blobIds.add(blobId);
  reading.sizeOctets += blob.octets.byteLength;
  if (reading.sizeOctets > mailLimits.maxSizeAttachmentsPerEmail) throw new SetError('tooLarge');
  return blob.octets;
}

interface Parts {
  readonly text: NewPart | null;
  readonly html: NewPart | null;
  readonly attached: readonly NewPart[];
}

/** Pictures of the HTML beside it in multipart/related, text and HTML as alternatives, the rest behind in mixed. */
function assemble({ text, html, attached }: Parts): NewPart {
  const isRelated = (part: NewPart) =>
    html !== null && Boolean(part.contentId) && part.disposition === 'inline';
  const related = attached.filter(isRelated);
  const mixed = attached.filter(part => !isRelated(part));
  const rich = html && related.length > 0 ? multipart('related', [html, ...related]) : html;
  const both = text && rich ? multipart('alternative', [text, rich]) : (rich ?? text);
  if (mixed.length === 0) return both ?? { mediaType: 'text/plain', content: '' };
  return multipart('mixed', both ? [both, ...mixed] : mixed);
}

function multipart(subtype: string, parts: readonly NewPart[]): NewPart {
  return { mediaType: `multipart/${subtype}`, parts };
}
