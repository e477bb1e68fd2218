import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest work in one go: queries are answered in between. */
const workMilliseconds = 5;

/** Lets others go on now and then during long work: call `take` after each piece. */
export class Breath {
  #since = performance.now();

  async take(): Promise<void> {
    if (performance.now() - this.#since < workMilliseconds) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
