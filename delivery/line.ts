import { Worker } from 'node:worker_threads';
import { type Arrival, type Outcome, unseenSession } from './delivery.ts';
import { DeliveryError } from './errors.ts';
import type { JudgeCounts, JudgeReply, JudgeRequest, JudgeSetup } from './judge.ts';
import type { Log } from './log.ts';
import type { Assessment } from './pipeline.ts';
import { isAnswered, newPulse, type Pulse, runningTask, stepsBegun, takeOver } from './pulse.ts';
import type { StageName } from './stages.ts';
import { threadScript } from './thread-script.ts';

/** What the doors hand messages to: a pool of judge threads that each run the pipeline. */
export interface Line {
  /**
   * Judges and stores; one outcome per recipient, in order. Resolves only after all that is stored is flushed.
   * Throws `DeliveryError` when nothing can be said about any recipient (`tooBusy`, `shuttingDown`, `internal`).
   */
  deliver(arrival: Arrival, options?: LineOptions): Promise<Outcome[]>;
  /** Judges without storing. Throws like `deliver`. */
  assess(arrival: Arrival, options?: LineOptions): Promise<Assessment>;
  /** Learns from a batch of the account's acts that wait (`learn-acts.ts`); gives how many are left. Throws like `deliver`. */
  learn(accountId: string): Promise<{ left: number }>;
  /** Waits for what is under way, then ends the threads. */
  close(): Promise<void>;
}

export interface LineOptions {
  /** The judging stages to run; all when left out. */
  readonly stages?: readonly StageName[];
}

export interface LineSettings {
  readonly threads: number;
  readonly timeoutSeconds: number;
  /** Gives the setup of one more thread: ports can be handed over only once. */
  readonly setup: () => { data: JudgeSetup; transfer: readonly import('node:worker_threads').Transferable[] };
  readonly log: Log;
  /** What the threads run; `judge.ts` but in tests of the pool itself. */
  readonly script?: URL;
  /** Told after each message: for metrics. */
  readonly onJudged?: (door: Arrival['door'], counts: JudgeCounts) => void;
}

const judgeScript = threadScript(import.meta, 'judge');
/** Octets of messages that may wait or be judged at once; more is answered `tooBusy`. */
const maxOctetsUnderWay = 512 * 1024 * 1024;
/** Messages one thread works on at once: most of that time they wait for DNS and for the store's flush. */
const maxPerThread = 64;

interface Task {
  readonly kind: JudgeRequest['kind'];
  readonly arrival: Arrival;
  readonly stages: readonly StageName[] | undefined;
  /** Judging killed a thread: store the message without it. */
  unjudged: boolean;
  /** Threads that ended with it. */
  deaths: number;
  /** Times it was taken from a thread that was busy with another message. */
  moves: number;
  startedAt: number;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Judge {
  readonly worker: Worker;
  readonly tasks: Map<number, Task>;
  readonly pulse: Pulse;
  /** When the thread was last seen to go on, `performance.now()`. */
  aliveAt: number;
  /** Pings sent so far. */
  pings: number;
  /** Steps begun when it was last looked at. */
  steps: number;
  /** It has started and is now busy with one message for so long that others should not wait behind it. */
  isStalled: boolean;
}

/** How often threads with work are looked at. */
const lookMilliseconds = 25;
/** A thread that works on one step of one message for longer gets no others, and those it has go to other threads. */
const stalledMilliseconds = 100;
/** When all threads are stalled for longer, one more is started; it ends when it is idle. */
const allStalledMilliseconds = 300;
/** A message is taken from a stalled thread so many times at most. */
const maxMoves = 2;

/** A message whose thread is well but that never comes back (a promise lost somewhere) is given up after this. */
const lostSeconds = 120;

/** Opens the pool; the first thread starts at once, the others when there is work for them. */
export function openLine(settings: LineSettings): Line {
  const pool = new JudgePool(settings);
  return {
    deliver: (arrival, options) => pool.submit<Outcome[]>('deliver', arrival, options),
    assess: (arrival, options) => pool.submit<Assessment>('assess', arrival, options),
    learn: accountId => pool.submit<{ left: number }>('learn', nothingArrives(accountId)),
    close: () => pool.close(),
  };
}

function nothingArrives(accountId: string): Arrival {
  return {
    door: 'inspect',
    id: `learn:${accountId}`,
    raw: new Uint8Array(),
    reversePath: '',
    session: unseenSession,
    receivedAt: new Date(0),
    recipients: [{ forwardPath: '', accountId }],
    trustedHops: 0,
  };
}

class JudgePool {
  readonly #settings: LineSettings;
  readonly #judges = new Set<Judge>();
  readonly #waiting: Task[] = [];
  /** Runs while there is work. */
  #watch: NodeJS.Timeout | null = null;
  #nextId = 1;
  #octets = 0;
  #closing = false;
  #idle: (() => void) | null = null;

  constructor(settings: LineSettings) {
    this.#settings = settings;
    this.#start();
  }

  submit<T>(kind: JudgeRequest['kind'], arrival: Arrival, options: LineOptions = {}): Promise<T> {
    if (this.#closing) return Promise.reject(new DeliveryError('shuttingDown'));
    if (this.#octets + arrival.raw.byteLength > maxOctetsUnderWay)
      return Promise.reject(new DeliveryError('tooBusy'));
    this.#octets += arrival.raw.byteLength;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#dispatch({
      kind,
      arrival,
      stages: options.stages,
      unjudged: false,
      deaths: 0,
      moves: 0,
      startedAt: 0,
      resolve: resolve as (value: never) => void,
      reject,
    });
    return promise;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#octets > 0 || this.#busy()) await new Promise<void>(resolve => (this.#idle = resolve));
    clearInterval(this.#watch ?? undefined);
    await Promise.all([...this.#judges].map(judge => judge.worker.terminate()));
  }

  #busy(): boolean {
    return this.#waiting.length > 0 || [...this.#judges].some(judge => judge.tasks.size > 0);
  }

  #start(): Judge {
    const { data, transfer } = this.#settings.setup();
    const pulse = newPulse();
    const worker = new Worker(this.#settings.script ?? judgeScript, {
      workerData: { ...data, pulse },
      transferList: [...transfer],
      resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    const aliveAt = performance.now();
    const judge: Judge = { worker, tasks: new Map(), pulse, aliveAt, pings: 0, steps: 0, isStalled: false };
    worker.on('message', (reply: JudgeReply) => this.#settle(judge, reply));
    worker.on('error', error => this.#settings.log.error({ error: String(error) }, 'judgeThreadFailed'));
    worker.on('exit', () => this.#replace(judge));
    worker.unref();
    this.#judges.add(judge);
    return judge;
  }

  #dispatch(task: Task): void {
    const judge = this.#leastBusy();
    if (!judge) {
      this.#waiting.push(task);
      return;
    }
    if (judge.tasks.size === 0) judge.aliveAt = performance.now();
    const id = this.#nextId++;
    task.startedAt = performance.now();
    judge.tasks.set(id, task);
    this.#watch ??= setInterval(() => this.#look(), lookMilliseconds).unref();
    judge.worker.ref();
    // The door's buffer stays with the door: a thread that dies must not take the only copy with it.
    const raw = new Uint8Array(task.arrival.raw);
    const { kind, stages, unjudged } = task;
    const request: JudgeRequest = { id, kind, arrival: { ...task.arrival, raw }, stages, unjudged };
    judge.worker.postMessage(request, [raw.buffer]);
  }

  #leastBusy(): Judge | null {
    let best: Judge | null = null;
    for (const judge of this.#judges) {
      if (!best || rank(judge) < rank(best)) best = judge;
    }
    if ((!best || best.tasks.size > 0) && this.#judges.size < this.#settings.threads) return this.#start();
    return best && best.tasks.size < maxPerThread ? best : null;
  }

  #settle(judge: Judge, reply: JudgeReply): void {
    const task = judge.tasks.get(reply.id);
    if (!task) return;
    judge.tasks.delete(reply.id);
    if (judge.tasks.size === 0) judge.worker.unref();
    if (reply.ok) this.#settings.onJudged?.(task.arrival.door, reply.counts);
    this.#finish(task, () => {
      if (reply.ok) task.resolve(reply.value as never);
      else task.reject(new DeliveryError(reply.code, reply.detail));
    });
  }

  #finish(task: Task, answer: () => void): void {
    this.#octets -= task.arrival.raw.byteLength;
    answer();
    const next = this.#waiting.shift();
    if (next) this.#dispatch(next);
    else if (this.#idle && !this.#busy()) this.#idle();
  }

  #look(): void {
    const now = performance.now();
    for (const judge of this.#judges) this.#lookAt(judge, now);
    const stalled = [...this.#judges].filter(judge => judge.isStalled);
    if (stalled.length > 0) this.#relieve(stalled, now);
    else this.#endSurplus();
    if (this.#busy() || this.#judges.size > this.#settings.threads) return;
    clearInterval(this.#watch ?? undefined);
    this.#watch = null;
  }

  /**
   * A thread that judges one message for too long answers no ping and is ended; `#replace` gives its messages another
   * try. A thread that waits for DNS or for a slow disk answers, and is left alone.
   */
  #lookAt(judge: Judge, now: number): void {
    const steps = stepsBegun(judge.pulse);
    const answers = isAnswered(judge.pulse, judge.pings);
    if (answers || steps !== judge.steps || judge.tasks.size === 0) judge.aliveAt = now;
    judge.steps = steps;
    // A thread that has not begun anything is starting, not stalled.
    judge.isStalled = steps > 0 && judge.aliveAt < now - stalledMilliseconds;
    if (judge.tasks.size === 0) return;
    if (answers) judge.worker.postMessage({ ping: ++judge.pings });
    if (judge.aliveAt < now - this.#settings.timeoutSeconds * 1000) this.#end(judge);
    else this.#giveUpLost(judge, now);
  }

  /** What waits behind the message that stalls a thread goes to threads that are free for it. */
  #relieve(stalled: readonly Judge[], now: number): void {
    if (stalled.length === this.#judges.size) {
      const since = Math.max(...stalled.map(judge => judge.aliveAt));
      if (since > now - allStalledMilliseconds || this.#judges.size > this.#settings.threads) return;
      this.#start();
    }
    for (const judge of stalled) {
      const culprit = runningTask(judge.pulse);
      const others = [...judge.tasks].filter(([id]) => id !== culprit);
      const staying = others.filter(([, { moves }]) => moves >= maxMoves).map(([id]) => id);
      // The thread skips up to here; what stays must not be skipped.
      takeOver(judge.pulse, Math.min(this.#nextId, ...staying) - 1);
      for (const [id, task] of others) {
        if (task.moves >= maxMoves) continue;
        judge.tasks.delete(id);
        task.moves++;
        this.#dispatch(task);
      }
    }
  }

  #endSurplus(): void {
    if (this.#judges.size <= this.#settings.threads) return;
    const idle = [...this.#judges].find(judge => judge.tasks.size === 0);
    if (!idle) return;
    this.#judges.delete(idle);
    void idle.worker.terminate();
  }

  #end(judge: Judge): void {
    const culprit = judge.tasks.get(runningTask(judge.pulse));
    this.#settings.log.error(
      { transaction: culprit?.arrival.id ?? null, seconds: this.#settings.timeoutSeconds },
      'judgingTimedOut',
    );
    // It is stored without being judged; its neighbours in the thread are judged anew.
    if (culprit) culprit.unjudged = true;
    judge.aliveAt = performance.now();
    void judge.worker.terminate();
  }

  #giveUpLost(judge: Judge, now: number): void {
    for (const [id, task] of judge.tasks) {
      if (task.startedAt > now - lostSeconds * 1000) continue;
      judge.tasks.delete(id);
      this.#finish(task, () => task.reject(new DeliveryError('internal', 'the judge thread lost a message')));
    }
  }

  /** Storing is idempotent by the delivery key, so a message of a thread that died may simply be run again. */
  #replace(judge: Judge): void {
    this.#judges.delete(judge);
    for (const task of judge.tasks.values()) {
      task.deaths++;
      if (task.deaths >= 3) {
        this.#finish(task, () =>
          task.reject(new DeliveryError('internal', 'judge thread ended three times')),
        );
        continue;
      }
      if (task.deaths >= 2) task.unjudged = true;
      this.#dispatch(task);
    }
  }
}

/** A message of so many octets takes as long as two small ones. */
const octetsOfOne = 65_536;

/** Where a message goes first: to the thread with the least to do, to one that is stalled last. */
function rank(judge: Judge): number {
  if (judge.isStalled) return Number.POSITIVE_INFINITY;
  let work = 0;
  for (const { arrival } of judge.tasks.values()) work += 1 + arrival.raw.byteLength / octetsOfOne;
  return work;
}
