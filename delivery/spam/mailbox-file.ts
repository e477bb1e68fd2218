import { readSync } from 'node:fs';

/** Octets of a file from `start` up to `end`. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

const pieceOctets = 1024 * 1024;
/** As much of a line and of the one behind it as is looked at to know a separator. */
const lookOctets = 512;

/**
 * The messages of a mailbox file (RFC 4155), each with its `From ` line; none where the file does not begin with one. Read
 * piece by piece: memory does not grow with the file. `From ` in a text is no separator: that stands behind an empty
 * line, ends with a date, and a header field follows.
 */
export function mailboxPlaces(descriptor: number): Place[] {
  const start = Buffer.alloc(lookOctets);
  if (!isSeparator(start.subarray(0, readSync(descriptor, start, 0, lookOctets, 0)), 0)) return [];
  const starts = [0];
  const piece = Buffer.allocUnsafe(pieceOctets);
  for (let from = 0; ; ) {
    const length = readSync(descriptor, piece, 0, piece.length, from);
    const isLast = length < piece.length;
    const end = isLast ? length : length - lookOctets;
    for (const at of separatorsIn(piece.subarray(0, length), end)) starts.push(from + at);
    if (isLast) return placesBetween(starts, from + length);
    // The line endings before a separator belong to the look at it.
    from += end - overlap;
  }
}

function separatorsIn(octets: Buffer, end: number): number[] {
  const found: number[] = [];
  for (let at = octets.indexOf(marker); at >= 0 && at < end; at = octets.indexOf(marker, at + 1)) {
    if (hasEmptyLineBefore(octets, at) && isSeparator(octets, at + 1)) found.push(at + 1);
  }
  return found;
}

const marker = Buffer.from('\nFrom ');
const overlap = 3;

function placesBetween(starts: readonly number[], end: number): Place[] {
  const distinct = [...new Set(starts)];
  return distinct.map((start, at) => ({ start, end: distinct[at + 1] ?? end }));
}

/** `at` is the line feed before a line: whether the line before that is empty. */
function hasEmptyLineBefore(octets: Uint8Array, at: number): boolean {
  const before = octets[at - 1] === carriageReturn ? at - 2 : at - 1;
  return octets[before] === lineFeed;
}

const [lineFeed, carriageReturn] = [10, 13];

const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** `From a@b Mon Jan  1 00:00:00 2001`, with or without seconds, zones and words of relays; then a field, or a line of old relays. */
const separator = new RegExp(
  `^From [^\\n]{0,300}${weekday},? +(?:${month} +\\d{1,2}|\\d{1,2} +${month}) [^\\n]{0,100}\\r?\\n>?[!-9;-~]+[ :]`,
);

function isSeparator(octets: Buffer, at: number): boolean {
  return separator.test(octets.toString('latin1', at, at + lookOctets));
}

/** Where the line `From ` at the top ends; 0 when there is none. */
export function openingLineEnd(octets: Buffer): number {
  if (octets.toString('latin1', 0, 5) !== 'From ') return 0;
  const end = octets.indexOf(lineFeed);
  return end < 0 ? octets.length : end + 1;
}

/**
 * What a mailbox file holds, as it was before: `>From ` at the beginning of lines was `From `, `>>From ` was `>From ` (the
 * form "mboxrd"); the empty line that stands between two messages belongs to neither.
 */
export function unescapedMailbox(octets: Buffer, isOneOfSeveral: boolean): Uint8Array {
  const text = octets.toString('latin1');
  const plain = text.includes('>From ') ? text.replace(/^(>*)>From /gm, '$1From ') : text;
  const end = isOneOfSeveral ? (/(?<=\n)\r?\n$/.exec(plain.slice(-4))?.[0].length ?? 0) : 0;
  return Buffer.from(end > 0 ? plain.slice(0, -end) : plain, 'latin1');
}
