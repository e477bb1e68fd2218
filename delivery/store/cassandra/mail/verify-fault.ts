import { setTimeout as wait } from 'node:timers/promises';
import type { Mail } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { mapAtOnce } from '../directory/at-once.ts';

/** All that can be wrong with what the tables hold, in fixed words. */
export const faultKinds = [
  /** One id in two buckets. */
  'emailTwice',
  /** Octets or texts of an email are missing, or can't be read. */
  'emailDamaged',
  /** Cells that a change wrote behind a destruction, or texts of an email that never came. */
  'rowLeftover',
  /** An email has a tag that there is not. */
  'tagLeftover',
  /** The list of buckets lacks one that holds emails. */
  'bucketMissing',
  /** A kept count is not what is there. */
  'bucketCount',
  /** An email is not in a partition of `link` that it names. */
  'linkMissing',
  'linkWrong',
  /** A link whose email is gone, or does not name it. */
  'linkLeftover',
  /** A bucket names a block that is not there, or can't be read. */
  'blockDamaged',
  /** A block does not have the words of an email that it covers. */
  'blockIncomplete',
  /** Rows of a block that is not in use. */
  'blockLeftover',
  /** Octets of an email that is gone. */
  'chunkLeftover',
  /** The making of an account was cut short. */
  'accountHalfMade',
  /** An account is not in a list where it is sought. */
  'accountUnlisted',
  /** A list names an account that is gone. */
  'accountLeftover',
  /** An account is being removed, and nobody will end it. */
  'removalUnlisted',
  'addressUnlisted',
  /** A list names an address that is not its account's, or an address is that of nobody. */
  'addressLeftover',
  'domainUnlisted',
  'catchAllUnlisted',
  /** An account's own key is not where deliveries look for it. */
  'ownKeyWrong',
  'ownKeyLeftover',
  'contactUnlisted',
  /** Octets of a state of the account are missing. */
  'stateDamaged',
  /** Octets that no state names. */
  'stateLeftover',
  /** A key is published at an address that is not its account's. */
  'publishedKeyWithoutAddress',
  /** An account's list lacks a key that is published, or has one that is not. */
  'publishedKeyUnlisted',
  'publishedKeyLeftover',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What mending needs besides the tables. */
export interface MendTools {
  readonly changeEmails: Mail['changeEmails'];
}

/** What looks wrong, and is a fault when it does each time that it is looked at. */
export interface Suspicion {
  readonly kind: FaultKind;
  readonly accountId: string | null;
  readonly detail: string;
  /** Looks again: false once it is right, or gone. */
  isStill(): Promise<boolean>;
  /** Makes it anew from the truth; null where the truth itself is lost. Loses nothing, whoever else writes. */
  readonly mend: ((tools: MendTools) => Promise<void>) | null;
}

/** What crashes and races leave behind counts from this age on: what is younger may belong to work under way. */
export const leftoverMicros = 86_400_000_000n;

/** Whether what was written then, by the time of its cells, is old enough to be a leftover; `null`: nobody knows when. */
export function isOld({ session }: CassandraContext, writtenAt: bigint | null): boolean {
  return (writtenAt ?? 0n) <= session.micros() - leftoverMicros;
}

/** The newest of some times of cells; null when there is none. */
export function newestOf(times: readonly (bigint | null | undefined)[]): bigint | null {
  let newest: bigint | null = null;
  for (const time of times) if (time != null && (newest === null || time > newest)) newest = time;
  return newest;
}

/** Pauses before each further look: a write that is under way is there behind them. */
const pauses = [100, 900];
/** Looks at once. */
const width = 8;

/** Those that are still so when they are looked at again, and again. */
export async function confirmed(
  suspicions: readonly Suspicion[],
  signal?: AbortSignal,
): Promise<Suspicion[]> {
  let left = [...suspicions];
  for (const milliseconds of pauses) {
    if (left.length === 0) return left;
    await wait(milliseconds, undefined, signal ? { signal } : {});
    const stays = await mapAtOnce(left, width, suspicion => suspicion.isStill());
    left = left.filter((_suspicion, index) => stays[index]);
  }
  return left;
}
