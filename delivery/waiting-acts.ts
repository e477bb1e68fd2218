import { changeListState } from './account-state.ts';
import { type Act, words } from './spam/personal/act.ts';
import { sources } from './spam/personal/entry.ts';
import type { Store } from './store/store.ts';

/*
 * Acts that nothing was learned from yet are a state of the account, written before the act is answered: what ends
 * before it has learned from them loses none, and whoever next has to do with the account goes on with them.
 */

/** Name of the account's state. */
export const waitingStateName = 'spam-waiting';

/** More acts than this wait for nobody: the oldest are given up, which is logged. */
const maxWaiting = 8000;

type States = { readonly store: Pick<Store, 'getAccountState' | 'putAccountState'> };

/** Lets acts wait behind those that wait already; gives how many were given up. */
export function addWaiting(accountId: string, acts: readonly Act[], deps: States): Promise<number> {
  return changeWaiting(accountId, waiting => [...waiting, ...acts], deps);
}

/** The acts that wait, oldest first. */
export async function listWaiting(accountId: string, { store }: States): Promise<Act[]> {
  return readActs((await store.getAccountState(accountId, waitingStateName))?.octets ?? null);
}

/** Takes away what was learned from; the same act of another time stays. */
export async function removeWaiting(accountId: string, done: readonly Act[], deps: States): Promise<void> {
  const gone = new Set(done.map(nameOf));
  await changeWaiting(accountId, waiting => waiting.filter(act => !gone.has(nameOf(act))), deps);
}

function nameOf(act: Act): string {
  return JSON.stringify(kept(act));
}

async function changeWaiting(
  accountId: string,
  change: (waiting: Act[]) => Act[],
  deps: States,
): Promise<number> {
  let givenUp = 0;
  await changeListState(
    { accountId, name: waitingStateName, form: { kept, read: readActs } },
    waiting => {
      const all = change(waiting);
      givenUp = Math.max(0, all.length - maxWaiting);
      return all.slice(-maxWaiting);
    },
    deps,
  );
  return givenUp;
}

type KeptAct = readonly [emailId: string, word: number, source: number, at: number];

function kept({ emailId, word, source, at }: Act): KeptAct {
  return [emailId, words.indexOf(word), sources.indexOf(source), at.getTime()];
}

function readActs(octets: Uint8Array | null): Act[] {
  if (octets === null) return [];
  // Only `changeWaiting` writes it.
  const list = JSON.parse(Buffer.from(octets).toString()) as KeptAct[];
  return list.flatMap(([emailId, word, source, at]) => {
    const [said, by] = [words[word], sources[source]];
    return said && by ? [{ emailId, word: said, source: by, at: new Date(at) }] : [];
  });
}
