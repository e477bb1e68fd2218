import type { Resolver } from '../resolver.ts';
import { type DnsList, meaningOf } from './list.ts';

/** Which lists can be believed, by name of their zone. */
export interface ListHealth {
  /** Taken out for a while: not to be asked. */
  isOut(list: DnsList): boolean;
  /** Whether the list has passed its test (RFC 5782 §5); tests it when it is time. */
  isSound(list: DnsList, kind: 'address' | 'domain', signal: AbortSignal): Promise<boolean>;
  /** The codes that the list has for a name: none where it is not listed; null where no answer was had. */
  answer(list: DnsList, name: string, signal: AbortSignal): Promise<string[] | null>;
  /** What came is no listing: the list is taken out. */
  noteError(list: DnsList, why: string): void;
}

interface HealthDeps {
  readonly resolver: Resolver;
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds that only grow. */
  readonly now: () => number;
}

interface Health {
  outUntil: number;
  /** Messages in a row for which an answer was not had. */
  silence: number;
  /** Of the last one of these. */
  silentSignal: AbortSignal | null;
  /** Whether the trouble was told; told again when the list has been well in between. */
  isTold: boolean;
  test: Promise<boolean> | null;
  testUntil: number;
}

const minute = 60_000;
/** A list that fails is tried again after this. */
const outMilliseconds = 15 * minute;
/** A list that has passed its test is tested again after this. */
const testMilliseconds = 6 * 60 * minute;
/** Messages in a row for which an answer fails to come before a list is left alone for a while. */
const patience = 3;

/** RFC 5782 §5: what must be listed, and what must not. */
const testNames = {
  address: { listed: '2.0.0.127', unlisted: '1.0.0.127' },
  domain: { listed: 'test', unlisted: 'invalid' },
} as const;

const noSuchName: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/** Watches over lists, each well until it shows otherwise. */
export function openListHealth(deps: HealthDeps): ListHealth {
  return new WatchedLists(deps);
}

class WatchedLists implements ListHealth {
  readonly #deps: HealthDeps;
  readonly #known = new Map<string, Health>();

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  isOut(list: DnsList): boolean {
    return this.#healthOf(list).outUntil > this.#deps.now();
  }

  isSound(list: DnsList, kind: 'address' | 'domain', signal: AbortSignal): Promise<boolean> {
    const health = this.#healthOf(list);
    if (!health.test || health.testUntil <= this.#deps.now()) {
      health.testUntil = this.#deps.now() + testMilliseconds;
      health.test = this.#test(list, kind, signal);
    }
    return health.test;
  }

  async answer(list: DnsList, name: string, signal: AbortSignal): Promise<string[] | null> {
    const health = this.#healthOf(list);
    try {
      const codes = await unless(signal, this.#deps.resolver(`${name}.${list.zone}`, 'A'));
      health.silence = 0;
      return codes.map(String);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (!noSuchName.has(code)) return this.#noteSilence(list, code, signal);
      health.silence = 0;
      return [];
    }
  }

  noteError(list: DnsList, why: string): void {
    const health = this.#healthOf(list);
    health.outUntil = this.#deps.now() + outMilliseconds;
    health.test = null;
    this.#tell(list, why);
  }

  /** Questions of one message are asked at once, and fail together. */
  #noteSilence(list: DnsList, code: string, signal: AbortSignal): null {
    const health = this.#healthOf(list);
    if (health.silentSignal !== signal) health.silence++;
    health.silentSignal = signal;
    if (health.silence >= patience) this.noteError(list, code);
    else this.#tell(list, code);
    return null;
  }

  async #test(list: DnsList, kind: 'address' | 'domain', signal: AbortSignal): Promise<boolean> {
    const names = testNames[kind];
    const [listed, unlisted] = await Promise.all([
      this.answer(list, list.testName ?? names.listed, signal),
      this.answer(list, names.unlisted, signal),
    ]);
    const health = this.#healthOf(list);
    if (!listed || !unlisted) {
      // No answer: nothing is known, and the next message tests anew.
      health.test = null;
      return false;
    }
    const why = faultOf(list, listed, unlisted);
    if (why !== null) this.noteError(list, why);
    else health.isTold = false;
    return why === null;
  }

  #tell(list: DnsList, why: string): void {
    const health = this.#healthOf(list);
    if (health.isTold) return;
    health.isTold = true;
    this.#deps.log.warn({ zone: list.zone, why }, 'dnsListFailed');
  }

  #healthOf({ zone }: DnsList): Health {
    const health = this.#known.get(zone) ?? newHealth();
    this.#known.set(zone, health);
    return health;
  }
}

function newHealth(): Health {
  return { outUntil: 0, silence: 0, silentSignal: null, isTold: false, test: null, testUntil: 0 };
}

function faultOf(list: DnsList, listed: readonly string[], unlisted: readonly string[]): string | null {
  if ([...listed, ...unlisted].some(code => meaningOf(list, code).kind === 'error')) {
    return `answers ${[...listed, ...unlisted].join(', ')} to its test`;
  }
  if (listed.length === 0) return 'does not list its test entry';
  return unlisted.length > 0 ? 'lists everything' : null;
}

/** Rejects with ETIMEOUT once the signal is given. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEOUT' }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
