import { Boundaries, type BoundaryLine } from './boundaries.ts';
import { fieldsNamed, parseFieldParameters, parseIdentifiers, unfold } from './fields.ts';
import { fileNameOf } from './file-name.ts';
import { type Reading, readHeader } from './header.ts';
import type { Entity, HeaderField } from './shape.ts';

/** Multiparts nested deeper stay closed and become attachments (defect `tooDeep`). */
const maxDepth = 100;
/** Parts of one message; what follows belongs to the last one (defect `tooManyParts`). */
const maxParts = 10_000;

type OpenEntity = { -readonly [K in keyof Entity]: Entity[K] } & { parts: OpenEntity[] };

interface Level {
  readonly entity: OpenEntity;
  /** IMAP-style path of the multipart, empty for the root. */
  readonly path: string;
  readonly boundary: string;
  isClosed: boolean;
}

/**
 * The tree of entities of a message (RFC 2045, RFC 2046 §5.1), read in one pass and without recursion.
 * Parts of type message/rfc822 are leaves.
 */
export function readEntities(reading: Reading): Entity {
  return new EntityReader(reading).read();
}

class EntityReader {
  readonly #reading: Reading;
  readonly #boundaries: Boundaries;
  readonly #levels: Level[] = [];
  #leaf: OpenEntity | null = null;
  #count = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#boundaries = new Boundaries(reading.view, reading.lineEnd);
  }

  read(): Entity {
    const root = this.#open(0, null);
    let position = root.bodyStart;
    while (this.#count < maxParts) {
      const line = this.#boundaries.next(position);
      if (!line) break;
      position = this.#take(line);
    }
    if (this.#count >= maxParts && this.#boundaries.next(position)) this.#reading.defects.add('tooManyParts');
    this.#closeAbove(-1, this.#reading.view.length);
    return root;
  }

  /** Ends what the delimiter ends and opens what it opens; gives where to go on. */
  #take(line: BoundaryLine): number {
    const bodyEnd = this.#before(line.start);
    this.#closeAbove(line.level, bodyEnd);
    const level = this.#levels[line.level];
    if (!level) return line.end;
    if (line.isClose) {
      level.isClosed = true;
      this.#boundaries.close(level.boundary);
      return line.end;
    }
    return this.#open(line.end, level).bodyStart;
  }

  #open(start: number, parent: Level | null): OpenEntity {
    const isRoot = parent === null;
    const header = readHeader(this.#reading, start, isRoot, at => this.#boundaries.at(at) !== null);
    const inDigest = parent?.entity.mediaType === 'multipart/digest';
    const entity = describe(header.fields, inDigest ? 'message/rfc822' : 'text/plain');
    entity.headerStart = start;
    entity.bodyStart = header.bodyStart;
    entity.bodyEnd = this.#reading.view.length;
    this.#count++;
    parent?.entity.parts.push(entity);
    const path = parent ? pathOf(parent, parent.entity.parts.length) : '';
    if (!this.#openMultipart(entity, path)) {
      entity.partId = path || '1';
      this.#leaf = entity;
    }
    return entity;
  }

  #openMultipart(entity: OpenEntity, path: string): boolean {
    if (!entity.mediaType.startsWith('multipart/')) return false;
    if (this.#levels.length >= maxDepth) {
      this.#reading.defects.add('tooDeep');
      entity.mediaType = 'application/octet-stream';
      return false;
    }
    const boundary = this.#boundaryOf(entity);
    if (boundary === null) {
      entity.mediaType = 'text/plain';
      return false;
    }
    this.#boundaries.open(boundary, this.#levels.length);
    this.#levels.push({ entity, path, boundary, isClosed: false });
    return true;
  }

  /** The boundary parameter; when it is missing, the first line of the body that looks like a delimiter. */
  #boundaryOf(entity: OpenEntity): string | null {
    const declared = entity.parameters.boundary?.trimEnd();
    if (declared) return declared;
    this.#reading.defects.add('missingBoundary');
    const { view, lineEnd } = this.#reading;
    const start = entity.bodyStart;
    const needle = lineEnd === 10 ? '\n--' : '\r--';
    const at = view.toString('latin1', start, start + 2) === '--' ? start - 1 : view.indexOf(needle, start);
    if (at === -1) return null;
    const match = /^[0-9A-Za-z'()+_,./:=?-]{1,200}(?=[ \t]*[\r\n])/.exec(
      view.toString('latin1', at + 3, at + 204),
    );
    return match?.[0] ?? null;
  }

  /** Ends every level deeper than `level` and the open leaf at `bodyEnd`. */
  #closeAbove(level: number, bodyEnd: number): void {
    if (this.#leaf) this.#leaf.bodyEnd = Math.max(this.#leaf.bodyStart, bodyEnd);
    this.#leaf = null;
    while (this.#levels.length - 1 > level) {
      const closed = this.#levels.pop();
      if (!closed) return;
      closed.entity.bodyEnd = Math.max(closed.entity.bodyStart, bodyEnd);
      if (!closed.isClosed) this.#boundaries.close(closed.boundary);
      if (closed.entity.parts.length === 0) this.#makeText(closed);
    }
  }

  /** A multipart without parts is shown as the text that it is. */
  #makeText({ entity, path }: Level): void {
    this.#reading.defects.add('badBoundary');
    entity.mediaType = 'text/plain';
    entity.partId = path || '1';
  }

  /** End of the content before the line at `start`: the line ending there belongs to the boundary. */
  #before(start: number): number {
    const { view, lineEnd } = this.#reading;
    if (view[start - 1] !== lineEnd) return start;
    return lineEnd === 10 && view[start - 2] === 13 ? start - 2 : start - 1;
  }
}

function pathOf(parent: Level, number: number): string {
  return parent.path ? `${parent.path}.${number}` : String(number);
}

/** What the header says of an entity. The first field of a name counts, as most readers have it. */
function describe(fields: HeaderField[], defaultType: string): OpenEntity {
  const contentType = parseFieldParameters(firstValue(fields, 'content-type') ?? '');
  const disposition = parseFieldParameters(firstValue(fields, 'content-disposition') ?? '');
  const encoding = parseFieldParameters(firstValue(fields, 'content-transfer-encoding') ?? '').value;
  return {
    partId: null,
    fields,
    mediaType: mediaTypeOf(contentType.value, defaultType),
    parameters: contentType.parameters,
    disposition: /^[^\s"();,<>]+/.exec(disposition.value)?.[0].toLowerCase() ?? null,
    fileName: fileNameOf(disposition.parameters, contentType.parameters),
    contentId: parseIdentifiers(firstValue(fields, 'content-id') ?? '')[0] ?? null,
    contentLocation: firstValue(fields, 'content-location')?.replace(/\s+/g, '') ?? null,
    language: languagesOf(firstValue(fields, 'content-language')),
    transferEncoding: encoding.toLowerCase().replace(/\s+/g, '') || '7bit',
    headerStart: 0,
    bodyStart: 0,
    bodyEnd: 0,
    parts: [],
  };
}

function firstValue(fields: readonly HeaderField[], name: string): string | null {
  const field = fieldsNamed(fields, name)[0];
  return field ? unfold(field.value) : null;
}

function mediaTypeOf(value: string, defaultType: string): string {
  const type = value.replace(/\s+/g, '').toLowerCase();
  if (type === '') return defaultType;
  return /^[^\s"(),/:;<=>?@[\\\]]+\/[^\s"(),/:;<=>?@[\\\]]+$/.test(type) ? type : 'text/plain';
}

function languagesOf(value: string | null): string[] | null {
  if (value === null) return null;
  const languages = value.split(',', 100).map(tag => tag.trim());
  return languages.filter(tag => tag !== '');
}
