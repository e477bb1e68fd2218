import { WireError } from '../wire-error.ts';

/**
 * Words of a zone file's text (RFC 1035 §5.1): blanks, line ends and parentheses part them, a comment ends with its
 * line, a quoted word keeps its quotes and escapes. Throws `WireError` for a quote without its end.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const token = /[\s()]+|;[^\n]*|("(?:[^"\\]|\\.)*"|(?:[^\s()";\\]|\\.)+)|./gsy;
  for (const [found, word] of text.matchAll(token)) {
    if (word !== undefined) words.push(word);
    else if (!/^[\s();]/.test(found)) throw new WireError(`${JSON.stringify(found)} without its other half`);
  }
  return words;
}

/** The words when there are exactly `count`. */
export function exactly(words: readonly string[], count: number): readonly string[] {
  if (words.length !== count) throw new WireError(`${count} words wanted, ${words.length} found`);
  return words;
}

/** A word that must be there. */
export function wordAt(words: readonly string[], index: number): string {
  const word = words[index];
  if (word === undefined) throw new WireError(`word ${index + 1} is missing`);
  return word;
}

/** The decimal number at `index`, unsigned, of so many bits. */
export function numberAt(words: readonly string[], index: number, bits: 8 | 16 | 32): number {
  const word = wordAt(words, index);
  const value = /^\d{1,10}$/.test(word) ? Number(word) : Number.NaN;
  if (!(value < 2 ** bits)) throw new WireError(`${JSON.stringify(word)} is no number of ${bits} bits`);
  return value;
}

/** Octets of the words from `index` on, joined, in hexadecimal; at least one octet. */
export function hexFrom(words: readonly string[], index: number): Uint8Array {
  return hexOctets(someText(words, index));
}

/** Octets of hexadecimal text, which may be empty. */
export function hexOctets(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new WireError('not hexadecimal');
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

/** Octets of the words from `index` on, joined, in base64 with its padding (RFC 4648 §4); at least one octet. */
export function base64From(words: readonly string[], index: number): Uint8Array {
  const text = someText(words, index);
  const octets = Buffer.from(text, 'base64');
  if (octets.toString('base64') !== text) throw new WireError('not base64');
  return Uint8Array.from(octets);
}

function someText(words: readonly string[], index: number): string {
  const text = words.slice(index).join('');
  if (text === '') throw new WireError(`word ${index + 1} is missing`);
  return text;
}

export function hexText(octets: Uint8Array): string {
  return view(octets).toString('hex').toUpperCase();
}

export function base64Text(octets: Uint8Array): string {
  return view(octets).toString('base64');
}

function view(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}

/** A character-string in quotes; what is not printable ASCII as `\DDD` (RFC 1035 §5.1). */
export function quoted(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) {
    const character = String.fromCharCode(octet);
    if (character === '"' || character === '\\') text += `\\${character}`;
    else if (octet >= 0x20 && octet <= 0x7e) text += character;
    else text += `\\${String(octet).padStart(3, '0')}`;
  }
  return `"${text}"`;
}

/** Octets of a word, in quotes or not. Characters beyond ASCII are refused: they are written as `\DDD`. */
export function unquoted(word: string): Uint8Array {
  const text = /^"(.*)"$/s.exec(word)?.[1] ?? word;
  const octets: number[] = [];
  for (const [found, digits, escaped] of text.matchAll(/\\(\d{3})|\\([ -~])|./gs)) {
    const octet = digits === undefined ? (escaped ?? found).charCodeAt(0) : Number(digits);
    const isEscape = digits !== undefined || escaped !== undefined;
    if (octet > 255 || (!isEscape && (octet > 0x7e || found === '\\')))
      throw new WireError(`bad character in ${JSON.stringify(word)}`);
    octets.push(octet);
  }
  return Uint8Array.from(octets);
}
