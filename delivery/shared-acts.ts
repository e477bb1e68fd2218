import { describeError } from './describe-error.ts';
import { keyedHash } from './keyed-hash.ts';
import type { Log } from './log.ts';
import type { Entry } from './spam/personal/entry.ts';
import {
  type Memory,
  readMemory,
  sharedCapacity,
  withEntry,
  without,
  writeMemory,
} from './spam/personal/memory.ts';
import { type Knowledge, sharedKnowledge } from './spam/personal/opinion.ts';
import type { Account, Store } from './store/store.ts';
import { untilUndisturbed } from './store/version-mismatch.ts';

/** Name of the instance's document that holds what everybody's acts have taught, at most 620 kB. */
const sharedName = 'spam-acts';

/** What the acts of all accounts have taught, kept by every process beside the store. */
export interface SharedActs {
  /** As it was read at most a pause ago; null where nobody has taught anything. */
  knowledge(): Promise<Knowledge | null>;
  /**
   * Adds entries and takes others back, together with what else waits, once in a pause. Resolves when it is stored;
   * what several processes add at once is all kept, since it is a set that each reads again before it writes.
   */
  change(change: SharedChange): Promise<void>;
}

export interface SharedChange {
  readonly add: readonly Entry[];
  /** Ids of entries. */
  readonly remove: readonly string[];
}

/** Where accounts do not teach each other. */
export const noSharedActs: SharedActs = {
  knowledge: () => Promise.resolve(null),
  change: () => Promise.resolve(),
};

const readMilliseconds = 15_000;
const writeMilliseconds = 5000;

interface Waiting {
  readonly change: SharedChange;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The shared acts for one process; milliseconds between two readings, and between two writings. */
export function openSharedActs(
  deps: InstanceStates & { readonly store: Pick<Store, 'getInstanceStateVersion'>; readonly log: Log },
  { readPause = readMilliseconds, writePause = writeMilliseconds, now = () => performance.now() } = {},
): SharedActs {
  let known: Promise<{ version: number; knowledge: Knowledge } | null> = Promise.resolve(null);
  let readAt = Number.NEGATIVE_INFINITY;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let waiting: Waiting[] = [];
  let isFlushing = false;

  /** What is known goes on while it is read again; what can't be read is as it was. */
  function refresh(): void {
    readAt = now();
    const before = known;
    const reading = before.then(earlier => read(earlier, deps));
    const settled = reading.catch(error => {
      deps.log.warn(describeError(error), 'sharedActsUnreadable');
      return before;
    });
    known = before.then(earlier => earlier ?? settled);
    void settled.then(latest => {
      known = Promise.resolve(latest);
    });
  }

  async function flush(): Promise<void> {
    const taken = waiting;
    waiting = [];
    writtenAt = now();
    try {
      await write(
        taken.map(({ change }) => change),
        deps,
      );
      readAt = Number.NEGATIVE_INFINITY;
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }

  function flushSoon(): void {
    if (isFlushing) return;
    isFlushing = true;
    setTimeout(
      () => {
        void flush().then(() => {
          isFlushing = false;
          if (waiting.length > 0) flushSoon();
        });
      },
      Math.max(0, writtenAt + writePause - now()),
    );
  }

  return {
    async knowledge() {
      if (now() - readAt >= readPause) refresh();
      return (await known)?.knowledge ?? null;
    },
    change(change) {
      if (change.add.length + change.remove.length === 0) return Promise.resolve();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ change, resolve, reject });
      flushSoon();
      return promise;
    },
  };
}

/** The octets are read only when they are others. */
async function read(
  earlier: { version: number; knowledge: Knowledge } | null,
  { store }: { store: Pick<Store, 'getInstanceState' | 'getInstanceStateVersion'> },
): Promise<{ version: number; knowledge: Knowledge } | null> {
  const version = await store.getInstanceStateVersion(sharedName);
  if (version === null || version === earlier?.version) return earlier;
  const state = await store.getInstanceState(sharedName);
  if (!state) return earlier;
  return { version: state.version, knowledge: sharedKnowledge(readMemory(state.octets)) };
}

type InstanceStates = { readonly store: Pick<Store, 'getInstanceState' | 'putInstanceState'> };

function write(changes: readonly SharedChange[], deps: InstanceStates): Promise<void> {
  return changeMemory(memory => changes.reduce(changed, memory), deps);
}

/** Forgets what an account has taught the others, when it is erased. */
export function forgetSharedActs(account: Pick<Account, 'hashKey'>, deps: InstanceStates): Promise<void> {
  const owner = sharedOwner(account);
  return changeMemory(({ entries }) => ({ entries: entries.filter(entry => entry.owner !== owner) }), deps);
}

/** What an account is called in shared entries: 16 bits that say nothing to anybody else. */
export function sharedOwner({ hashKey }: Pick<Account, 'hashKey'>): number {
  return keyedHash(hashKey).update('owner of shared acts').digest().readUInt16LE(0);
}

async function changeMemory(change: (memory: Memory) => Memory, { store }: InstanceStates): Promise<void> {
  await untilUndisturbed(async () => {
    const state = await store.getInstanceState(sharedName);
    const before = readMemory(state?.octets ?? null);
    const memory = change(before);
    if (memory.entries.length === 0 && before.entries.length === 0) return;
    await store.putInstanceState(sharedName, writeMemory(memory), state?.version ?? null);
  });
}

function changed(memory: Memory, { add, remove }: SharedChange): Memory {
  const capacity = sharedCapacity;
  const left = remove.reduce((all, id) => without(all, id, { dropped: [], capacity }), memory);
  return add.reduce((all, entry) => withEntry(all, entry, capacity).memory, left);
}
