/** Lines remembered in all, about 100 octets each. */
const mostLines = 100_000;

/**
 * Which lines of the log this process told with a state, so that in a burst, when a state can't name them all, nothing
 * is told twice. What is forgotten is told again.
 */
export class ToldLines {
  readonly #told = new Map<string, ReadonlySet<string>>();
  #lines = 0;

  get(state: string): ReadonlySet<string> | undefined {
    return this.#told.get(state);
  }

  keep(state: string, lines: readonly string[]): void {
    if (lines.length > mostLines / 4) return;
    this.#forget(state);
    this.#told.set(state, new Set(lines));
    this.#lines += lines.length;
    for (const oldest of this.#told.keys()) {
      if (this.#lines <= mostLines) break;
      this.#forget(oldest);
    }
  }

  #forget(state: string): void {
    this.#lines -= this.#told.get(state)?.size ?? 0;
    this.#told.delete(state);
  }
}
