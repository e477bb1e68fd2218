import {
  missingIn,
  movedBy,
  noRows,
  pageSize,
  type RowPage,
  type Rows,
  without,
  withPage,
} from './list-rows.ts';
import type { Range } from './list-window.ts';

/** Where a page begins: at a place, or around the row that a message shows. */
export type From = { readonly position: number } | { readonly anchor: string; readonly offset: number };

/** A list on the server. */
export interface RowSource<T> {
  /** Names the list: another one begins anew. */
  readonly key: string;
  load(from: From, limit: number): Promise<RowPage<T>>;
  /** The message by which the row stands in its place; ids sort as their messages came. */
  idOf(row: T): string;
  /** What the row is chosen by. */
  keyOf(row: T): string;
}

/** What the list view knows of what is being read. */
export interface Reading {
  readonly isAtTop: boolean;
  /** Place of the row that must not move. */
  readonly anchor: number;
}

/** What a loader has of its list. */
export interface Held<T> {
  readonly key: string;
  readonly rows: Rows<T>;
  readonly isLoaded: boolean;
  readonly error: unknown;
  readonly waiting: number;
}

/** What a loader tells. */
export interface LoaderEvents<T> {
  /** These came in at the top since the list was loaded. */
  readonly onNews: (rows: readonly T[]) => void;
  readonly onError: (error: unknown) => void;
}

/** A thumb that flies is waited for; this long at most. */
const restMilliseconds = 50;
const maxRestMilliseconds = 300;
/** A list is looked at again at most this often, however much mail comes. */
const lookMilliseconds = 500;
/** Rows on either side of what is in sight that are loaded, too. */
const ahead = 15;
const newsSize = 20;

/**
 * Loads the rows in sight, one request at a time, of a list that may change meanwhile. Everything that is asked for is
 * asked for by one loader, so that answers come in the order of their questions.
 */
export class RowLoader<T> {
  readonly source: RowSource<T>;
  readonly reading: { current: (() => Reading) | null } = { current: null };
  readonly #events: LoaderEvents<T>;
  readonly #changed: (held: Held<T>) => void;
  held: Held<T>;
  #wanted: Range = { first: 0, end: 0 };
  #isBusy = false;
  #lastAsked = '';
  #isStopped = false;
  #isLookDue = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #flyingSince: number | null = null;
  /** Newest message at the top that was in sight. */
  #newest = '';

  constructor(source: RowSource<T>, events: LoaderEvents<T>, changed: (held: Held<T>) => void) {
    this.source = source;
    this.#events = events;
    this.#changed = changed;
    this.held = { key: source.key, rows: noRows, isLoaded: false, error: undefined, waiting: 0 };
  }

  async begin(): Promise<void> {
    this.#set({ error: undefined });
    this.#isLookDue = false;
    await this.#run(async () => {
      try {
        this.#take(await this.source.load({ position: 0 }, pageSize));
      } catch (error) {
        this.#set({ error });
        throw error;
      }
    });
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#lookTimer);
  }

  want(range: Range): void {
    this.#wanted = range;
    if (this.#isAtTop()) this.#seeTop();
    this.#pump();
  }

  /** The server has something new: what is in sight is loaded again, in its place. */
  look(): void {
    if (!this.held.isLoaded) {
      // What is on its way may have been read before.
      this.#isLookDue = true;
      return;
    }
    const rest = this.#lookedAt + lookMilliseconds - performance.now();
    clearTimeout(this.#lookTimer);
    if (rest > 0) {
      this.#lookTimer = setTimeout(() => this.look(), rest);
      return;
    }
    this.#lookedAt = performance.now();
    this.#isLookDue = true;
    this.#lastAsked = '';
    this.#pump();
  }

  /** Takes rows out before the server has. */
  drop(isGone: (row: T) => boolean): void {
    const rows = without(this.held.rows, isGone);
    if (rows !== this.held.rows) this.#set({ rows });
  }

  #pump(): void {
    if (this.#isBusy || this.#isStopped || !this.held.isLoaded) return;
    if (this.#isLookDue) {
      this.#isLookDue = false;
      void this.#run(() => this.#look());
      return;
    }
    const { rows } = this.held;
    const { first, end } = this.#wanted;
    const wide = { first: Math.max(0, first - ahead), end: Math.min(rows.total, end + ahead) };
    const missing = missingIn(rows, wide);
    if (!missing || this.#isFlying(first, end)) return;
    const { position, limit } = missing;
    // What came short once would come short again.
    const asked = `${position}/${limit}`;
    if (asked === this.#lastAsked) return;
    this.#lastAsked = asked;
    void this.#run(async () => this.#take(await this.source.load({ position }, limit)));
  }

  /** Nothing in sight is there: somebody drags the thumb; it is asked when it rests. */
  #isFlying(first: number, end: number): boolean {
    clearTimeout(this.#timer);
    const { held } = this.held.rows;
    for (let place = first; place < end; place++) if (held.has(place)) return this.#land();
    const now = performance.now();
    this.#flyingSince ??= now;
    if (now - this.#flyingSince > maxRestMilliseconds) return this.#land();
    this.#timer = setTimeout(() => {
      this.#flyingSince = Number.NEGATIVE_INFINITY;
      this.#pump();
    }, restMilliseconds);
    return true;
  }

  #land(): false {
    this.#flyingSince = null;
    return false;
  }

  async #run(work: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await work();
      this.#isBusy = false;
      this.#pump();
    } catch (error) {
      // What failed is asked for again when the list is scrolled or changes.
      this.#isBusy = false;
      this.#lastAsked = '';
      if (!this.#isStopped) this.#events.onError(error);
    }
  }

  async #look(): Promise<void> {
    const { isAtTop, anchor } = this.#readingNow();
    const { source } = this;
    const row = this.held.rows.held.get(anchor);
    if (isAtTop || row === undefined) {
      const page = await source.load({ position: 0 }, pageSize);
      const news = this.#newsIn(page.rows);
      this.#takeMoved(page, isAtTop ? null : 0);
      this.#tell(news);
      return;
    }
    const offset = -Math.min(anchor, ahead);
    const [around, top] = await Promise.all([
      source.load({ anchor: source.idOf(row), offset }, pageSize),
      source.load({ position: 0 }, newsSize),
    ]);
    const at = around.rows.findIndex(other => source.idOf(other) === source.idOf(row));
    this.#takeMoved(around, (at < 0 ? around.position - offset : around.position + at) - anchor);
    this.#tell(this.#newsIn(top.rows));
  }

  /** `by`: how far the rows have moved; null where the rows themselves tell. */
  #takeMoved(page: RowPage<T>, by: number | null): void {
    const { rows } = this.held;
    this.#take(page, movedBy(rows, by ?? this.#moveOf(page)));
  }

  /** How far the row that is read first stands from where it stood. */
  #moveOf({ position, rows }: RowPage<T>): number {
    const { keyOf } = this.source;
    const { anchor } = this.#readingNow();
    const row = this.held.rows.held.get(anchor);
    const at = row === undefined ? -1 : rows.findIndex(other => keyOf(other) === keyOf(row));
    return at < 0 ? 0 : position + at - anchor;
  }

  #take(page: RowPage<T>, before = this.held.rows): void {
    if (this.#isStopped) return;
    this.#set({ rows: withPage(before, page), isLoaded: true, error: undefined });
    if (this.#newest === '' || this.#isAtTop()) this.#seeTop();
  }

  #newsIn(top: readonly T[]): readonly T[] {
    return top.filter(row => this.source.idOf(row) > this.#newest);
  }

  #tell(news: readonly T[]): void {
    if (this.#isStopped) return;
    const isMore = news.length > this.held.waiting;
    if (!this.#isAtTop() && news.length !== this.held.waiting) this.#set({ waiting: news.length });
    if (isMore) this.#events.onNews(news);
  }

  #seeTop(): void {
    const { held, stale } = this.held.rows;
    const first = held.get(0);
    if (first === undefined || stale.has(0)) return;
    const id = this.source.idOf(first);
    if (id > this.#newest) this.#newest = id;
    if (this.held.waiting > 0) this.#set({ waiting: 0 });
  }

  #isAtTop(): boolean {
    return this.#readingNow().isAtTop;
  }

  #readingNow(): Reading {
    return this.reading.current?.() ?? { isAtTop: true, anchor: 0 };
  }

  #set(change: Partial<Held<T>>): void {
    if (this.#isStopped) return;
    this.held = { ...this.held, ...change };
    this.#changed(this.held);
  }
}
