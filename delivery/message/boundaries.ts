const LF = 10;
const CR = 13;
const HTAB = 9;
const SP = 32;
const HYPHEN = 45;

/** Longest boundary that is recognised; RFC 2046 §5.1.1 allows 70. */
const maxBoundary = 1000;
/** Most spaces, and most CRs, accepted behind a boundary. */
const maxPadding = 1000;

/** A boundary delimiter line that was found. */
export interface BoundaryLine {
  /** Level of the multipart that it belongs to, 0 the outermost. */
  readonly level: number;
  /** True for a close delimiter (two more hyphens). */
  readonly isClose: boolean;
  /** Offset of its first hyphen. */
  readonly start: number;
  /** Offset behind its line ending. */
  readonly end: number;
}

/**
 * The boundaries of the multiparts that are open, looked up by their text, so that a line costs the same however
 * deep the message is nested. A line is a delimiter only when all of it (but trailing spaces) is the boundary:
 * a boundary that begins like another one (RFC 2046 §5.1.2) is never taken for it. Equal boundaries belong to the
 * innermost multipart.
 */
export class Boundaries {
  readonly #view: Buffer;
  readonly #lineEnd: 10 | 13;
  readonly #needle: Buffer;
  readonly #levels = new Map<string, number[]>();
  #longest = 0;

  constructor(view: Buffer, lineEnd: 10 | 13) {
    this.#view = view;
    this.#lineEnd = lineEnd;
    this.#needle = Buffer.from([lineEnd, HYPHEN, HYPHEN]);
  }

  /** Opens a multipart's boundary at a level. */
  open(boundary: string, level: number): void {
    const key = keyOf(boundary);
    const levels = this.#levels.get(key);
    if (levels) levels.push(level);
    else this.#levels.set(key, [level]);
    this.#longest = Math.max(this.#longest, key.length);
  }

  /** Forgets the boundary of a level; it must be the innermost with that text. */
  close(boundary: string): void {
    const key = keyOf(boundary);
    const levels = this.#levels.get(key);
    levels?.pop();
    if (levels?.length === 0) this.#levels.delete(key);
  }

  /** The next delimiter line at or behind `from`, which is the beginning of a line; null when there is none. */
  next(from: number): BoundaryLine | null {
    if (this.#levels.size === 0) return null;
    let position = from;
    if (!this.#isHyphens(position)) position = this.#nextHyphens(position);
    while (position !== -1) {
      const line = this.at(position);
      if (line) return line;
      position = this.#nextHyphens(position);
    }
    return null;
  }

  /** The delimiter line that begins at `start`, null when that line is none. */
  at(start: number): BoundaryLine | null {
    const end = this.#contentEnd(start + 2);
    if (end === -1) return null;
    let textEnd = end;
    while (textEnd > start + 2 && isSpace(this.#view[textEnd - 1])) textEnd--;
    const text = this.#view.toString('latin1', start + 2, textEnd);
    const behind = this.#behindLineEnd(end);
    const level = this.#levels.get(text)?.at(-1);
    if (level !== undefined) return { level, isClose: false, start, end: behind };
    if (!text.endsWith('--')) return null;
    const closed = this.#levels.get(text.slice(0, -2))?.at(-1);
    return closed === undefined ? null : { level: closed, isClose: true, start, end: behind };
  }

  #isHyphens(position: number): boolean {
    return this.#view[position] === HYPHEN && this.#view[position + 1] === HYPHEN;
  }

  #nextHyphens(position: number): number {
    const at = this.#view.indexOf(this.#needle, position);
    return at === -1 ? -1 : at + 1;
  }

  /** End of a line short enough to be a delimiter, -1 for a longer one. */
  #contentEnd(from: number): number {
    const limit = Math.min(this.#view.length, from + this.#longest + 2);
    let end = from;
    while (end < limit && !isLineEnd(this.#view[end])) end++;
    const padded = Math.min(this.#view.length, end + maxPadding);
    while (end < padded && isSpace(this.#view[end])) end++;
    return this.#behindLineEnd(end) === -1 ? -1 : end;
  }

  /** Offset behind the line ending at `end`, -1 when there is none. Some senders write CR CR LF. */
  #behindLineEnd(end: number): number {
    let position = end;
    while (position < end + maxPadding && this.#view[position] === CR) position++;
    if (position >= this.#view.length) return this.#view.length;
    if (this.#view[position] === LF) return position + 1;
    return this.#lineEnd === CR && position > end ? end + 1 : -1;
  }
}

/** The boundary as its octets appear in the body, one character an octet. */
function keyOf(boundary: string): string {
  return Buffer.from(boundary.slice(0, maxBoundary), 'utf8').toString('latin1');
}

function isLineEnd(octet: number | undefined): boolean {
  return octet === LF || octet === CR;
}

function isSpace(octet: number | undefined): boolean {
  return octet === SP || octet === HTAB;
}
