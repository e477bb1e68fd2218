export interface TurnLimits {
  /** Running at once, in all and under one key. */
  readonly total: number;
  readonly perKey: number;
  /** Waiting under one key; more are sent away at once. */
  readonly waitingPerKey?: number;
  /** Longest wait for a turn. */
  readonly waitMilliseconds?: number;
}

interface Waiting {
  readonly key: string;
  readonly go: () => void;
}

/** Lets so much work run at once, in all and under each key; the rest waits for its turn, oldest first. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #total = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** True when work under this key may begin, `end` to be called then; false when it had to wait for too long, or behind too many. */
  async begin(key: string): Promise<boolean> {
    const { waitingPerKey = Number.POSITIVE_INFINITY } = this.#limits;
    if (this.#mayBegin(key)) {
      this.#count(key, 1);
      return true;
    }
    const waiting = [...this.#waiting].filter(one => one.key === key).length;
    return waiting < waitingPerKey && this.#wait(key);
  }

  /** Work has ended: whatever waits longest of what may begin has its turn. */
  end(key: string): void {
    this.#count(key, -1);
    for (const waiting of this.#waiting) {
      if (!this.#mayBegin(waiting.key)) continue;
      this.#waiting.delete(waiting);
      this.#count(waiting.key, 1);
      waiting.go();
    }
  }

  #wait(key: string): Promise<boolean> {
    const { waitMilliseconds } = this.#limits;
    return new Promise(resolve => {
      let timer: NodeJS.Timeout | undefined;
      const waiting: Waiting = {
        key,
        go: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      this.#waiting.add(waiting);
      if (waitMilliseconds === undefined) return;
      timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        resolve(false);
      }, waitMilliseconds);
    });
  }

  #mayBegin(key: string): boolean {
    const { total, perKey } = this.#limits;
    return this.#total < total && (this.#running.get(key) ?? 0) < perKey;
  }

  #count(key: string, by: number): void {
    this.#total += by;
    const count = (this.#running.get(key) ?? 0) + by;
    if (count === 0) this.#running.delete(key);
    else this.#running.set(key, count);
  }
}
