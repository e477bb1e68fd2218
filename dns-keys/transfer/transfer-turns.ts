import { plainAddress } from '../../delivery/ip-address.ts';

export interface TransferLimits {
  readonly total: number;
  readonly perAddress: number;
  /** Longest wait for a turn. */
  readonly waitMilliseconds: number;
}

/**
 * Each transfer holds some 300 kB and an open file. Secondaries with thousands of zones ask for a few at once (BIND for
 * 2, NSD for one after the other on each connection), so these wait only when all zones are fetched anew.
 */
const usualLimits: TransferLimits = { total: 64, perAddress: 16, waitMilliseconds: 5000 };

interface Waiting {
  readonly address: string;
  readonly go: () => void;
}

/** Lets so many transfers over connections take place at once; others wait a while for their turn. */
export class TransferTurns {
  readonly #limits: TransferLimits;
  readonly #running = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #total = 0;

  constructor(limits: TransferLimits = usualLimits) {
    this.#limits = limits;
  }

  /** True when a transfer to this address may begin, `end` to be called then; false when none could for too long. */
  async begin(peerAddress: string): Promise<boolean> {
    const address = plainAddress(peerAddress);
    if (this.#mayBegin(address)) {
      this.#count(address, 1);
      return true;
    }
    return new Promise(resolve => {
      const waiting: Waiting = {
        address,
        go: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        resolve(false);
      }, this.#limits.waitMilliseconds);
      this.#waiting.add(waiting);
    });
  }

  /** A transfer has ended: the one that waits longest of those that may begin has its turn. */
  end(peerAddress: string): void {
    this.#count(plainAddress(peerAddress), -1);
    for (const waiting of this.#waiting) {
      if (!this.#mayBegin(waiting.address)) continue;
      this.#waiting.delete(waiting);
      this.#count(waiting.address, 1);
      waiting.go();
      return;
    }
  }

  #mayBegin(address: string): boolean {
    const { total, perAddress } = this.#limits;
    return this.#total < total && (this.#running.get(address) ?? 0) < perAddress;
  }

  #count(address: string, by: number): void {
    this.#total += by;
    const count = (this.#running.get(address) ?? 0) + by;
    if (count === 0) this.#running.delete(address);
    else this.#running.set(address, count);
  }
}
