import type { FieldPart } from '../../../search/fields.ts';
import { cutOctets, octetText } from './octet-text.ts';

/** Terms of a block's dictionary, as octet texts: words and header fields are told apart by a letter in front. */
const wordLetter = 'w';
const headerLetter = 'h';

/** Octets of a word that its term keeps: unspaced scripts can have words as long as the text. */
const keptOctets = 256;

/** Terms from one on and before another that hold a text behind some octets; all are octet texts. */
export interface Span {
  readonly from: string;
  readonly below: string;
  readonly offset: number;
  readonly text: string;
}

/** The term of a word, and whether other words have it, too. */
export function wordTerm(word: string): { term: string; isCut: boolean } {
  const octets = octetText(word);
  const kept = cutOctets(octets, keptOctets);
  return { term: wordLetter + kept, isCut: kept.length < octets.length };
}

/** The terms of words that stand in a text with one space between them; a word that comes twice has its term twice. */
export function wordTerms(text: string): string[] {
  return termsOf(text).map(word => wordLetter + cutOctets(word, keptOctets));
}

/** The term of what `fieldTerms` and `fieldLookUp` name. */
export function headerTerm(term: string): string {
  return headerLetter + octetText(term);
}

/** The terms of a text of `fieldTerms`. */
export function headerTerms(text: string): string[] {
  return termsOf(text).map(term => headerLetter + term);
}

function termsOf(text: string): string[] {
  return octetText(text)
    .split(' ')
    .filter(term => term !== '');
}

/** Behind all characters that a text can have. */
const last = octetText('\u{10ffff}');

/** The terms that begin with `start`. */
export function spanBehind(start: string): Span {
  return { from: start, below: start + last, offset: 0, text: '' };
}

/** The terms of header fields that `fieldLookUp` asks for. */
export function headerSpan({ from, below, offset, text }: Omit<FieldPart, 'unknown'>): Span {
  return {
    from: headerTerm(from),
    below: headerTerm(below),
    offset: offset + headerLetter.length,
    text: octetText(text),
  };
}

/** Whether the term is one of the span. */
export function isWithin(term: string, { from, below, offset, text }: Span): boolean {
  return term >= from && term < below && (text === '' || term.includes(text, offset));
}

/** Characters behind a field's name by which its terms are grouped, and of words' terms. */
const groupedBy = { header: 3, word: 4 };

/**
 * The beginning of a term, by which a big dictionary is put in order piece by piece: groups sort as their terms do. Of
 * header fields it holds the name, which many terms have in common.
 */
export function groupOf(term: string): string {
  const length = term.startsWith(headerLetter) ? term.indexOf(':') + groupedBy.header : groupedBy.word;
  return term.slice(0, length);
}
