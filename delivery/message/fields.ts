import type { HeaderField } from './shape.ts';

export { type FieldParameters, parseFieldParameters } from './parameters.ts';
export { decodeWords, decodeWordsStrictly, encodeWords } from './words.ts';

/** The fields of that name, compared without regard to case, in the order of the header. */
export function fieldsNamed(fields: readonly HeaderField[], name: string): HeaderField[] {
  const wanted = name.toLowerCase();
  return fields.filter(field => field.name.length === wanted.length && field.name.toLowerCase() === wanted);
}

/** A field's value on one line (RFC 5322 §2.2.3): line endings removed, spaces around it trimmed. */
export function unfold(value: string): string {
  return value.replace(/[\r\n]+/g, '').trim();
}

/** Identifiers that are kept of one field. */
const maxIdentifiers = 10_000;

/**
 * Message identifiers of a field value, without angle brackets, spaces and comments (RFC 5322 §3.6.4). Words
 * between them (obsolete syntax of In-Reply-To) are left out; a value that is one bare word is taken as it is.
 */
export function parseIdentifiers(value: string): string[] {
  const identifiers: string[] = [];
  let position = 0;
  while (position < value.length && identifiers.length < maxIdentifiers) {
    const open = value.indexOf('<', position);
    if (open === -1) break;
    const close = value.indexOf('>', open);
    if (close === -1) break;
    const again = value.lastIndexOf('<', close);
    const identifier = value.slice(again + 1, close).replace(/\s+/g, '');
    if (identifier !== '') identifiers.push(identifier);
    position = close + 1;
  }
  if (identifiers.length > 0) return identifiers;
  const bare = value.trim().replace(/[<>]/g, '');
  return bare !== '' && !/\s/.test(bare) ? [bare] : [];
}
