/*
 * What the parsers of `delivery/` use of Node's Buffer, for a browser: same answers, same laziness towards bad input.
 * The bundle of the device's worker has this in place of `node:buffer`.
 */

type Encoding = 'utf8' | 'latin1' | 'base64' | 'hex' | 'utf16le';

/** More arguments at once don't fit every engine's stack. */
const chunkOctets = 8192;

/** A Buffer as far as it is used. `subarray` gives Octets again, by the species of typed arrays. */
export class Octets extends Uint8Array {
  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const part = start === 0 && end >= this.length ? this : this.subarray(start, Math.max(start, end));
    return decoders[encoding](part);
  }

  override indexOf(value: number | string | Uint8Array, from = 0): number {
    if (typeof value === 'number') return super.indexOf(value, from);
    const needle = typeof value === 'string' ? latin1Octets(value) : value;
    const [first] = needle;
    if (first === undefined) return Math.min(from, this.length);
    const last = this.length - needle.length;
    for (let at = super.indexOf(first, from); at >= 0 && at <= last; at = super.indexOf(first, at + 1)) {
      let matched = 1;
      while (matched < needle.length && this[at + matched] === needle[matched]) matched++;
      if (matched === needle.length) return at;
    }
    return -1;
  }

  equals(other: Uint8Array): boolean {
    return this.length === other.length && this.every((octet, at) => octet === other[at]);
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });
const utf8Encoder = new TextEncoder();

const decoders: Readonly<Record<Encoding, (octets: Uint8Array) => string>> = {
  utf8: octets => utf8.decode(octets),
  utf16le: octets => utf16.decode(octets),
  latin1: latin1Text,
  base64: octets => btoa(latin1Text(octets)),
  hex: octets => Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join(''),
};

function latin1Text(octets: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < octets.length; at += chunkOctets) {
    pieces.push(String.fromCharCode(...octets.subarray(at, at + chunkOctets)));
  }
  return pieces.join('');
}

function latin1Octets(text: string): Octets {
  const octets = new Octets(text.length);
  for (let at = 0; at < text.length; at++) octets[at] = text.charCodeAt(at);
  return octets;
}

/** As Node reads base64: both alphabets, foreign characters left out, up to the first padding. */
function base64Octets(text: string): Octets {
  const end = text.indexOf('=');
  const data = (end < 0 ? text : text.slice(0, end))
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^A-Za-z0-9+/]/g, '');
  // One digit too many holds no octet.
  return latin1Octets(atob(data.length % 4 === 1 ? data.slice(0, -1) : data));
}

function textOctets(text: string, encoding: string): Octets {
  if (encoding === 'latin1') return latin1Octets(text);
  if (encoding === 'base64') return base64Octets(text);
  return new Octets(utf8Encoder.encode(text));
}

function concat(pieces: readonly Uint8Array[]): Octets {
  const all = new Octets(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** The static side of Node's Buffer. */
export const Buffer = {
  from(
    value: string | ArrayBuffer | ArrayLike<number>,
    second: string | number = 'utf8',
    length?: number,
  ): Octets {
    if (typeof value === 'string') return textOctets(value, String(second));
    if (value instanceof ArrayBuffer) return new Octets(value, Number(second) || 0, length);
    return new Octets(value);
  },
  of: (...octets: number[]): Octets => new Octets(octets),
  alloc: (size: number, fill = 0): Octets => new Octets(size).fill(fill),
  allocUnsafe: (size: number): Octets => new Octets(size),
  byteLength: (text: string): number => utf8Encoder.encode(text).length,
  concat,
  isBuffer: (value: unknown): boolean => value instanceof Octets,
};

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** `isUtf8` of `node:buffer`. */
export function isUtf8(octets: Uint8Array): boolean {
  try {
    strictUtf8.decode(octets);
    return true;
  } catch {
    // Malformed: that is the answer.
    return false;
  }
}
