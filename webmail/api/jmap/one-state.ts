import type { ChangeType } from '../../../delivery/store/store.ts';
import type { MethodContext } from './method.ts';

/** Mail may arrive again and again while a query runs; somebody has to be answered at last. */
const maxTries = 3;

/**
 * Runs `work` until nothing of the type changed meanwhile, three times at most: what it found then is of one state.
 * `isSettled` is false where it never was.
 */
export async function atOneState<T>(
  type: ChangeType,
  work: () => Promise<T>,
  { store, account }: MethodContext,
): Promise<{ result: T; isSettled: boolean }> {
  let before = await store.getState(account.id, type);
  for (let tries = 1; ; tries++) {
    const result = await work();
    const after = await store.getState(account.id, type);
    if (after === before || tries === maxTries) return { result, isSettled: after === before };
    before = after;
  }
}
