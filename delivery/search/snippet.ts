import type { EmailFilter, SearchTerm } from '../store/query.ts';
import { type PlacedWord, placeWords } from './terms.ts';

/** Largest preview of a SearchSnippet (RFC 8621 §5), tags included. */
const maxPreviewOctets = 255;
/** Characters shown before the first match. */
const lead = 60;

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The text around the first match with every match in `<mark>`, HTML-escaped (RFC 8621 §5): at most `maxOctets`
 * octets, the whole text when it is Infinity (a subject). Null when nothing matches.
 */
export function snippets(
  text: string,
  terms: readonly SearchTerm[],
  maxOctets: number = maxPreviewOctets,
): string | null {
  const ranges = merge(findMatches(placeWords(text), terms));
  const first = ranges[0];
  if (!first) return null;
  const isWhole = maxOctets === Number.POSITIVE_INFINITY;
  return write(text, ranges, isWhole ? 0 : startBefore(text, first.start), maxOctets);
}

/** The terms of a filter that can be shown as matches in one of `fields` (`any` always counts); negations can't. */
export function shownTerms(filter: EmailFilter | null, fields: readonly SearchTerm['field'][]): SearchTerm[] {
  if (filter === null) return [];
  if ('search' in filter) {
    return filter.search.field === 'any' || fields.includes(filter.search.field) ? [filter.search] : [];
  }
  const inner = 'all' in filter ? filter.all : 'any' in filter ? filter.any : [];
  return inner.flatMap(each => shownTerms(each, fields));
}

function findMatches(words: readonly PlacedWord[], terms: readonly SearchTerm[]): Range[] {
  const ranges: Range[] = [];
  for (const term of terms) {
    if (term.words.length === 0) continue;
    for (let index = 0; index + term.words.length <= words.length; index++) {
      if (!matchesAt(words, index, term)) continue;
      const start = words[index]?.start ?? 0;
      const end = words[index + term.words.length - 1]?.end ?? start;
      ranges.push({ start, end });
    }
  }
  return ranges.sort((a, b) => a.start - b.start || a.end - b.end);
}

function matchesAt(
  words: readonly PlacedWord[],
  index: number,
  { words: wanted, prefix }: SearchTerm,
): boolean {
  for (let offset = 0; offset < wanted.length; offset++) {
    const word = words[index + offset]?.word ?? '';
    const sought = wanted[offset] ?? '';
    const isLast = offset === wanted.length - 1;
    if (word !== sought && !(isLast && prefix && word.startsWith(sought))) return false;
  }
  return true;
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** A place before the match where a word begins. */
function startBefore(text: string, match: number): number {
  if (match <= lead) return 0;
  const space = text.slice(match - lead, match).search(/\s\S/);
  const start = space === -1 ? match - lead : match - lead + space + 1;
  const isInPair = (text.charCodeAt(start) & 0xfc00) === 0xdc00;
  return isInPair ? start + 1 : start;
}

/** Writes from `from` on until no more octets fit; a match that does not fit whole is cut inside its mark. */
function write(text: string, ranges: readonly Range[], from: number, maxOctets: number): string {
  const writer = new SnippetWriter(maxOctets);
  let at = from;
  for (const range of ranges) {
    if (range.end <= at) continue;
    writer.add(text, at, range.start);
    writer.addMarked(text, Math.max(at, range.start), range.end);
    at = range.end;
    if (writer.isFull) return writer.text;
  }
  writer.add(text, at, text.length);
  return writer.text;
}

const markOctets = '<mark></mark>'.length;

class SnippetWriter {
  readonly #maxOctets: number;
  #octets = 0;
  text = '';
  isFull = false;

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
  }

  /** Escaped characters of the text, white space as single spaces. */
  add(text: string, start: number, end: number): void {
    this.text += this.#take(text, start, end, 0);
  }

  addMarked(text: string, start: number, end: number): void {
    const marked = this.#take(text, start, end, markOctets);
    if (marked === '') return;
    this.text += `<mark>${marked}</mark>`;
    this.#octets += markOctets;
  }

  #take(text: string, start: number, end: number, reserved: number): string {
    let taken = '';
    let at = start;
    while (at < end && !this.isFull) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 32);
      const written = escapeCharacter(character);
      const octets = Buffer.byteLength(written);
      if (this.#octets + octets + reserved > this.#maxOctets) {
        this.isFull = true;
        break;
      }
      at += character.length;
      if (written === ' ' && (taken.endsWith(' ') || (taken === '' && this.text.endsWith(' ')))) continue;
      taken += written;
      this.#octets += octets;
    }
    return taken;
  }
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escapeCharacter(character: string): string {
  if (/\s/.test(character)) return ' ';
  return escapes[character] ?? character;
}
