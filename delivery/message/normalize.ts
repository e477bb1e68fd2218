/** Combining marks in a row from which a text is left as it is. */
const tooManyMarks = /\p{M}{64}/u;

/**
 * The text in a Unicode normalisation form. Ordering combining marks costs the square of their number, so a text
 * with absurdly many of them in a row is returned unchanged.
 */
export function normalizeText(text: string, form: 'NFC' | 'NFKC' | 'NFKD' | 'NFD'): string {
  // ASCII is the same in every form.
  if (isAscii(text)) return text;
  return tooManyMarks.test(text) ? text : text.normalize(form);
}

/** Whether the text is of ASCII alone. */
export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
