import { changeListState } from './account-state.ts';
import type { Store } from './store/store.ts';

/*
 * What owners have said about sealed mail waits, as a state of the account, for a device that can read the mail: the
 * server has no word to learn from.
 */

/** Name of the account's state. */
export const sealedActsName = 'spam-sealed-waiting';

/** An owner's last word on one sealed email. */
export interface SealedAct {
  readonly emailId: string;
  /** Null: taken back. */
  readonly isSpam: boolean | null;
  readonly at: Date;
}

/**
 * Emails that wait. Of more, the oldest are given up, and acts that take back last: without them a message stays learned.
 */
export const maxSealedActs = 500;

type States = { readonly store: Pick<Store, 'getAccountState' | 'putAccountState'> };

/** Lets acts wait, each in the place of the one before on the same email. */
export async function addSealedActs(
  accountId: string,
  acts: readonly SealedAct[],
  deps: States,
): Promise<void> {
  if (acts.length === 0) return;
  const said = new Set(acts.map(({ emailId }) => emailId));
  await change(accountId, waiting => [...waiting.filter(({ emailId }) => !said.has(emailId)), ...acts], deps);
}

/** The acts that wait, oldest first. */
export async function listSealedActs(accountId: string, { store }: States): Promise<SealedAct[]> {
  return readActs((await store.getAccountState(accountId, sealedActsName))?.octets ?? null);
}

/** Takes away what a device has learned; what was said since stays. */
export async function removeSealedActs(
  accountId: string,
  done: readonly SealedAct[],
  deps: States,
): Promise<void> {
  const gone = new Set(done.map(nameOf));
  await change(accountId, waiting => waiting.filter(act => !gone.has(nameOf(act))), deps);
}

async function change(
  accountId: string,
  changed: (waiting: SealedAct[]) => SealedAct[],
  deps: States,
): Promise<void> {
  const list = { accountId, name: sealedActsName, form: { kept, read: readActs } };
  await changeListState(list, waiting => withinBounds(changed(waiting)), deps);
}

function withinBounds(acts: SealedAct[]): SealedAct[] {
  let surplus = acts.length - maxSealedActs;
  const left = acts.filter(({ isSpam }) => isSpam === null || surplus-- <= 0);
  return left.slice(-maxSealedActs);
}

type KeptAct = readonly [emailId: string, isSpam: boolean | null, at: number];

function kept({ emailId, isSpam, at }: SealedAct): KeptAct {
  return [emailId, isSpam, at.getTime()];
}

function nameOf(act: SealedAct): string {
  return JSON.stringify(kept(act));
}

function readActs(octets: Uint8Array | null): SealedAct[] {
  if (octets === null) return [];
  // Only `change` writes it.
  const list = JSON.parse(Buffer.from(octets).toString()) as KeptAct[];
  return list.map(([emailId, isSpam, at]) => ({ emailId, isSpam, at: new Date(at) }));
}
