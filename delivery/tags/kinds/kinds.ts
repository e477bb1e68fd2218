/** What a message is by its structure. */
export const kinds = [
  'list',
  'notification',
  'receipt',
  'invitation',
  'social',
  'newsletter',
  'travel',
] as const;
export type Kind = (typeof kinds)[number];

/**
 * The keyword that an automatic tag is. Names with `$` are registered ones (RFC 5788, RFC 8621 §4.1.1), and none of
 * them says this; a keyword, other than a mailbox, is called in the reader's own language and leaves no empty folder.
 */
export function keywordOf(kind: Kind): string {
  return `auto-${kind}`;
}

/** The kind that a keyword stands for, null for any other keyword. */
export function kindOf(keyword: string): Kind | null {
  return kinds.find(kind => keywordOf(kind) === keyword) ?? null;
}
