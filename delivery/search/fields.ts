import { hash } from 'node:crypto';
import { decodeWords } from '../message/fields.ts';

/** What the terms of an email hold when a header field has a text in its value. */
export interface FieldLookUp {
  /** All of these, at least one. */
  readonly whole: readonly string[];
  /** And one of these; null for nothing more. */
  readonly part: FieldPart | null;
  /** True when nothing else holds these terms, so that no value needs to be read. */
  readonly isExact: boolean;
}

/** Terms of words that hold a piece of text. */
export interface FieldPart {
  /** They are not before this one, */
  readonly from: string;
  /** and before this one. */
  readonly below: string;
  /** They hold `text` behind this many characters. */
  readonly offset: number;
  readonly text: string;
  /** Or terms begin with one of these, whose words are not known: the value must be read. */
  readonly unknown: readonly string[];
}

/** Stands between a field's name and a word of its value, and in neither. */
const between = ':';
/** Behind `between`: the last of all words of a field. */
const behindWords = ';';
/** What stands between the words of a value; the rest of ASCII belongs to them. */
const separators = /[\x00-\x20"'(),:;<=>[\\\]`\x7f]+/;
const separatorRuns = new RegExp(separators, 'g');
/** What may be one of the words that follow. */
const longWord = /(?:^|[\x00-\x20"'(),:;<=>[\\\]`\x7f])[^\x00-\x20"'(),:;<=>[\\\]`\x7f]{40}/;
/** Longer words of this alphabet are keys and signatures, of which the first characters are noted alone. */
const opaqueWord = /^[a-z0-9+/_-]{40,}$/;
const opaqueText = /^[a-z0-9+/_-]*$/;
const keptOfOpaque = 3;
/** Of longer words nothing is noted. */
const maxWord = 1000;
/** Fields that servers write for each other, half of a header block: shorter words of theirs are not noted. */
const traceName = /received|signature|authentication-results|^arc-/;
const shortestOfTrace = 5;
/**
 * Of longer values each word is noted once: every term begins with the name, so that a value of many short words would
 * else grow to a hundred times its length.
 */
const longValue = 4096;

/**
 * The header block's terms, separated by spaces: `name:` for every field and `name:word` for the words of its value.
 * `head` is the block read as Latin-1. Names and words are lower-case.
 */
export function fieldTerms(head: string): string {
  let terms = '';
  for (const { name, value } of headerLines(head)) {
    const prefix = prefixOf(name);
    terms += ` ${prefix}`;
    const texts = readings(value);
    if (value.length > longValue) terms += wordTerms(distinctWords(texts), prefix);
    else for (const text of texts) terms += textTerms(text, prefix);
  }
  return terms;
}

/** The terms of a text's words, with a space before each. */
function textTerms(text: string, prefix: string): string {
  if (shortestOf(prefix) > 1 || longWord.test(text)) return wordTerms(text.split(separators), prefix);
  return ` ${prefix}${text.replace(separatorRuns, ` ${prefix}`)}`;
}

function wordTerms(words: Iterable<string>, prefix: string): string {
  const shortest = shortestOf(prefix);
  let terms = '';
  for (const word of words) {
    if (word.length >= shortest) terms += ` ${termOf(prefix, word)}`;
  }
  return terms;
}

function distinctWords(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap(text => text.split(separators)));
}

function shortestOf(prefix: string): number {
  return traceName.test(prefix) ? shortestOfTrace : 1;
}

/** Whether the header block (read as Latin-1) has the field, with the text in its value if one is given. */
export function headHolds(head: string, name: string, contains: string | null): boolean {
  const wanted = name.toLowerCase();
  const text = contains === null ? null : fold(contains);
  for (const field of headerLines(head)) {
    if (field.name !== wanted) continue;
    if (text === null || readings(field.value).some(reading => reading.includes(text))) return true;
  }
  return false;
}

/** The terms of the emails for which `headHolds` may be true. */
export function fieldLookUp(name: string, contains: string | null): FieldLookUp {
  const prefix = prefixOf(name.toLowerCase());
  const shortest = shortestOf(prefix);
  // The first and the last have an open end, and are empty where the text begins or ends with a separator.
  const words = fold(contains ?? '').split(separators);
  const inner = words.slice(1, -1).filter(word => word.length >= shortest);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  const part =
    last.length >= shortest
      ? beginning(prefix, last)
      : first.length >= shortest
        ? within(prefix, first)
        : null;
  return {
    whole: inner.length > 0 ? inner.map(word => termOf(prefix, word)) : [prefix],
    part,
    isExact: words.length === 1 && (part !== null || first === ''),
  };
}

/** The terms of words that begin with `text`. */
function beginning(prefix: string, text: string): FieldPart {
  const from = `${prefix}${text}`;
  const unknown = unknownOf(prefix, text, text.slice(0, keptOfOpaque));
  return { from, below: `${from}\u{10ffff}`, offset: 0, text: '', unknown };
}

/** The terms of words that hold `text`. */
function within(prefix: string, text: string): FieldPart {
  const below = prefix.slice(0, -between.length) + behindWords;
  return { from: prefix, below, offset: prefix.length, text, unknown: unknownOf(prefix, text, '') };
}

/** How the terms begin of words that are not kept as they are and may hold `text`; `start` is how they begin. */
function unknownOf(prefix: string, text: string, start: string): string[] {
  const opaque = opaqueText.test(text) ? [`${prefix}${between}${start}`] : [];
  return [`${prefix}${between}${between}`, ...opaque];
}

function termOf(prefix: string, word: string): string {
  if (opaqueWord.test(word)) return `${prefix}${between}${word.slice(0, keptOfOpaque)}`;
  return word.length > maxWord ? `${prefix}${between}${between}` : `${prefix}${word}`;
}

/** Names that stand in their terms as they are. */
const plainName = /^[a-z0-9!#$&*+\-./?@^_{|}~]{0,64}$/;
const hashCharacters = 32;

/** What the terms of a field begin with: its name, or a hash of one that is long or holds other characters. */
function prefixOf(name: string): string {
  return `${plainName.test(name) ? name : `%${hash('sha256', name).slice(0, hashCharacters)}`}${between}`;
}

/** The fields of a header block, unfolded (RFC 5322 §2.2.3), with their names in lower case. */
function* headerLines(head: string): Iterable<{ name: string; value: string }> {
  for (const line of head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    yield { name: line.slice(0, colon).trimEnd().toLowerCase(), value: line.slice(colon + 1) };
  }
}

/** What a value may be read as: its octets, UTF-8 (RFC 6532), and with its encoded words decoded (RFC 2047). */
function readings(value: string): string[] {
  const isAscii = !/[\x80-\xff]/.test(value);
  if (isAscii && !value.includes('=?')) return [value.toLowerCase()];
  const text = isAscii ? value : Buffer.from(value, 'latin1').toString('utf8');
  return [fold(value), fold(text), fold(decodeWords(text))];
}

/** Lower case; a sigma is the same at the end of a word and within. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}
