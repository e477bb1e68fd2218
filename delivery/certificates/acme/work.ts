import type { Clock } from '../../clock.ts';
import { inParallel } from '../../in-parallel.ts';
import type { Log } from '../../log.ts';
import { allPages } from '../../store/all-pages.ts';
import type { Store } from '../../store/store.ts';
import type { BatchResult } from './batch.ts';
import type { OrderBook } from './order-book.ts';
import type { Probe } from './probe.ts';
import { type NameRecord, type RecordDeps, readRecord, writeRecord } from './record.ts';

/** What the work needs to know and may do. */
export interface WorkDeps extends RecordDeps {
  readonly store: Pick<Store, 'getInstanceState' | 'putInstanceState' | 'listDomains'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly book: OrderBook;
  readonly probe: Probe;
  /** Names that are ordered without a look whether they lead here. */
  readonly names: readonly string[];
  /** Whether a name has a certificate from elsewhere. */
  readonly hasOther: (name: string) => boolean;
  /** Orders for these names, keeps what was got, and closes the book. */
  readonly order: (names: readonly string[], signal: AbortSignal) => Promise<BatchResult>;
}

/** When a name is looked at next, and after how long once more if it does not lead here. */
interface Plan {
  readonly lookAt: number;
  readonly pauseMilliseconds: number;
}

const batchNames = 20;
const looksAtOnce = 16;
const firstPauseMilliseconds = 300_000;
const longestPauseMilliseconds = 6 * 3_600_000;

/** Looks after the certificates of all names: what is there, what is due, what leads here. */
export class AcmeWork {
  readonly #deps: WorkDeps;
  #plans = new Map<string, Plan>();

  constructor(deps: WorkDeps) {
    this.#deps = deps;
  }

  /** Somebody has asked for this name at our door: if it did not lead here at the last look, it may now. */
  wake(name: string): void {
    const plan = this.#plans.get(name);
    if (plan && plan.pauseMilliseconds > firstPauseMilliseconds) {
      this.#plans.set(name, { lookAt: 0, pauseMilliseconds: firstPauseMilliseconds });
    }
  }

  /** Orders all that is due, in batches, as far as the server's limits go. Throws when the store fails. */
  async round(signal: AbortSignal): Promise<void> {
    const { book, order } = this.#deps;
    const { ready, outdated } = await this.#lookAtDue(await book.left(), signal);
    for (let at = 0; at < ready.length && !signal.aborted; at += batchNames) {
      const left = await book.open(signal);
      // What is left stays due, and is looked at in the next round.
      if (left === 0) return;
      const names = await this.#stillDue(ready.slice(at, at + Math.min(batchNames, left)));
      const { isPaused } = await order(names, signal);
      for (const name of names) this.#plans.delete(name);
      if (isPaused) return;
    }
    if (outdated.length > 0 && !signal.aborted) await this.#keepAnew(outdated, signal);
  }

  /** Looks at names whose time has come, until as many are ready as may be ordered. */
  async #lookAtDue(
    wanted: number,
    signal: AbortSignal,
  ): Promise<{ readonly ready: string[]; readonly outdated: string[] }> {
    const [ready, outdated]: [string[], string[]] = [[], []];
    await inParallel(looksAtOnce, await this.#dueNames(), async name => {
      if (signal.aborted || ready.length >= wanted) return;
      const state = await this.#look(name, signal);
      if (state === 'ready') ready.push(name);
      if (state === 'outdated') outdated.push(name);
    });
    return { ready: ready.slice(0, wanted), outdated };
  }

  /** Names whose time has come; forgets those of domains that are gone. */
  async #dueNames(): Promise<string[]> {
    const now = this.#deps.clock.now().getTime();
    const before = this.#plans;
    this.#plans = new Map();
    for await (const name of this.#allNames()) {
      if (this.#deps.hasOther(name)) continue;
      this.#plans.set(name, before.get(name) ?? { lookAt: 0, pauseMilliseconds: firstPauseMilliseconds });
    }
    return [...this.#plans].filter(([, { lookAt }]) => lookAt <= now).map(([name]) => name);
  }

  async *#allNames(): AsyncGenerator<string> {
    yield* this.#deps.names;
    for await (const { name } of allPages(page => this.#deps.store.listDomains(page))) yield webKeyName(name);
  }

  async #look(name: string, signal: AbortSignal): Promise<'ready' | 'outdated' | 'later'> {
    const { clock, log, probe, names } = this.#deps;
    const now = clock.now().getTime();
    const { orderAt, pair, isOutdated } = await readRecord(name, this.#deps);
    if (orderAt.getTime() > now) {
      this.#plans.set(name, { lookAt: orderAt.getTime(), pauseMilliseconds: firstPauseMilliseconds });
      return isOutdated ? 'outdated' : 'later';
    }
    if (names.includes(name)) return 'ready';
    const reason = await probe.whyNotHere(name, signal);
    if (reason === null) return 'ready';
    const pause = this.#plans.get(name)?.pauseMilliseconds ?? firstPauseMilliseconds;
    const next = Math.min(pause * 2, longestPauseMilliseconds);
    this.#plans.set(name, { lookAt: now + pause, pauseMilliseconds: next });
    const level = pair ? 'warn' : 'debug';
    log[level]({ name, reason, todo: 'let the name lead to this host, at ports 80 and 443' }, 'nameNotHere');
    return 'later';
  }

  /** Another process may have ordered before the book was opened. */
  async #stillDue(names: readonly string[]): Promise<string[]> {
    const now = this.#deps.clock.now();
    const due: string[] = [];
    for (const name of names) {
      if ((await readRecord(name, this.#deps)).orderAt <= now) due.push(name);
      else this.#plans.delete(name);
    }
    return due;
  }

  /** Nobody else may write the records meanwhile: a new certificate must not be replaced by the old one. */
  async #keepAnew(names: readonly string[], signal: AbortSignal): Promise<void> {
    if ((await this.#deps.book.open(signal)) === 0) {
      for (const name of names) this.#plans.delete(name);
      return;
    }
    for (const name of names) {
      const record: NameRecord = await readRecord(name, this.#deps);
      if (record.isOutdated) await writeRecord(name, record, this.#deps);
    }
    await this.#deps.book.close(null);
  }
}

/** Where the advanced method of the Web Key Directory asks for keys of a domain (draft-koch-openpgp-webkey-service §3.1). */
export function webKeyName(domain: string): string {
  return `openpgpkey.${domain}`;
}
