import type { Answers, LearnAct, Request } from '../../device/protocol.ts';
import type { SealedMemory, SealedMemorySet } from '../../wire.ts';
import { type Client, RequestError } from '../client.ts';
import type { Store } from '../state.ts';

/** Learns from the owner's marks on sealed mail while a key is unlocked. */
export interface Learning {
  /** A key is unlocked. */
  start(): void;
  stop(): void;
}

export interface LearningDeps {
  readonly store: Pick<Store, 'get' | 'subscribe'>;
  readonly client: Pick<Client, 'call' | 'fetchBlob'>;
  /** Asks the worker. */
  ask(accountId: string, request: Extract<Request, { kind: 'learn' }>): Promise<Answers['learn']>;
  /** Calls `act` once after the time, unless what it gives back is called first. */
  later(act: () => Promise<void>, milliseconds: number): () => void;
}

/** Pushes come in bursts, and what they tell is learned in one go. */
const pauseMilliseconds = 2000;
/** Messages of one round. */
const most = 20;
/** Larger ones are not fetched for this. */
const maxOctets = 10_000_000;
const maxTries = 3;

/**
 * Looks what waits when a key is unlocked, and after each push that may have brought something. Whatever fails is tried
 * again at the next of these: nobody is told, for nobody has asked for it.
 */
export function openLearning({ store, client, ask, later }: LearningDeps): Learning {
  /** Accounts, and messages, that this device can't learn from: they are left until a key is unlocked. */
  const left = new Set<string>();
  let stopWaiting: (() => void) | null = null;
  let stopWatching: (() => void) | null = null;
  let last: Promise<void> = Promise.resolve();

  function soon(): void {
    stopWaiting ??= later(() => {
      stopWaiting = null;
      last = last.then(rounds).catch(() => {});
      return last;
    }, pauseMilliseconds);
  }

  /** A question would start the worker that was just ended. */
  const askUnlocked: LearningDeps['ask'] = async (accountId, request) => {
    if (!stopWatching) throw new Error('locked');
    return ask(accountId, request);
  };

  async function rounds(): Promise<void> {
    const accountId = store.get().session?.accountId;
    if (!accountId || left.has(accountId)) return;
    try {
      while (stopWatching && (await learnRound({ accountId, left, client, ask: askUnlocked })));
    } catch (error) {
      if (error instanceof RequestError && error.type === 'forbidden') left.add(accountId);
      throw error;
    }
  }

  return {
    start: () => {
      left.clear();
      soon();
      if (stopWatching) return;
      let { pushes } = store.get();
      stopWatching = store.subscribe(() => {
        if (store.get().pushes === pushes) return;
        pushes = store.get().pushes;
        soon();
      });
    },
    stop: () => {
      stopWaiting?.();
      stopWaiting = null;
      stopWatching?.();
      stopWatching = null;
    },
  };
}

interface Round extends Pick<LearningDeps, 'client' | 'ask'> {
  readonly accountId: string;
  readonly left: Set<string>;
}

/** One round, tried again where another device was faster; true when more may wait. */
async function learnRound(round: Round): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await learnOnce(round);
    } catch (error) {
      const isLate = error instanceof RequestError && error.type === 'stateMismatch';
      if (!isLate || tries === maxTries) throw error;
    }
  }
}

async function learnOnce({ accountId, left, client, ask }: Round): Promise<boolean> {
  const chosen = ({ waiting }: SealedMemory) =>
    waiting.filter(({ emailId }) => !left.has(emailId)).slice(0, most);
  // The memory is much larger, and mostly nothing waits.
  if (chosen(await getMemory(client, accountId, ['waiting'])).length === 0) return false;
  const known = await getMemory(client, accountId, null);
  const acts = chosen(known);
  if (acts.length === 0) return false;
  const memory = known.memory ? octetsOf(known.memory) : null;
  const answer = await ask(accountId, {
    kind: 'learn',
    memory,
    acts: await withOctets(acts, accountId, client),
  });
  if ('failure' in answer) {
    if (answer.failure !== 'broken') left.add(accountId);
    return false;
  }
  for (const { emailId } of acts) if (!answer.done.includes(emailId)) left.add(emailId);
  const done = acts.filter(({ emailId }) => answer.done.includes(emailId));
  if (done.length === 0) return true;
  const put: SealedMemorySet = {
    accountId,
    ifInState: known.state,
    memory: base64Of(answer.memory),
    weights: answer.weights && base64Of(answer.weights),
    done,
  };
  await client.call([['SealedMemory/set', { ...put }, 'put']]);
  return true;
}

async function getMemory(
  client: LearningDeps['client'],
  accountId: string,
  properties: readonly string[] | null,
): Promise<SealedMemory> {
  const answers = await client.call([['SealedMemory/get', { accountId, properties }, 'get']]);
  return answers.get as unknown as SealedMemory;
}

async function withOctets(
  acts: SealedMemory['waiting'],
  accountId: string,
  client: LearningDeps['client'],
): Promise<LearnAct[]> {
  const ids = acts.filter(({ isSpam }) => isSpam !== null).map(({ emailId }) => emailId);
  const properties = ['blobId', 'receivedAt', 'size'];
  const { get } = await client.call([['Email/get', { accountId, ids, properties }, 'get']]);
  const emails = (get?.list ?? []) as readonly Found[];
  const read: LearnAct[] = [];
  for (const act of acts) {
    const email = emails.find(({ id, size }) => id === act.emailId && size <= maxOctets);
    const octets = email ? await fetchOctets(client, accountId, email.blobId) : null;
    read.push({ ...act, octets, receivedAt: email?.receivedAt ?? act.at });
  }
  return read;
}

interface Found {
  readonly id: string;
  readonly blobId: string;
  readonly receivedAt: string;
  readonly size: number;
}

async function fetchOctets(
  client: LearningDeps['client'],
  accountId: string,
  blobId: string,
): Promise<Uint8Array> {
  const blob = { accountId, blobId, name: 'message.eml', type: 'message/rfc822' };
  return new Uint8Array(await (await client.fetchBlob(blob)).arrayBuffer());
}

function octetsOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

/** More arguments at once don't fit every engine's stack. */
const chunkOctets = 8192;

function base64Of(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += chunkOctets) {
    text += String.fromCharCode(...octets.subarray(at, at + chunkOctets));
  }
  return btoa(text);
}
