import { lowerAscii, upperAscii } from './comparators.ts';

/**
 * The modifiers of `set` in the order in which they are applied (RFC 5229 §4.1): highest precedence first. Letters that
 * are not of ASCII stay as they are.
 */
const modifiers: ReadonlyArray<readonly [tag: string, apply: (text: string) => string]> = [
  ['lower', lowerAscii],
  ['upper', upperAscii],
  ['lowerfirst', text => withFirst(text, lowerAscii)],
  ['upperfirst', text => withFirst(text, upperAscii)],
  ['quotewildcard', text => text.replace(/[*?\\]/g, '\\$&')],
  ['length', text => String([...text].length)],
];

/** A value as the tags of its `set` change it. */
export function modified(value: string, tags: ReadonlyMap<string, unknown>): string {
  return modifiers.filter(([tag]) => tags.has(tag)).reduce((text, [, apply]) => apply(text), value);
}

function withFirst(text: string, change: (first: string) => string): string {
  const [first = ''] = text;
  return change(first) + text.slice(first.length);
}
