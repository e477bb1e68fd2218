import { changeAccountState } from '../../../delivery/account-state.ts';
import { describeError } from '../../../delivery/describe-error.ts';
import type { Email, EmailChange } from '../../../delivery/store/store.ts';
import { accountHash } from '../../../delivery/tags/hash.ts';
import { type Kind, kindOf } from '../../../delivery/tags/kinds/kinds.ts';
import { readMemory, sourceOf, tagStateName, teachKind, writeMemory } from '../../../delivery/tags/memory.ts';
import type { MethodContext } from './method.ts';

/** One email as it was, and what its owner has just made of it. */
export interface OwnerAct {
  readonly before: Email;
  readonly change: Pick<EmailChange, 'tags' | 'keywords'>;
}

/** What a set was given and lost. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Learns from what an owner did with their mail: an automatic tag taken off, or put on, is what they want of that
 * sender or list. What can't be learned is logged; the act itself is done.
 */
export async function learnFromActs(acts: readonly OwnerAct[], context: MethodContext): Promise<void> {
  try {
    await learnKinds(acts.flatMap(kindActs), context);
  } catch (error) {
    context.log.warn({ ...describeError(error) }, 'actsNotLearned');
  }
}

interface KindAct {
  readonly kind: Kind;
  readonly source: string;
  readonly isWanted: boolean;
}

function kindActs({ before, change }: OwnerAct): KindAct[] {
  const source = sourceOf(before.summary.listId, authorOf(before));
  if (source === null) return [];
  const { added, removed } = differenceOf(before.keywords, change.keywords);
  const actsOn = (keywords: readonly string[], isWanted: boolean) =>
    keywords.flatMap(keyword => {
      const kind = kindOf(keyword);
      return kind === null ? [] : [{ kind, source, isWanted }];
    });
  return [...actsOn(added, true), ...actsOn(removed, false)];
}

async function learnKinds(acts: readonly KindAct[], { store, account }: MethodContext): Promise<void> {
  if (acts.length === 0) return;
  const hash = accountHash(account.hashKey);
  await changeAccountState(
    { accountId: account.id, name: tagStateName },
    octets => writeMemory(acts.reduce((memory, act) => teachKind(memory, act, hash), readMemory(octets))),
    { store },
  );
}

/** The one author of an email; null where there are several. */
export function authorOf({ summary }: Email): string | null {
  const [author, ...others] = summary.originators.from;
  return author && others.length === 0 ? author.address : null;
}

/** What a change adds to a set and takes from it. */
export function differenceOf(before: readonly string[], change: EmailChange['tags']): Difference {
  const add = change?.add ?? [];
  const remove = change?.replace ? before.filter(item => !add.includes(item)) : (change?.remove ?? []);
  return {
    added: add.filter(item => !before.includes(item)),
    removed: remove.filter(item => before.includes(item)),
  };
}
