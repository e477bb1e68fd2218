import { Buffer } from 'node:buffer';
import { decodeCharset } from './charset.ts';
import { normalizeText } from './normalize.ts';

/** Longest charset name (with RFC 2231 language) that is taken for one. */
const maxCharsetName = 100;
/** Longest encoded word (RFC 2047 §2). */
const maxWord = 75;

interface EncodedWord {
  readonly charset: string;
  readonly octets: Buffer;
  /** Index behind the closing `?=`. */
  readonly end: number;
}

/**
 * Text of an unstructured field or a phrase: unfolded, encoded words decoded (RFC 2047, RFC 2231 §5), white space
 * between two of them dropped, NFC. Octets of neighbouring words of one charset are joined before they are
 * decoded, because senders split multi-byte characters. Control characters that were encoded are dropped
 * (RFC 8621 §4.1.2.2).
 */
export function decodeWords(value: string): string {
  return decode(value, () => true);
}

/**
 * `decodeWords` for the Text form of RFC 8621 §4.1.2.2: words that stand without white space beside other text
 * (RFC 2047 §5) stay as they are. Senders do write them so, hence people are shown `decodeWords`.
 */
export function decodeWordsStrictly(value: string): string {
  return decode(
    value,
    (text, start, end) => /^[\s(]?$/.test(text.charAt(start - 1)) && /^[\s)]?$/.test(text.charAt(end)),
  );
}

function decode(value: string, isPlaced: (text: string, start: number, end: number) => boolean): string {
  const text = value.replace(/[\r\n]+/g, '').replace(/^[ \t]+|(?<![ \t])[ \t]+$/g, '');
  let at = text.indexOf('=?');
  if (at === -1) return normalizeText(text, 'NFC');
  let decoded = '';
  let from = 0;
  while (at !== -1) {
    const word = readWord(text, at);
    if (!word) {
      at = text.indexOf('=?', at + 2);
      continue;
    }
    const run = readRun(text, word);
    if (!isPlaced(text, at, run.end)) {
      at = text.indexOf('=?', run.end);
      continue;
    }
    decoded += text.slice(from, at) + decodeRun(run.words);
    from = run.end;
    at = text.indexOf('=?', from);
  }
  return normalizeText(decoded + text.slice(from), 'NFC');
}

/** The encoded words that follow each other with nothing but white space between them. */
function readRun(text: string, first: EncodedWord): { words: EncodedWord[]; end: number } {
  const words = [first];
  let end = first.end;
  for (;;) {
    let next = end;
    while (text[next] === ' ' || text[next] === '\t') next++;
    const word = text.startsWith('=?', next) ? readWord(text, next) : null;
    if (!word) return { words, end };
    words.push(word);
    end = word.end;
  }
}

function decodeRun(words: readonly EncodedWord[]): string {
  let decoded = '';
  let index = 0;
  while (index < words.length) {
    const charset = words[index]?.charset ?? '';
    const octets: Buffer[] = [];
    for (let word = words[index]; word?.charset === charset; word = words[++index]) octets.push(word.octets);
    decoded += decodeCharset(Buffer.concat(octets), charset).text;
  }
  return decoded.replace(/[\x00-\x1f\x7f-\x9f]/g, '');
}

/** `=?charset*language?encoding?text?=` at `at`; spaces in the text are forgiven, since senders leave them. */
function readWord(text: string, at: number): EncodedWord | null {
  const charsetEnd = indexOfWithin(text, '?', at + 2, maxCharsetName);
  if (charsetEnd <= at + 2 || text[charsetEnd + 2] !== '?') return null;
  const encoding = text[charsetEnd + 1]?.toUpperCase();
  const start = charsetEnd + 3;
  let end = text.indexOf('?', start);
  // A Q text may hold bare question marks of careless senders; a word ends at `?=`.
  while (end !== -1 && text[end + 1] !== '=' && encoding === 'Q' && end - start < 2 * maxWord) {
    end = text.indexOf('?', end + 1);
  }
  if (end === -1 || text[end + 1] !== '=') return null;
  const charset =
    text
      .slice(at + 2, charsetEnd)
      .split('*')[0]
      ?.toLowerCase() ?? '';
  if (/[\s"<>]/.test(charset)) return null;
  const encoded = text.slice(start, end);
  if (encoding === 'B') return { charset, octets: Buffer.from(encoded, 'base64'), end: end + 2 };
  if (encoding === 'Q') return { charset, octets: decodeQ(encoded), end: end + 2 };
  return null;
}

function indexOfWithin(text: string, char: string, from: number, length: number): number {
  const limit = Math.min(text.length, from + length);
  for (let index = from; index < limit; index++) if (text[index] === char) return index;
  return -1;
}

/** The Q encoding (RFC 2047 §4.2). */
function decodeQ(encoded: string): Buffer {
  const octets = Buffer.from(encoded, 'utf8');
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    const digits = octet === 61 ? octets.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      octets[length++] = Number.parseInt(digits, 16);
      at += 2;
    } else {
      octets[length++] = octet === 95 ? 32 : octet;
    }
  }
  return octets.subarray(0, length);
}

/**
 * Text as it can stand in a header field: unchanged when it is printable ASCII that nobody would take for encoded
 * words, else as UTF-8 encoded words of at most 75 characters, separated by spaces. Safe in phrases, too: the Q
 * encoding uses letters and digits only (RFC 2047 §5 (3)). `used` characters of the first line are taken already.
 */
export function encodeWords(text: string, used = 0): string {
  if (isPlain(text)) return text;
  const q = chunk(text, { encoding: 'Q', used, lengthOf: qLength }).join(' ');
  const b = chunk(text, { encoding: 'B', used, lengthOf: bLength }).join(' ');
  return q.length <= b.length ? q : b;
}

/** Printable ASCII, no space at the ends, no run of characters too long to be folded. */
function isPlain(text: string): boolean {
  return (
    /^[\x20-\x7e]*$/.test(text) && text.trim() === text && !text.includes('=?') && !/[^ ]{500}/.test(text)
  );
}

const wordPrefix = '=?UTF-8?Q?'.length;
const wordSuffix = '?='.length;
/** Room that is left for the first word whatever stands before it. */
const maxUsed = 40;

interface Chunking {
  readonly encoding: 'Q' | 'B';
  readonly used: number;
  readonly lengthOf: (octets: number, safe: number) => number;
}

/** Splits the text at characters so that each encoded word fits, and writes the words. */
function chunk(text: string, { encoding, used, lengthOf }: Chunking): string[] {
  const words: string[] = [];
  let current = '';
  let octets = 0;
  let safe = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    const isSafe = isQSafe(character) ? 1 : 0;
    const room = maxWord - wordPrefix - wordSuffix - (words.length === 0 ? Math.min(used, maxUsed) : 0);
    if (current !== '' && lengthOf(octets + size, safe + isSafe) > room) {
      words.push(writeWord(current, encoding));
      current = '';
      octets = 0;
      safe = 0;
    }
    current += character;
    octets += size;
    safe += isSafe;
  }
  if (current !== '') words.push(writeWord(current, encoding));
  return words;
}

function qLength(octets: number, safe: number): number {
  return safe + 3 * (octets - safe);
}

function bLength(octets: number): number {
  return Math.ceil(octets / 3) * 4;
}

function isQSafe(character: string): boolean {
  return /^[A-Za-z0-9 !*+/-]$/.test(character);
}

function writeWord(text: string, encoding: 'Q' | 'B'): string {
  if (encoding === 'B') return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
  let encoded = '';
  for (const character of text) {
    if (character === ' ') encoded += '_';
    else if (isQSafe(character)) encoded += character;
    else for (const octet of Buffer.from(character, 'utf8')) encoded += hexOf(octet);
  }
  return `=?UTF-8?Q?${encoded}?=`;
}

function hexOf(octet: number): string {
  return `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}
