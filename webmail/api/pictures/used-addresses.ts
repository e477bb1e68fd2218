/** So many are noted; one that is pushed out by others could be used again for the rest of its time. */
const maxNoted = 100_000;

/** Addresses that were used, by what makes each unique, until they are no longer good anyway. In this process alone. */
export class UsedAddresses {
  readonly #until = new Map<string, number>();

  /** False: it was used before. Times in milliseconds. */
  take(id: string, until: number, now: number): boolean {
    if (this.#until.has(id)) return false;
    this.#until.set(id, until);
    this.#forget(now);
    return true;
  }

  /** What came of it never arrived: it may be used again. */
  giveBack(id: string): void {
    this.#until.delete(id);
  }

  /** They stand in the order of their use, which is nearly that of their end. */
  #forget(now: number): void {
    for (const [id, until] of this.#until) {
      if (until >= now && this.#until.size <= maxNoted) return;
      this.#until.delete(id);
    }
  }
}
