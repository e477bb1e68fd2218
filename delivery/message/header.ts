import { headerText } from './octets.ts';
import type { Defect, HeaderField } from './shape.ts';

/** Most fields kept of one header, and of all headers of a message; more are skipped (defect `tooManyFields`). */
const maxFieldsOfHeader = 10_000;
const maxFieldsOfMessage = 100_000;

const HTAB = 9;
const LF = 10;
const CR = 13;
const SP = 32;
const HYPHEN = 45;
const COLON = 58;

/** What reading one message shares: its octets, which octet ends a line, and what was found amiss. */
export interface Reading {
  readonly view: Buffer;
  /** LF (a CR before it belongs to it), or CR in a message that has no LF at all. */
  readonly lineEnd: 10 | 13;
  readonly defects: Set<Defect>;
  fieldsLeft: number;
}

/** A header: its fields and where the body behind it begins. */
export interface Header {
  readonly fields: HeaderField[];
  readonly bodyStart: number;
}

/** Begins to read a message. */
export function startReading(view: Buffer): Reading {
  const lineEnd = view.includes(LF) || !view.includes(CR) ? LF : CR;
  return { view, lineEnd, defects: new Set(), fieldsLeft: maxFieldsOfMessage };
}

/**
 * The header that begins at `start` (RFC 5322 §2.2). It ends behind an empty line, at a line for which
 * `isBoundary` holds, or at the end of the octets. Lines that are no field are skipped; a header without any
 * field is none, and its lines are the body. In a part (not `isRoot`) a first line that is no field is body, too.
 */
export function readHeader(
  reading: Reading,
  start: number,
  isRoot: boolean,
  isBoundary: (lineStart: number) => boolean,
): Header {
  const { view, defects } = reading;
  const collector = new FieldCollector(reading);
  let position = start;
  while (position < view.length) {
    const next = nextLine(reading, position);
    const end = contentEnd(reading, position, next);
    if (end === position) {
      position = next;
      break;
    }
    if (view[position] === HYPHEN && view[position + 1] === HYPHEN && isBoundary(position)) break;
    if (!collector.add(position, end, next)) {
      if (!isRoot && collector.fields.length === 0) return { fields: [], bodyStart: start };
      defects.add('badHeaderLine');
    }
    position = next;
  }
  const fields = collector.finish();
  if (fields.length === 0 && isRoot) {
    defects.add('noHeader');
    return { fields, bodyStart: view[start] === CR || view[start] === LF ? position : start };
  }
  return { fields, bodyStart: position };
}

/** Offset behind the line that begins at `position`. */
function nextLine({ view, lineEnd }: Reading, position: number): number {
  const at = view.indexOf(lineEnd, position);
  return at === -1 ? view.length : at + 1;
}

/** End of the line's content: without its line ending. */
function contentEnd({ view, lineEnd }: Reading, position: number, next: number): number {
  let end = next;
  if (end > position && view[end - 1] === lineEnd) end--;
  while (lineEnd === LF && end > position && view[end - 1] === CR) end--;
  return end;
}

interface OpenField {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  valueEnd: number;
  end: number;
}

/** Gathers lines into fields; continuation lines (RFC 5322 §2.2.3) extend the field before them. */
class FieldCollector {
  readonly fields: HeaderField[] = [];
  readonly #reading: Reading;
  #open: OpenField | null = null;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** Takes one line; false when it belongs to no field. */
  add(start: number, contentEnd: number, end: number): boolean {
    const first = this.#reading.view[start];
    if (first === SP || first === HTAB) {
      if (!this.#open) return false;
      this.#open.valueEnd = contentEnd;
      this.#open.end = end;
      return true;
    }
    this.#close();
    const name = readName(this.#reading.view, start, contentEnd);
    if (!name) return false;
    this.#open = { name: name.text, start, valueStart: name.end, valueEnd: contentEnd, end };
    return true;
  }

  /** Ends the last field and gives all. */
  finish(): HeaderField[] {
    this.#close();
    return this.fields;
  }

  #close(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    if (this.fields.length >= maxFieldsOfHeader || this.#reading.fieldsLeft <= 0) {
      this.#reading.defects.add('tooManyFields');
      return;
    }
    this.#reading.fieldsLeft--;
    const value = headerText(this.#reading.view, open.valueStart, open.valueEnd);
    this.fields.push({ name: open.name, value, start: open.start, end: open.end });
  }
}

/** A field name and the offset behind its colon; spaces before the colon are obsolete syntax (RFC 5322 §4.5). */
function readName(view: Buffer, start: number, end: number): { text: string; end: number } | null {
  let nameEnd = start;
  while (nameEnd < end && isNameOctet(view[nameEnd])) nameEnd++;
  let colon = nameEnd;
  while (colon < end && (view[colon] === SP || view[colon] === HTAB)) colon++;
  if (nameEnd === start || colon >= end || view[colon] !== COLON) return null;
  return { text: view.toString('latin1', start, nameEnd), end: colon + 1 };
}

function isNameOctet(octet: number | undefined): boolean {
  return octet !== undefined && octet > SP && octet < 127 && octet !== COLON;
}
