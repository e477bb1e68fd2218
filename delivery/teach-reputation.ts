import { reputationKeys } from './reputation/keys.ts';
import type { Learned } from './spam/personal/learned.ts';
import type { Findings, Senders } from './store/store.ts';

/** What an email was known as before an act, and is now. */
export interface Taught {
  readonly findings: Pick<Findings, 'session' | 'authentication'>;
  readonly before: Learned | null;
  readonly after: Learned | null;
}

/**
 * Counts acts for the reputation of who sent the messages, and takes back what was counted before, on the day that it
 * was counted for. An owner's own word counts as far as it teaches others at all (`spam.sharedLearning`, and so many a
 * day); answers and proven mail of correspondents count as wanted. Throws what the store throws.
 */
export async function teachReputation(
  taught: readonly Taught[],
  { store }: { store: Pick<Senders, 'addSenderCounts'> },
): Promise<void> {
  for (const { findings, before, after } of taught) {
    const keys = reputationKeys(findings);
    const [was, is] = [verdictOf(before), verdictOf(after)];
    if (keys.length === 0 || (was?.isSpam === is?.isSpam && was?.at === is?.at)) continue;
    if (was) await store.addSenderCounts(countsOf(keys, was.isSpam, -1), new Date(was.at * 1000));
    if (is) await store.addSenderCounts(countsOf(keys, is.isSpam, 1), new Date(is.at * 1000));
  }
}

/** The verdict that counts for the sender; `at` in seconds. */
function verdictOf(learned: Learned | null): { isSpam: boolean; at: number } | null {
  if (!learned?.entry || learned.isSpam === null) return null;
  const counts = learned.source === 'owner' ? learned.entry.isShared : !learned.isSpam;
  return counts ? { isSpam: learned.isSpam, at: learned.entry.at } : null;
}

function countsOf(keys: readonly string[], isSpam: boolean, sign: 1 | -1) {
  const [wanted, unwanted] = isSpam ? [0, sign] : [sign, 0];
  return keys.map(key => ({ key, wanted, unwanted }));
}
