import type { Resolver } from '../resolver.ts';
import { type DnsList, meaningOf } from './list.ts';

/** Which lists can be believed. */
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

interface Health {
  outUntil: number;
  /** Answers in a row that were not had. */
  silence: number;
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
/** Answers that fail to come in a row before a list is left alone for a while. */
const patience = 3;

/** RFC 5782 §5: what must be listed, and what must not. */
const testNames = {
  address: { listed: '2.0.0.127', unlisted: '1.0.0.127' },
  domain: { listed: 'test', unlisted: 'invalid' },
} as const;

/** Watches over lists by name of their zone. */
export function openListHealth({
  resolver,
  log,
  now,
}: {
  resolver: Resolver;
  log: { warn(fields: object, message: string): void };
  now: () => number;
}): ListHealth {
  const known = new Map<string, Health>();

  function healthOf({ zone }: DnsList): Health {
    const health = known.get(zone) ?? { outUntil: 0, silence: 0, isTold: false, test: null, testUntil: 0 };
    known.set(zone, health);
    return health;
  }

  function takeOut(list: DnsList, why: string): void {
    const health = healthOf(list);
    health.outUntil = now() + outMilliseconds;
    health.test = null;
    tell(list, why);
  }

  function tell(list: DnsList, why: string): void {
    const health = healthOf(list);
    if (health.isTold) return;
    health.isTold = true;
    log.warn({ zone: list.zone, why }, 'dnsListFailed');
  }

  async function answer(list: DnsList, name: string, signal: AbortSignal): Promise<string[] | null> {
    const health = healthOf(list);
    try {
      const codes = await unless(signal, resolver(`${name}.${list.zone}`, 'A'));
      health.silence = 0;
      return codes.map(String);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME') {
        health.silence = 0;
        return [];
      }
      health.silence++;
      if (health.silence >= patience) takeOut(list, code);
      else tell(list, code);
      return null;
    }
  }

  async function test(list: DnsList, kind: 'address' | 'domain', signal: AbortSignal): Promise<boolean> {
    const names = testNames[kind];
    const [listed, unlisted] = await Promise.all([
      answer(list, list.testName ?? names.listed, signal),
      answer(list, names.unlisted, signal),
    ]);
    // No answer: nothing is known, and the next message tests anew.
    if (!listed || !unlisted) return forgetTest(list);
    const why = faultOf(list, listed, unlisted);
    if (why !== null) takeOut(list, why);
    else healthOf(list).isTold = false;
    return why === null;
  }

  function forgetTest(list: DnsList): false {
    healthOf(list).test = null;
    return false;
  }

  return {
    isOut: list => healthOf(list).outUntil > now(),
    isSound(list, kind, signal) {
      const health = healthOf(list);
      if (!health.test || health.testUntil <= now()) {
        health.testUntil = now() + testMilliseconds;
        health.test = test(list, kind, signal);
      }
      return health.test;
    },
    answer,
    noteError: takeOut,
  };
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
