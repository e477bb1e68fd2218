/** Counts what runs at once for each account. */
export class InFlight {
  readonly #limit: number;
  readonly #running = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins one; gives how to end it, or null when as many as the limit allows are running. */
  enter(accountId: string): (() => void) | null {
    const running = this.#running.get(accountId) ?? 0;
    if (running >= this.#limit) return null;
    this.#running.set(accountId, running + 1);
    return () => {
      const left = (this.#running.get(accountId) ?? 1) - 1;
      if (left > 0) this.#running.set(accountId, left);
      else this.#running.delete(accountId);
    };
  }
}
