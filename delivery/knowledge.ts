import { openStateReader } from './account-state.ts';
import { describeError } from './describe-error.ts';
import type { Log } from './log.ts';
import { readSealed, sealedWordsName } from './sealed-memory.ts';
import type { SharedActs } from './shared-acts.ts';
import type { Linear } from './spam/personal/linear.ts';
import { readMemory } from './spam/personal/memory.ts';
import { type Knowledge, knowledgeOctets, personalKnowledge } from './spam/personal/opinion.ts';
import { readWeights } from './spam/personal/word-weights.ts';
import type { OwnerContext, Store } from './store/store.ts';

/** Name of the account's state that holds what its owner's acts have taught about junk (`spam/personal/memory.ts`). */
export const memoryStateName = 'spam';

/** What is known of junk by acts; null where nothing is. */
export interface Known {
  readonly personal: Knowledge | null;
  readonly shared: Knowledge | null;
  /** What the owner's device has learned of words in mail that is sealed. */
  readonly words: Linear | null;
}

export const nothingKnown: Known = { personal: null, shared: null, words: null };

/** Gives what acts have taught, for one process. */
export interface KnowledgeSource {
  /** By the versions of the account's states. What can't be read is logged, and the message is judged without it. */
  of(accountId: string, versions: OwnerContext['stateVersions'], at: Date): Promise<Known>;
}

/** What is kept at most: accounts that get mail again and again. */
const maxKeptOctets = 8 * 1024 * 1024;

interface Kept {
  readonly version: number;
  /** Weights fade from day to day. */
  readonly day: number;
  readonly octets: number;
  readonly knowledge: Knowledge;
}

/** A source that reads an account's state again only when its version, or the day, is another. */
export function openKnowledge(deps: {
  readonly store: Pick<Store, 'getAccountState'>;
  readonly sharedActs: SharedActs;
  readonly log: Log;
}): KnowledgeSource {
  const kept = new Map<string, Kept>();
  let octets = 0;
  const keep = (accountId: string, entry: Kept) => {
    octets += entry.octets - (kept.get(accountId)?.octets ?? 0);
    kept.delete(accountId);
    kept.set(accountId, entry);
    for (const [oldest, { octets: freed }] of kept) {
      if (octets <= maxKeptOctets) return;
      kept.delete(oldest);
      octets -= freed;
    }
  };
  const personal = async (accountId: string, version: number, at: Date): Promise<Knowledge | null> => {
    const day = Math.floor(at.getTime() / 86_400_000);
    const known = kept.get(accountId);
    if (known?.version === version && known.day === day) return known.knowledge;
    const state = await deps.store.getAccountState(accountId, memoryStateName);
    if (!state) return null;
    const knowledge = personalKnowledge(readMemory(state.octets), new Date(day * 86_400_000));
    keep(accountId, { version: state.version, day, octets: knowledgeOctets(knowledge), knowledge });
    return knowledge;
  };
  const devices = openStateReader(sealedWordsName, wordsOf, deps);
  return {
    async of(accountId, versions, at) {
      try {
        const version = versions[memoryStateName];
        const [own, shared, words] = await Promise.all([
          version === undefined ? null : personal(accountId, version, at),
          deps.sharedActs.knowledge(),
          devices.read(accountId, versions[sealedWordsName]),
        ]);
        return { personal: own, shared, words };
      } catch (error) {
        deps.log.error({ accountId, ...describeError(error) }, 'actsUnreadable');
        return nothingKnown;
      }
    },
  };
}

/** Only weights that can be read were ever put. */
function wordsOf(octets: Uint8Array | null): Linear | null {
  const weights = readSealed(octets);
  return weights && readWeights(weights);
}
