import type { Source } from './entry.ts';
import type { Learned } from './learned.ts';

/** What an act says about a message; `in` and `out`: it was moved to junk, or out of it. */
export const words = ['spam', 'ham', 'none', 'in', 'out'] as const;
export type Word = (typeof words)[number];

/** One act upon one email, of its owner's or of what the owner did besides. */
export interface Act {
  readonly emailId: string;
  readonly word: Word;
  readonly source: Source;
  readonly at: Date;
}

/** Where an email is and how it is marked, before a change or after it. */
export interface Marks {
  readonly isJunk: boolean;
  readonly isTrash: boolean;
  readonly keywords: readonly string[];
}

/**
 * What a change of marks says, null for nothing: keywords (`$junk`, `$notjunk` of the IANA registry) and the mailbox
 * speak; who throws junk away does not say that it was wanted.
 */
export function wordOf(before: Marks, after: Marks): Word | null {
  const isNew = (keyword: string) => after.keywords.includes(keyword) && !before.keywords.includes(keyword);
  const isGone = (keyword: string) => before.keywords.includes(keyword) && !after.keywords.includes(keyword);
  if (isNew('$notjunk')) return 'ham';
  if (after.isJunk && !before.isJunk) return 'in';
  if (isNew('$junk')) return 'spam';
  if (before.isJunk && !after.isJunk) return after.isTrash ? null : 'out';
  if (isGone('$junk') && !after.isTrash) return 'out';
  return isGone('$notjunk') ? 'none' : null;
}

/**
 * The label that follows from a word: true for spam, null for none. Moving back what the owner had moved by an act,
 * against the judgement at delivery, is the undoing of it; moving away what was delivered there is an act of its own.
 */
export function labelOf(
  word: Word,
  { learned, wasJunk }: { learned: Learned | null; wasJunk: boolean },
): boolean | null {
  const byOwner = learned?.source === 'owner' ? learned.isSpam : null;
  if (word === 'in') return byOwner === false && wasJunk ? null : true;
  if (word === 'out') return byOwner === true && !wasJunk ? null : false;
  return word === 'none' ? null : word === 'spam';
}
