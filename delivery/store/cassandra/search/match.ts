import { headHolds } from '../../../search/fields.ts';
import type { EmailFilter, SearchTerm } from '../../query.ts';
import type { SearchText } from '../../store.ts';

/** A part of a filter that is answered by an email's words or its header block. */
export type SearchLeaf =
  | Extract<EmailFilter, { search: SearchTerm }>
  | Extract<EmailFilter, { fieldName: string }>;

/** What an email is found by. */
export interface EmailTexts {
  /** Null: sealed, found by no word. */
  readonly words: SearchText | null;
  /** The header block, read as Latin-1. */
  readonly head: string;
}

const wordFields = ['subject', 'body', 'originators', 'destinations', 'attachments'] as const;

/** Whether the email meets the leaf. This is what the index must find, too. */
export function matches(leaf: SearchLeaf, { words, head }: EmailTexts): boolean {
  if ('fieldName' in leaf) return headHolds(head, leaf.fieldName, leaf.contains ?? null);
  const { field } = leaf.search;
  const sought = soughtText(leaf.search);
  if (words === null || sought === null) return false;
  const fields = field === 'any' ? wordFields : [field];
  return fields.some(name => ` ${words[name]} `.includes(sought));
}

/** The words that a term asks for, each without spaces. */
export function soughtWords({ words }: SearchTerm): string[] {
  return words.flatMap(word => word.split(' ')).filter(word => word !== '');
}

/** What a text holds, with a space before and behind it, when it meets the term; null when nothing does. */
function soughtText(term: SearchTerm): string | null {
  const words = soughtWords(term);
  return words.length === 0 ? null : ` ${words.join(' ')}${term.prefix ? '' : ' '}`;
}
