import { keyedHash } from './keyed-hash.ts';
import { reputationKeys } from './reputation/keys.ts';
import type { Learned } from './spam/personal/learned.ts';
import type { Account, Findings, Senders } from './store/store.ts';

/** What an email was known as before an act, and is now. */
export interface Taught {
  readonly findings: Pick<Findings, 'session' | 'authentication'>;
  readonly before: Learned | null;
  readonly after: Learned | null;
}

type Counting = Pick<Senders, 'getSenderCounts' | 'addSenderCounts'>;

/** Verdicts of one account, of each kind, that move the standing of one key: one account alone never decides it. */
const maxOfAccount = 3;

/**
 * Counts acts of an account for the reputation of who sent the messages, and takes back what was counted before, on the
 * day that it was counted for. An owner's own word counts as far as it teaches others at all (`spam.sharedLearning`, and
 * so many a day); answers and proven mail of correspondents count as wanted. Throws what the store throws.
 */
export async function teachReputation(
  taught: readonly Taught[],
  { hashKey }: Pick<Account, 'hashKey'>,
  { store }: { store: Counting },
): Promise<void> {
  for (const { findings, before, after } of taught) {
    const keys = reputationKeys(findings);
    const [was, is] = [verdictOf(before), verdictOf(after)];
    if (keys.length === 0 || (was?.isSpam === is?.isSpam && was?.at === is?.at)) continue;
    if (was) await count(keys, { ...was, sign: -1 }, { hashKey, store });
    if (is) await count(keys, { ...is, sign: 1 }, { hashKey, store });
  }
}

interface Verdict {
  readonly isSpam: boolean;
  /** Seconds since 1970. */
  readonly at: number;
}

/** The verdict that counts for the sender. */
function verdictOf(learned: Learned | null): Verdict | null {
  if (!learned?.entry || learned.isSpam === null) return null;
  const counts = learned.source === 'owner' ? learned.entry.isShared : !learned.isSpam;
  return counts ? { isSpam: learned.isSpam, at: learned.entry.at } : null;
}

/** Adds to the account's own counts, and to everybody's while the account has not yet said it often. */
async function count(
  keys: readonly string[],
  { isSpam, at, sign }: Verdict & { readonly sign: 1 | -1 },
  { hashKey, store }: { hashKey: Uint8Array; store: Counting },
): Promise<void> {
  const day = new Date(at * 1000);
  const own = keys.map(key => `account:${keyedHash(hashKey).update(key).digest('base64url')}`);
  const known = new Map((await store.getSenderCounts(own, day)).map(found => [found.key, found]));
  const shared = keys.filter((_, index) => {
    const found = known.get(own[index] ?? '');
    const said = Math.round((isSpam ? found?.unwanted : found?.wanted) ?? 0);
    return sign > 0 ? said < maxOfAccount : said <= maxOfAccount;
  });
  const [wanted, unwanted] = isSpam ? [0, sign] : [sign, 0];
  await store.addSenderCounts(
    [...own, ...shared].map(key => ({ key, wanted, unwanted })),
    day,
  );
}
