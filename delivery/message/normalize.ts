/** Combining marks in a row from which a text is left as it is. */
const tooManyMarks = /\p{M}{64}/u;

/**
 * The text in a Unicode normalisation form. Ordering combining marks costs the square of their number, so a text
 * with absurdly many of them in a row is returned unchanged.
 */
export function normalizeText(text: string, form: 'NFC' | 'NFKC' | 'NFKD' | 'NFD'): string {
  return tooManyMarks.test(text) ? text : text.normalize(form);
}
