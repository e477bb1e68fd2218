import { describeError } from './describe-error.ts';
import type { Line } from './line.ts';
import type { Log } from './log.ts';
import type { Act } from './spam/personal/act.ts';
import type { Store } from './store/store.ts';
import { addWaiting } from './waiting-acts.ts';

/** What a door tells of owners' acts. */
export interface Learner {
  /**
   * Keeps the acts, so that none is lost from now on, and learns from them behind the answer. Never throws: what can't
   * be kept is logged, and the act itself is done.
   */
  note(accountId: string, acts: readonly Act[]): Promise<void>;
  /** Waits until nothing is being learned; what is left waits in the store. */
  close(): Promise<void>;
}

/** Batches of one account that one call learns from; what is left after that waits for its next act or message. */
const maxBatches = 500;

/** A learner that lets the threads of a line do the work, one batch of an account at a time. */
export function openLearner(deps: {
  readonly store: Pick<Store, 'getAccountState' | 'putAccountState'>;
  /** Opened at the first act. */
  readonly line: () => Pick<Line, 'learn'>;
  readonly log: Log;
}): Learner {
  const { log } = deps;
  /** Accounts that are being learned from; true when more was noted meanwhile. */
  const running = new Map<string, boolean>();
  const works = new Set<Promise<void>>();
  let isClosing = false;

  async function learn(accountId: string): Promise<void> {
    try {
      for (let batch = 0; batch < maxBatches && !isClosing; batch++) {
        running.set(accountId, false);
        const { left } = await deps.line().learn(accountId);
        if (left === 0 && !running.get(accountId)) return;
      }
    } catch (error) {
      log.error({ accountId, ...describeError(error) }, 'actsNotLearned');
    } finally {
      running.delete(accountId);
    }
  }

  function start(accountId: string): void {
    if (isClosing) return;
    if (running.has(accountId)) {
      running.set(accountId, true);
      return;
    }
    const work = learn(accountId);
    works.add(work);
    void work.finally(() => works.delete(work));
  }

  return {
    async note(accountId, acts) {
      if (acts.length === 0) return;
      try {
        const givenUp = await addWaiting(accountId, acts, deps);
        if (givenUp > 0) log.warn({ accountId, givenUp }, 'actsGivenUp');
        start(accountId);
      } catch (error) {
        log.error({ accountId, acts: acts.length, ...describeError(error) }, 'actsNotLearned');
      }
    },
    async close() {
      isClosing = true;
      await Promise.all(works);
    },
  };
}
