/** Work that is done again and again, each with a pause between its end and the next start, until it is closed. */
export class Rounds {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  readonly #onFault: (error: unknown) => void;
  #isClosed = false;

  /** `onFault` gets what the work throws; it is done again all the same. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  every(milliseconds: number, work: () => Promise<void>): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const running = this.#once(work).finally(() => {
        this.#running.delete(running);
        this.every(milliseconds, work);
      });
      this.#running.add(running);
    }, milliseconds);
    this.#timers.add(timer);
  }

  /** Resolves when what runs has ended; nothing begins any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  async #once(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#onFault(error);
    }
  }
}
