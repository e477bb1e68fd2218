import { changeAccountState } from './account-state.ts';
import { describeError } from './describe-error.ts';
import { memoryStateName } from './knowledge.ts';
import { type LearningDeps, learnActs } from './learn-acts.ts';
import type { Log } from './log.ts';
import { type Learned, readLearned } from './spam/personal/learned.ts';
import { accountCapacity, readMemory, withEntry, writeMemory } from './spam/personal/memory.ts';
import { isDayFull } from './taught.ts';
import { teachReputation } from './teach-reputation.ts';

/** Learns behind the answers of one thread, one thing after the other. */
export interface Learning {
  /** A message that was stored with what is learned of it by itself. */
  noteDelivery(accountId: string, emailId: string, lesson: Learned): void;
  /** Acts of this account wait: whoever should have learned from them may have ended before. */
  noteWaiting(accountId: string): void;
}

/** So long whoever noted the acts has for learning from them. */
const waitMilliseconds = 30_000;
/** More deliveries than this do not wait. */
const maxQueued = 200;

/** Learning for one thread; `wait` in milliseconds. */
export function openLearning(
  deps: LearningDeps & { readonly log: Log },
  { wait = waitMilliseconds } = {},
): Learning {
  const looking = new Set<string>();
  let queued = 0;
  let last: Promise<void> = Promise.resolve();
  const next = (accountId: string, work: () => Promise<void>) => {
    queued++;
    last = last
      .then(work)
      .catch(error => deps.log.warn({ accountId, ...describeError(error) }, 'notLearned'))
      .finally(() => {
        queued--;
      });
  };
  return {
    noteDelivery(accountId, emailId, lesson) {
      if (queued < maxQueued) next(accountId, () => learnDelivery(accountId, { emailId, lesson }, deps));
      else deps.log.warn({ accountId, queued }, 'notLearned');
    },
    noteWaiting(accountId) {
      if (looking.has(accountId)) return;
      looking.add(accountId);
      setTimeout(() => {
        looking.delete(accountId);
        next(accountId, () => learnAll(accountId, deps));
      }, wait).unref();
    },
  };
}

async function learnAll(accountId: string, deps: LearningDeps): Promise<void> {
  const options = { onMessage: () => {}, isCareful: false };
  while ((await learnActs(accountId, options, deps)).left > 0);
}

/** The record came with the email; an owner who was faster has the last word. */
async function learnDelivery(
  accountId: string,
  { emailId, lesson: { entry } }: { emailId: string; lesson: Learned },
  { store }: LearningDeps,
): Promise<void> {
  const learned = readLearned(await store.getLearned(accountId, emailId));
  if (!entry || learned?.source !== 'correspondent') return;
  await changeAccountState(
    { accountId, name: memoryStateName },
    octets => {
      const memory = readMemory(octets);
      // Many may have come at once.
      return isDayFull(memory.entries, entry.at)
        ? null
        : writeMemory(withEntry(memory, entry, accountCapacity).memory);
    },
    { store },
  );
  const [[email], account] = await Promise.all([
    store.getEmails(accountId, [emailId]),
    store.getAccount(accountId),
  ]);
  if (!email || !account) return;
  await teachReputation([{ findings: email.findings, before: null, after: learned }], account, { store });
}
