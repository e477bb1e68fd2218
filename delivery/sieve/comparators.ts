import { Buffer } from 'node:buffer';

/** How two texts are compared (RFC 4790). */
export interface Comparator {
  readonly hasSubstrings: boolean;
  /** A form of the same length, under which equal texts are equal and substrings are found. */
  fold(text: string): string;
  isEqual(a: string, b: string): boolean;
  /** Negative where `a` comes first, 0 where neither does. */
  order(a: string, b: string): number;
}

/** Upper-case ASCII letters made lower-case, nothing else changed. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

/** Lower-case ASCII letters made upper-case, nothing else changed. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, letters => letters.toUpperCase());
}

function byOctets(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Leading digits without zeros in front; null, which is more than any number, where there are none. */
function digitsOf(text: string): string | null {
  const digits = /^[0-9]+/.exec(text)?.[0];
  return digits === undefined ? null : digits.replace(/^0+/, '');
}

function byNumber(a: string, b: string): number {
  const [left, right] = [digitsOf(a), digitsOf(b)];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return left.length - right.length || (left < right ? -1 : Number(left > right));
}

export const defaultComparator = 'i;ascii-casemap';

/** Every comparator by its name. */
export const comparators: ReadonlyMap<string, Comparator> = new Map([
  [
    'i;octet',
    {
      hasSubstrings: true,
      fold: text => text,
      isEqual: (a, b) => a === b,
      order: byOctets,
    } satisfies Comparator,
  ],
  [
    'i;ascii-casemap',
    {
      hasSubstrings: true,
      fold: lowerAscii,
      isEqual: (a, b) => a.length === b.length && lowerAscii(a) === lowerAscii(b),
      // In upper case `_` comes behind the letters, as RFC 4790 §9.2 asks.
      order: (a, b) => byOctets(upperAscii(a), upperAscii(b)),
    } satisfies Comparator,
  ],
  [
    'i;ascii-numeric',
    {
      hasSubstrings: false,
      fold: text => text,
      isEqual: (a, b) => byNumber(a, b) === 0,
      order: byNumber,
    } satisfies Comparator,
  ],
]);
