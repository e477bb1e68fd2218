import { plainAddress } from '../../delivery/ip-address.ts';
import { Turns } from '../../delivery/turns.ts';

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

/** Lets so many transfers over connections take place at once; others wait a while for their turn. */
export class TransferTurns {
  readonly #turns: Turns;

  constructor({ total, perAddress, waitMilliseconds }: TransferLimits = usualLimits) {
    this.#turns = new Turns({ total, perKey: perAddress, waitMilliseconds });
  }

  /** True when a transfer to this address may begin, `end` to be called then; false when none could for too long. */
  begin(peerAddress: string): Promise<boolean> {
    return this.#turns.begin(plainAddress(peerAddress));
  }

  /** A transfer has ended: the one that waits longest of those that may begin has its turn. */
  end(peerAddress: string): void {
    this.#turns.end(plainAddress(peerAddress));
  }
}
