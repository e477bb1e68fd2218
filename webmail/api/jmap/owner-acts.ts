import { changeAccountState } from '../../../delivery/account-state.ts';
import { describeError } from '../../../delivery/describe-error.ts';
import { accountHash } from '../../../delivery/tags/hash.ts';
import { kindOf } from '../../../delivery/tags/kinds/kinds.ts';
import { readMemory, sourceOf, tagStateName, teachKind, writeMemory } from '../../../delivery/tags/memory.ts';
import type { MethodContext } from './method.ts';
import { differenceOf, type Lesson, type OwnerAct, provenAuthor } from './owner-act.ts';
import { tagLessons } from './tag-lessons.ts';

/**
 * Learns from what an owner did with their mail: an automatic tag taken off, or put on, is what they want of that
 * sender or list; a tag of their own is an example of it. What can't be learned is logged; the act itself is done.
 */
export async function learnFromActs(acts: readonly OwnerAct[], context: MethodContext): Promise<void> {
  try {
    const { store, account } = context;
    const lessons = [...acts.flatMap(kindLessons), ...(await tagLessons(acts, context))];
    if (lessons.length === 0) return;
    const hash = accountHash(account.hashKey);
    await changeAccountState(
      { accountId: account.id, name: tagStateName },
      octets => writeMemory(lessons.reduce((memory, lesson) => lesson(memory, hash), readMemory(octets))),
      { store },
    );
  } catch (error) {
    context.log.warn({ ...describeError(error) }, 'actsNotLearned');
  }
}

function kindLessons({ before, change }: OwnerAct): Lesson[] {
  const source = sourceOf(before.summary.listId, provenAuthor(before));
  if (source === null) return [];
  const { added, removed } = differenceOf(before.keywords, change.keywords);
  const lessonsOf = (keywords: readonly string[], isWanted: boolean): Lesson[] =>
    keywords.flatMap(keyword => {
      const kind = kindOf(keyword);
      return kind ? [(memory, hash) => teachKind(memory, { kind, source, isWanted }, hash)] : [];
    });
  return [...lessonsOf(added, true), ...lessonsOf(removed, false)];
}
