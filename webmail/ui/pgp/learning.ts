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
/** Messages of one round: mail that its owner opens meanwhile waits for no more than these. */
const most = 5;
/** Octets of one round's messages together; a message that is larger alone is not fetched, and teaches nothing. */
const maxOctets = 10_000_000;
const maxTries = 3;

/**
 * Looks what waits when a key is unlocked, and after each push that may have brought something. Whatever fails is tried
 * again at the next of these: nobody is told, for nobody has asked for it.
 */
export function openLearning({ store, client, ask, later }: LearningDeps): Learning {
  /** Accounts, and messages, that can't be learned from here: they are left until a key is unlocked. */
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
    const round: Round = { accountId, left, client, ask: askUnlocked, held: null };
    try {
      while (stopWatching && (await learnRound(round)));
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
  /** The memory that was put last, and its state. */
  held: { readonly state: string; readonly memory: Uint8Array } | null;
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

async function learnOnce(round: Round): Promise<boolean> {
  const { accountId, left, client, ask } = round;
  const known = await getMemory(client, accountId, ['waiting']);
  const waiting = known.waiting.filter(({ emailId }) => !left.has(emailId)).slice(0, most);
  // The memory is much larger, and mostly nothing waits.
  if (waiting.length === 0) return false;
  const { state, memory } = await memoryOf(round, known.state);
  const acts = await withOctets(waiting, round);
  if (acts.length === 0) return true;
  const answer = await ask(accountId, { kind: 'learn', memory, acts });
  if ('failure' in answer) {
    if (answer.failure !== 'broken') left.add(accountId);
    return false;
  }
  for (const { emailId } of acts) if (!answer.done.includes(emailId)) left.add(emailId);
  const done = waiting.filter(({ emailId }) => answer.done.includes(emailId));
  if (done.length === 0) return true;
  const put: SealedMemorySet = {
    accountId,
    ifInState: state,
    memory: base64Of(answer.memory),
    ...(answer.weights === undefined ? {} : { weights: answer.weights && base64Of(answer.weights) }),
    done,
  };
  const answers = await client.call([['SealedMemory/set', { ...put }, 'put']]);
  round.held = { state: String(answers.put?.newState), memory: answer.memory };
  return true;
}

/** The memory to go on with: what was put last, where nobody has put another since. */
async function memoryOf(
  { held, client, accountId }: Round,
  state: string,
): Promise<{ readonly state: string; readonly memory: Uint8Array | null }> {
  if (held?.state === state) return held;
  const known = await getMemory(client, accountId, ['memory']);
  return { state: known.state, memory: known.memory ? octetsOf(known.memory) : null };
}

async function getMemory(
  client: LearningDeps['client'],
  accountId: string,
  properties: readonly string[],
): Promise<SealedMemory> {
  const answers = await client.call([['SealedMemory/get', { accountId, properties }, 'get']]);
  return answers.get as unknown as SealedMemory;
}

/** The first of the acts with their messages, as many as a round may hold. What can't be fetched is left. */
async function withOctets(
  acts: SealedMemory['waiting'],
  { accountId, left, client }: Round,
): Promise<LearnAct[]> {
  const ids = acts.filter(({ isSpam }) => isSpam !== null).map(({ emailId }) => emailId);
  const properties = ['blobId', 'receivedAt', 'size'];
  const { get } = await client.call([['Email/get', { accountId, ids, properties }, 'get']]);
  const emails = (get?.list ?? []) as readonly Found[];
  const read: LearnAct[] = [];
  let room = maxOctets;
  for (const act of acts) {
    const email = emails.find(({ id, size }) => id === act.emailId && size <= maxOctets);
    room -= email?.size ?? 0;
    if (room < 0) break;
    const octets = email ? await fetchOctets(client, accountId, email.blobId).catch(unlessClosed) : null;
    if (octets === undefined) left.add(act.emailId);
    else read.push({ ...act, octets, receivedAt: email?.receivedAt ?? act.at });
  }
  return read;
}

/** One message can't be had, and the others may; without a connection, or a session, none can. */
function unlessClosed(error: unknown): undefined {
  if (error instanceof RequestError && (error.status === 0 || error.status === 401)) throw error;
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
