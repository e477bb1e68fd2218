import { randomBytes } from 'node:crypto';

/** Sixty-four characters in ASCII order, so that texts sort as the numbers they stand for. */
const alphabet = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const values: ReadonlyMap<string, number> = new Map([...alphabet].map((letter, value) => [letter, value]));

/** Gives `length` unpredictable octets; `node:crypto` unless a test passes its own. */
export type RandomSource = (length: number) => Uint8Array;

/** A whole number from 0 to 2^53 - 1 as `length` characters, six bits each; texts of one length sort as their numbers. */
export function encodeOrdered(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let index = 0; index < length; index++) {
    text = alphabet.charAt(rest % 64) + text;
    rest = Math.floor(rest / 64);
  }
  return text;
}

/** The number that `encodeOrdered` wrote; null when a character is none of the alphabet or the number is too big. */
export function decodeOrdered(text: string): number | null {
  let number = 0;
  for (const letter of text) {
    const value = values.get(letter);
    if (value === undefined) return null;
    number = number * 64 + value;
  }
  return Number.isSafeInteger(number) ? number : null;
}

/** `length` random characters of the alphabet, six bits each. */
export function randomText(length: number, random: RandomSource = randomBytes): string {
  let text = '';
  for (const octet of random(length)) text += alphabet.charAt(octet & 63);
  return text;
}

/** A new id: the prefix (a letter), then 48 bits of time, then 72 random bits. Ids of one prefix sort by time. */
export function newId(prefix: string, now: number, random: RandomSource = randomBytes): string {
  return prefix + encodeOrdered(Math.max(0, now), 8) + randomText(12, random);
}

/** Emails of one account that can share one millisecond before the next one lends its places. */
export const placesPerMillisecond = 2048;
const lastMillisecond = 2 ** 42 - 1;

/**
 * The first place of a millisecond. A place orders the emails of an account: receivedAt in milliseconds
 * (1970 to 2109, clamped) times 2048, plus a number that tells emails of the same millisecond apart.
 */
export function firstPlace(receivedAt: number): number {
  return Math.min(Math.max(0, Math.floor(receivedAt)), lastMillisecond) * placesPerMillisecond;
}

/** Length of the random end of an email id. */
export const tailLength = 10;

/** The id of the email at a place: ids sort as places do, newest last; the tail is random. */
export function emailId(place: number, tail: string): string {
  return `M${encodeOrdered(place, 9)}${tail}`;
}

/** The place and tail of an email id (or, with `prefix`, of what shares its form); null when it is none. */
export function readEmailId(id: string, prefix = 'M'): { place: number; tail: string } | null {
  if (id.length !== 10 + tailLength || !id.startsWith(prefix)) return null;
  const place = decodeOrdered(id.slice(1, 10));
  return place === null ? null : { place, tail: id.slice(10) };
}
