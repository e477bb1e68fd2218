/** When what failed is tried again, ms: at first, and at most. */
const retryMilliseconds = { first: 5000, most: 600_000 };

/** Domains that are to be read anew, and when. */
export class LateDomains {
  readonly #now: () => number;
  readonly #due = new Map<string, { at: number; tries: number }>();

  /** `now`: milliseconds of a clock that is never set. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get size(): number {
    return this.#due.size;
  }

  has(domain: string): boolean {
    return this.#due.has(domain);
  }

  /** Something failed: the pause doubles each time. */
  later(domain: string): void {
    const tries = (this.#due.get(domain)?.tries ?? 0) + 1;
    const pause = Math.min(retryMilliseconds.first * 2 ** (tries - 1), retryMilliseconds.most);
    this.#due.set(domain, { at: this.#now() + pause, tries });
  }

  done(domain: string): void {
    this.#due.delete(domain);
  }

  clear(): void {
    this.#due.clear();
  }

  due(): string[] {
    const now = this.#now();
    return [...this.#due].filter(([, { at }]) => at <= now).map(([domain]) => domain);
  }
}
