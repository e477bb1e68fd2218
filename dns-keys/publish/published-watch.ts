import { describeError } from '../../delivery/describe-error.ts';
import type { Log } from '../../delivery/log.ts';
import type { CheckedPage } from '../../delivery/published-check.ts';

export interface PublishedWatchDeps {
  /** Checks a page of published keys. */
  readonly checkPage: (page: { after: string | null; limit: number }) => Promise<CheckedPage>;
  readonly log: Log;
  /** From the start of one round to the next. */
  readonly everyMilliseconds: number;
}

const keysAtOnce = 20;
/** Between two pages: the world's servers are asked, so nothing is hurried. */
const pauseMilliseconds = 10_000;
/** Before the first page: a door that was just started may not be reached yet. */
const firstMilliseconds = 60_000;

/** Asks the world again and again for every published key, and counts those for which it hears something else. */
export class PublishedWatch {
  readonly #deps: PublishedWatchDeps;
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;
  #round = { checked: 0, differing: 0, startedAt: 0 };
  #last = { checked: 0, differing: 0 };

  constructor(deps: PublishedWatchDeps) {
    this.#deps = deps;
  }

  /** Of the last whole round; while the first one runs, of what it has seen. */
  get counts(): { readonly checked: number; readonly differing: number } {
    const { checked, differing } = this.#round;
    return this.#last.checked === 0 ? { checked, differing } : this.#last;
  }

  start(): void {
    this.#later(firstMilliseconds, null);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#work;
  }

  #later(milliseconds: number, after: string | null): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#work = this.#step(after);
    }, milliseconds).unref();
  }

  async #step(after: string | null): Promise<void> {
    if (after === null) this.#round = { checked: 0, differing: 0, startedAt: performance.now() };
    try {
      const { checked, differing, next } = await this.#deps.checkPage({ after, limit: keysAtOnce });
      this.#round.checked += checked;
      this.#round.differing += differing;
      if (next !== null) return this.#later(pauseMilliseconds, next);
      this.#last = { checked: this.#round.checked, differing: this.#round.differing };
      const rest = this.#deps.everyMilliseconds - (performance.now() - this.#round.startedAt);
      this.#later(Math.max(rest, pauseMilliseconds), null);
    } catch (error) {
      this.#deps.log.warn(describeError(error), 'publishedKeysNotChecked');
      this.#later(pauseMilliseconds * 6, after);
    }
  }
}
