/** What may be done in one turn of the event loop, or by one of those who share it. */
export interface Allowance {
  signatures: number;
  answers: number;
  octets: number;
}

/** Has queries that wait to be answered. */
export interface Worker {
  /** Answers some of them and takes what that took from the allowance; says whether more wait. */
  work(allowance: Allowance): boolean;
}

/** Some 1 ms: half of it goes to signatures at 40 to 60 µs each. UDP waits no longer than this. */
const turnAllowance: Allowance = { signatures: 8, answers: 64, octets: 256 * 1024 };
/** What one has before the next one's share begins. */
export const share: Allowance = { signatures: 4, answers: 16, octets: 64 * 1024 };

/**
 * Lets all connections together do so much in one turn of the event loop, one after the other, so that UDP is looked at
 * in between however many of them there are and however much they ask at once.
 */
export class Turns {
  readonly #waiting: Worker[] = [];
  #isScheduled = false;

  /** The worker has its share as soon as those before it had theirs; it must not wait here already. */
  add(worker: Worker): void {
    this.#waiting.push(worker);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Immediates run after a turn's packets, before the next ones are read.
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    const left = { ...turnAllowance };
    while (left.signatures > 0 && left.answers > 0 && left.octets > 0) {
      const worker = this.#waiting.shift();
      if (worker === undefined) return;
      const allowance = { ...share };
      if (worker.work(allowance)) this.#waiting.push(worker);
      left.signatures -= share.signatures - allowance.signatures;
      left.answers -= share.answers - allowance.answers;
      left.octets -= share.octets - allowance.octets;
    }
    if (this.#waiting.length > 0) this.#schedule();
  }
}
