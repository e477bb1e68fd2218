import { hash } from 'node:crypto';
import type { types } from 'cassandra-driver';
import type { Change, ChangeType } from '../../store.ts';
import type { CassandraContext } from '../context.ts';

/** Tables of news are read by shards of accounts: a process reads those of whom it watches. */
const shards = 16;
const pollMilliseconds = 400;
/** Clocks are apart, and writes take time: news carry instants this far from now. */
const windowMilliseconds = 15_000;
const minuteMilliseconds = 60_000;

type Listener = (change: Change) => void;
type States = (accountId: string, types: readonly ChangeType[]) => Promise<Change['types']>;

interface NewsRow {
  readonly at: types.TimeUuid;
  readonly account: string;
  readonly types: readonly ChangeType[] | null;
}

/** News between processes: a row for each change, gone after some minutes, read by whoever watches. */
export class News {
  readonly #context: CassandraContext;
  /** States of these types as they are now. */
  readonly #states: States;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** News that were told, by their name, and when they can be forgotten. */
  readonly #told = new Map<string, number>();
  /** What changes now and was not written yet, by account. */
  readonly #waiting = new Map<string, Set<ChangeType>>();
  readonly #writing = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #isPolling = false;
  /** How many told news are held when they are looked through next. */
  #sweepAt = 1000;
  #isClosed = false;

  constructor(context: CassandraContext, states: States) {
    this.#context = context;
    this.#states = states;
  }

  /** `News.watch`. */
  watch(accountId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(accountId) ?? new Set();
    this.#listeners.set(accountId, listeners);
    listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#poll(), pollMilliseconds).unref();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(accountId) === listeners)
        this.#listeners.delete(accountId);
    };
  }

  /** Tells this process at once and the others within a second. News that can't be written are lost, the change is not. */
  publish(accountId: string, changed: readonly ChangeType[]): void {
    if (this.#isClosed || changed.length === 0) return;
    const waiting = this.#waiting.get(accountId);
    if (waiting) {
      for (const type of changed) waiting.add(type);
      return;
    }
    this.#waiting.set(accountId, new Set(changed));
    const sending = this.#send(accountId).finally(() => this.#writing.delete(sending));
    this.#writing.add(sending);
  }

  async #send(accountId: string): Promise<void> {
    // What changes in the same moment goes into the same row.
    await new Promise(resolve => setImmediate(resolve));
    const changed = [...(this.#waiting.get(accountId) ?? [])];
    this.#waiting.delete(accountId);
    const now = this.#context.clock.now();
    const at = this.#context.session.timeId(now);
    if (this.#listeners.size > 0) this.#remember(String(at), now.getTime());
    const told = this.#tell(accountId, changed);
    await this.#context.session
      .run('insert into news (shard, minute, at, account, types) values (?, ?, ?, ?, ?)', [
        shardOf(accountId),
        Math.floor(now.getTime() / minuteMilliseconds),
        at,
        accountId,
        changed,
      ])
      .catch(() => undefined);
    await told;
  }

  async #tell(accountId: string, changed: readonly ChangeType[]): Promise<void> {
    if (!this.#listeners.has(accountId)) return;
    try {
      const types = await this.#states(accountId, changed);
      for (const listener of this.#listeners.get(accountId) ?? []) listener({ accountId, types });
    } catch (error) {
      // The account has gone, or the store has: whoever watches asks again when it is back.
      this.#context.log.debug({ accountId, cause: String(error) }, 'storeNewsNotTold');
    }
  }

  async #poll(): Promise<void> {
    if (this.#isPolling || this.#listeners.size === 0) return;
    this.#isPolling = true;
    try {
      const rows = await this.#read();
      const byAccount = new Map<string, Set<ChangeType>>();
      for (const { at, account, types } of rows) {
        if (this.#told.has(String(at))) continue;
        this.#remember(String(at), at.getDate().getTime());
        const changed = byAccount.get(account) ?? new Set();
        for (const type of types ?? []) changed.add(type);
        byAccount.set(account, changed);
      }
      await Promise.all([...byAccount].map(([account, changed]) => this.#tell(account, [...changed])));
    } catch (error) {
      this.#context.log.debug({ cause: String(error) }, 'storeNewsNotRead');
    } finally {
      this.#isPolling = false;
    }
  }

  async #read(): Promise<NewsRow[]> {
    const now = this.#context.clock.now().getTime();
    const since = new Date(now - windowMilliseconds);
    const minutes = [now - windowMilliseconds, now, now + windowMilliseconds].map(instant =>
      Math.floor(instant / minuteMilliseconds),
    );
    const watched = [...new Set([...this.#listeners.keys()].map(shardOf))];
    const found = await Promise.all(
      watched.map(shard =>
        this.#context.session.rows<NewsRow>(
          'select at, account, types from news where shard = ? and minute in ? and at >= mintimeuuid(?)',
          [shard, [...new Set(minutes)], since],
        ),
      ),
    );
    return found.flat().filter(({ account }) => this.#listeners.has(account));
  }

  #remember(name: string, instant: number): void {
    this.#told.set(name, instant);
    if (this.#told.size < this.#sweepAt) return;
    const oldest = this.#context.clock.now().getTime() - 3 * windowMilliseconds;
    for (const [known, at] of this.#told) if (at < oldest) this.#told.delete(known);
    this.#sweepAt = Math.max(1000, 2 * this.#told.size);
  }

  /** Writes what waits, then tells nobody any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearInterval(this.#timer);
    await Promise.allSettled(this.#writing);
    this.#listeners.clear();
  }
}

function shardOf(accountId: string): number {
  return (hash('sha256', accountId, 'buffer')[0] ?? 0) % shards;
}
