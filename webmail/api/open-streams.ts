/** The event streams that are open in this process, so that those of a session end with it. */
export class OpenStreams {
  readonly #checks = new Map<string, Set<() => void>>();

  /** Keeps how a stream of the account looks whether it may go on; gives how to forget it. */
  add(accountId: string, check: () => void): () => void {
    const checks = this.#checks.get(accountId) ?? new Set();
    this.#checks.set(accountId, checks.add(check));
    return () => {
      checks.delete(check);
      if (checks.size === 0 && this.#checks.get(accountId) === checks) this.#checks.delete(accountId);
    };
  }

  /** Has the account's streams look now. */
  recheck(accountId: string): void {
    for (const check of this.#checks.get(accountId) ?? []) check();
  }
}
