import { allEntities } from '../message/body.ts';
import { isAscii, normalizeText } from '../message/normalize.ts';
import type { Mailbox, Message } from '../message/shape.ts';
import { visibleText } from '../message/text.ts';
import type { SearchText, Summary } from '../store/store.ts';

/** Characters of one field that are made searchable. */
const maxText = 200_000;
/** Longer words (keys, encoded octets) are cut: nobody types them. */
const maxWord = 64;
/** Attachments whose names are made searchable. */
const maxAttachments = 1000;

/** Letters that NFKC leaves, and what people type for them. */
const foldedLetters: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ĸ: 'k',
};

/** Scripts whose words are not set apart by spaces: their runs become overlapping pairs of characters. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々ｰﾞﾟ]/u;
const unspacedRuns = new RegExp(`${unspaced.source}[${unspaced.source.slice(1, -1)}\\p{M}]*`, 'gu');

/**
 * Text as words separated by single spaces, the same for what is stored and what is asked: NFKC, lower case,
 * diacritics off (Latin, Greek, Cyrillic, Hebrew, Arabic), ligatures opened, punctuation and apostrophes removed;
 * Chinese, Japanese, Korean and other unspaced runs as overlapping pairs. Folding twice changes nothing but those.
 */
export function foldText(text: string): string {
  const bounded = text.length > maxText ? text.slice(0, maxText) : text;
  return isAscii(bounded) ? foldAscii(bounded) : foldWords(bounded).join(' ');
}

/** `foldText` as a list. */
export function foldWords(text: string): string[] {
  const bounded = text.length > maxText ? text.slice(0, maxText) : text;
  if (isAscii(bounded)) return wordsOf(bounded.toLowerCase(), /[a-z0-9]+/g);
  const folded = foldLetters(normalizeText(bounded, 'NFKC').toLowerCase());
  const words: string[] = [];
  for (const word of wordsOf(folded, /[\p{L}\p{N}\p{M}]+/gu)) {
    if (unspaced.test(word)) pushPairs(word, words);
    else words.push(word);
  }
  return words;
}

/** The searchable words of a message; pictures and attachments count with their names only. */
export function searchText(summary: Summary, message: Message): SearchText {
  const { originators, destinations } = summary;
  return {
    subject: foldText(summary.subject ?? ''),
    body: foldText(visibleText(message, maxText)),
    originators: foldMailboxes([...originators.from, ...originators.sender]),
    destinations: foldMailboxes([...destinations.to, ...destinations.cc, ...destinations.bcc]),
    attachments: foldText(fileNames(message).join('\n')),
  };
}

/** A folded word and the characters of the text that it was made of. */
export interface PlacedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The words of `foldWords` with their places in the text, for showing where a search matched. */
export function placeWords(text: string): PlacedWord[] {
  const placed: PlacedWord[] = [];
  const bounded = text.length > maxText ? text.slice(0, maxText) : text;
  for (const match of bounded.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const [word] = match;
    if (unspaced.test(word)) placePairs(word, match.index, placed);
    else placeWord(word, match.index, placed);
  }
  return placed;
}

function placeWord(word: string, start: number, placed: PlacedWord[]): void {
  for (const folded of foldWords(word)) placed.push({ word: folded, start, end: start + word.length });
}

function placePairs(word: string, start: number, placed: PlacedWord[]): void {
  let from = 0;
  for (const run of word.matchAll(unspacedRuns)) {
    if (run.index > from) placeWord(word.slice(from, run.index), start + from, placed);
    let at = start + run.index;
    const characters = clusters(run[0]);
    if (characters.length === 1) placeWord(run[0], at, placed);
    for (let index = 1; index < characters.length; index++) {
      const before = characters[index - 1] ?? '';
      const pair = before + (characters[index] ?? '');
      for (const folded of foldWords(pair)) placed.push({ word: folded, start: at, end: at + pair.length });
      at += before.length;
    }
    from = run.index + run[0].length;
  }
  if (from < word.length) placeWord(word.slice(from), start + from, placed);
}

/** What becomes of each ASCII character: letters and digits in lower case, 0 for what stands between words. */
const foldedAscii = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase();
  return /[a-z0-9]/.test(character) ? character.charCodeAt(0) : 0;
});

/** The words of an ASCII text octet by octet: most mail is ASCII, and its words are many. */
function foldAscii(text: string): string {
  const octets = Buffer.from(text, 'latin1');
  let length = 0;
  let wordLength = 0;
  for (let at = 0; at < octets.length; at++) {
    const folded = foldedAscii[octets[at] ?? 0] ?? 0;
    if (folded === 0) {
      wordLength = 0;
      continue;
    }
    if (wordLength === 0 && length > 0) octets[length++] = 0x20;
    if (wordLength++ < maxWord) octets[length++] = folded;
  }
  return octets.toString('latin1', 0, length);
}

function foldMailboxes(mailboxes: readonly Mailbox[]): string {
  return foldText(mailboxes.map(({ name, address }) => `${name ?? ''} ${address}`).join('\n'));
}

function fileNames(message: Message): string[] {
  const names = allEntities(message).flatMap(entity => entity.fileName ?? []);
  return names.slice(0, maxAttachments);
}

function foldLetters(text: string): string {
  const decomposed = normalizeText(text, 'NFD').replace(
    /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}])\p{M}+/gu,
    '$1',
  );
  return normalizeText(decomposed, 'NFC').replace(
    /[œæßøđðłıþħŧĸ]/g,
    letter => foldedLetters[letter] ?? letter,
  );
}

function wordsOf(text: string, pattern: RegExp): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(pattern)) words.push(word.length > maxWord ? cutWord(word) : word);
  return words;
}

/** Unspaced runs are as long as sentences: only words of letters with spaces between them are cut. */
function cutWord(word: string): string {
  return unspaced.test(word) ? word : word.slice(0, maxWord).replace(/[\ud800-\udbff]$/, '');
}

/** `東京tower` as `東京`, `tower`; `東京都` as `東京`, `京都`. */
function pushPairs(word: string, words: string[]): void {
  let from = 0;
  for (const match of word.matchAll(unspacedRuns)) {
    if (match.index > from) words.push(word.slice(from, match.index));
    const characters = clusters(match[0]);
    if (characters.length === 1) words.push(characters[0] ?? '');
    for (let index = 1; index < characters.length; index++) {
      words.push(`${characters[index - 1]}${characters[index]}`);
    }
    from = match.index + match[0].length;
  }
  if (from < word.length) words.push(word.slice(from));
}

/** Characters with the marks that belong to them. */
function clusters(run: string): string[] {
  return run.match(/[^\p{M}]\p{M}{0,8}|\p{M}+/gu) ?? [];
}
