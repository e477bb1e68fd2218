import { DeliveryError } from '../../../delivery/errors.ts';

interface Limits {
  readonly atOnce: number;
  readonly atOncePerAccount: number;
  readonly waitingPerAccount: number;
}

interface Waiting {
  readonly accountId: string;
  readonly begin: () => void;
}

/** Lets so much work run at once, in all and for each account; the rest waits for its turn, oldest first. */
export class Turns {
  readonly #limits: Limits;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #sum = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Does the work when its turn comes; throws `tooBusy` when too much of the account waits, and as the work does. */
  async run<T>(accountId: string, work: () => Promise<T>): Promise<T> {
    if (this.#hasRoom(accountId)) this.#enter(accountId);
    else await this.#turn(accountId);
    try {
      return await work();
    } finally {
      this.#leave(accountId);
    }
  }

  #hasRoom(accountId: string): boolean {
    const { atOnce, atOncePerAccount } = this.#limits;
    return this.#sum < atOnce && (this.#running.get(accountId) ?? 0) < atOncePerAccount;
  }

  #enter(accountId: string): void {
    this.#sum++;
    this.#running.set(accountId, (this.#running.get(accountId) ?? 0) + 1);
  }

  #turn(accountId: string): Promise<void> {
    const ofAccount = [...this.#waiting].filter(waiting => waiting.accountId === accountId).length;
    if (ofAccount >= this.#limits.waitingPerAccount) throw new DeliveryError('tooBusy');
    return new Promise(begin => this.#waiting.add({ accountId, begin }));
  }

  #leave(accountId: string): void {
    const left = (this.#running.get(accountId) ?? 1) - 1;
    this.#sum--;
    if (left > 0) this.#running.set(accountId, left);
    else this.#running.delete(accountId);
    for (const waiting of this.#waiting) {
      if (!this.#hasRoom(waiting.accountId)) continue;
      this.#waiting.delete(waiting);
      this.#enter(waiting.accountId);
      waiting.begin();
    }
  }
}
