import type { Email, EmailChange } from '../../../delivery/store/store.ts';
import type { AccountHash } from '../../../delivery/tags/hash.ts';
import type { TagMemory } from '../../../delivery/tags/memory.ts';
import { type TagWishes, tagWishesOf } from '../../../delivery/tags/wishes.ts';
import type { MethodContext } from './method.ts';

/** One email as it was, and what its owner has just made of it. */
export interface OwnerAct {
  readonly before: Email;
  readonly change: Pick<EmailChange, 'tags' | 'keywords' | 'findings'>;
}

/** What a set was given and lost. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What an act changes in an account's memory; called again where another process was faster. */
export type Lesson = (memory: TagMemory, hash: AccountHash) => TagMemory;

/** What the owner wants learned. */
export async function wishesOf({ store, account }: MethodContext): Promise<TagWishes> {
  return tagWishesOf(await store.getSettings(account.id));
}

/** The one author of an email, null where there are several, or the address was found to be forged. */
export function provenAuthor({ summary, findings }: Email): string | null {
  const [author, ...others] = summary.originators.from;
  const isForged = findings.authentication?.dmarc.result === 'fail' && !findings.session?.authenticatedUser;
  return author && others.length === 0 && !isForged ? author.address : null;
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
