import { firstPlace, placesPerMillisecond } from '../../ids.ts';

/** Instants of accounts that this process remembers. */
const rememberedInstants = 10_000;

/**
 * Places for new emails: of the same instant they follow each other as they come to this process. Two processes may
 * give the same place; the random end of the id tells those apart.
 */
export class Places {
  readonly #last = new Map<string, number>();

  next(accountId: string, receivedAt: number): number {
    const key = `${accountId}/${receivedAt}`;
    const first = firstPlace(receivedAt);
    const last = this.#last.get(key);
    const place = last === undefined ? first : Math.min(last + 1, first + placesPerMillisecond - 1);
    this.#last.delete(key);
    this.#last.set(key, place);
    const [oldest] = this.#last.keys();
    if (this.#last.size > rememberedInstants && oldest !== undefined) this.#last.delete(oldest);
    return place;
  }
}
