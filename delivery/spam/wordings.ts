import { isAscii, normalizeText } from '../message/normalize.ts';
import { skeletonOf } from './look-alike.ts';

interface Wording<T> {
  readonly of: T;
  readonly text: string;
  /** The words behind the first one. */
  readonly rest: readonly string[];
}

/** Wordings by their first word. */
export type WordIndex<T> = Map<string, Wording<T>[]>;

/** Adds a wording, words apart by spaces, folded as `foldedWords` folds. */
export function addPhrase<T>(index: WordIndex<T>, of: T, phrase: string): void {
  const [first = '', ...rest] = phrase.trim().split(/\s+/);
  const row = { of, text: [first, ...rest].join(' '), rest };
  const others = index.get(first);
  if (others) others.push(row);
  else index.set(first, [row]);
}

/** Calls `take` for each wording that stands in the words, in order, repeats included; one pass. */
export function findWordings<T>(
  words: readonly string[],
  index: ReadonlyMap<string, readonly Wording<T>[]>,
  take: (of: T, text: string) => void,
): void {
  for (let at = 0; at < words.length; at++) {
    const wordings = index.get(words[at] ?? '');
    if (!wordings) continue;
    for (const { of, text, rest } of wordings) if (follows(words, at + 1, rest)) take(of, text);
  }
}

function follows(words: readonly string[], at: number, rest: readonly string[]): boolean {
  for (let offset = 0; offset < rest.length; offset++) {
    if (words[at + offset] !== rest[offset]) return false;
  }
  return true;
}

/**
 * The words of a text in lower case, accents, invisible characters and decorated letters folded; letters of other
 * scripts inside Latin words as those they look like. Senders of spam split and mask words with all of these.
 */
export function foldedWords(text: string): string[] {
  if (isAscii(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const plain = normalizeText(text, 'NFKD').replace(/[\p{Mn}\p{Cf}]/gu, '');
  const words = plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map(word => (isAscii(word) ? word : unmasked(word)));
}

const folded: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
};

function unmasked(word: string): string {
  const latin = word.replace(/[ßæœøłđı]/g, letter => folded[letter] ?? letter);
  return /[a-z]/.test(latin) && !isAscii(latin) ? skeletonOf(latin) : latin;
}
