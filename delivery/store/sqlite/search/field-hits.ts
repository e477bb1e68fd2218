import { type FieldLookUp, type FieldPart, fieldLookUp } from '../../../search/fields.ts';
import type { EmailFilter } from '../../query.ts';
import type { Database } from '../database.ts';
import { type Hits, ListedHits, MatchHits } from './hits.ts';
import { quote } from './match.ts';

export type FieldFilter = Extract<EmailFilter, { fieldName: string }>;

/** Emails among which are all that have the field. */
export interface FieldHits {
  readonly hits: Hits;
  /** False when some of them may not have it, so that their header blocks must be read. */
  readonly isExact: boolean;
}

/** Terms of one FTS5 query at most. */
const maxTerms = 200;
/** Occurrences of more terms that are looked through at most: what more emails hold is soon met by walking the list. */
const maxOccurrences = 250_000;

/** The emails that may have the header field, by the terms of their header blocks. */
export function fieldHits(search: Database, { fieldName, contains }: FieldFilter): FieldHits {
  const lookUp = fieldLookUp(fieldName, contains ?? null);
  const { part, isExact } = lookUp;
  const whole = new MatchHits(search, 'fields', matchAll(lookUp));
  if (part === null) return { hits: whole, isExact };
  const spans = [knownSpan(part), ...part.unknown.map(unknownSpan)];
  const [known = [], ...unknown] = spans.map(span => termsIn(search, span));
  const isSure = isExact && unknown.every(terms => terms.length === 0);
  const terms = [known, ...unknown].flat();
  if (terms.length === 0) return { hits: ListedHits.of([]), isExact: true };
  if (terms.length <= maxTerms) {
    const query = `(${terms.map(quote).join(' OR ')}) AND ${matchAll(lookUp)}`;
    return { hits: new MatchHits(search, 'fields', query), isExact: isSure };
  }
  const places = placesIn(search, spans);
  const listed = places && ListedHits.of(places);
  return listed && listed.count() <= whole.count()
    ? { hits: listed, isExact: isSure }
    : { hits: whole, isExact: false };
}

function matchAll({ whole }: FieldLookUp): string {
  return whole.map(quote).join(' AND ');
}

/** Terms from one on and before another that hold a text behind some characters. */
type Span = Omit<FieldPart, 'unknown'>;

function knownSpan({ from, below, offset, text }: FieldPart): Span {
  return { from, below, offset, text };
}

function unknownSpan(start: string): Span {
  return { from: start, below: `${start}\u{10ffff}`, offset: 0, text: '' };
}

const inSpan = 'term >= ? and term < ? and instr(substr(term, ?), ?) > 0';

function spanValues({ from, below, offset, text }: Span): [string, string, number, string] {
  return [from, below, offset + 1, text];
}

/** The terms of the span, one more than are taken when there are many. */
function termsIn(search: Database, span: Span): string[] {
  const rows = search.all<{ term: string }>(
    `select term from field_vocabulary where ${inSpan} limit ${maxTerms + 1}`,
    ...spanValues(span),
  );
  return rows.map(({ term }) => term);
}

/** Places of emails with a term of one of the spans, some more than once; null when there are too many. */
function placesIn(search: Database, spans: readonly Span[]): number[] | null {
  const places: number[] = [];
  for (const span of spans) {
    const rows = search.each<{ doc: number }>(
      `select doc from field_occurrences where ${inSpan}`,
      ...spanValues(span),
    );
    for (const { doc } of rows) {
      if (places.length >= maxOccurrences) return null;
      places.push(doc);
    }
  }
  return places;
}
