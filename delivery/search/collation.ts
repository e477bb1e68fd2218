import { isAscii } from '../message/normalize.ts';

/**
 * The text as the collation `i;unicode-casemap` sees it (RFC 5051 §2.3): each character in titlecase, then taken apart.
 * Keys are equal where the collation holds texts for equal; their code points are in its order.
 */
export function casemapKey(text: string): string {
  if (isAscii(text)) return text.toUpperCase();
  return Array.from(text, titlecase).join('').normalize('NFKD');
}

/** Characters whose capital is a pair of letters have none of their own: they stay. */
function titlecase(character: string): string {
  const upper = character.toUpperCase();
  return Array.from(upper).length === 1 ? upper : character;
}
