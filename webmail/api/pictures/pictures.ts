import type { Clock } from '../../../delivery/clock.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { Turns } from '../../../delivery/turns.ts';
import { fetchPicture, type Picture } from './fetch-picture.ts';
import type { PictureGrant } from './picture-address.ts';
import type { PicturePorts } from './ports.ts';
import type { OwnPlaces } from './target.ts';
import { UsedAddresses } from './used-addresses.ts';

interface Kept {
  readonly answer: Promise<Picture | null>;
  until: number;
  octets: number;
}

/** How it came about that a picture is there, or not. */
export type PictureOutcome = 'fetched' | 'remembered' | 'refused';

/** A message that is opened again soon tells its sender nothing new. */
const rememberMilliseconds = 3_600_000;
/** What did not come is asked for again after a while. */
const rememberFailedMilliseconds = 60_000;
const maxKeptOctets = 32_000_000;
const maxKept = 5000;
const timeoutMilliseconds = 10_000;

/** Fetches pictures for accounts, few at once, and remembers the last ones in memory, for each account alone. */
export class Pictures {
  readonly used = new UsedAddresses();
  readonly #kept = new Map<string, Kept>();
  readonly #turns = new Turns({ total: 16, perKey: 6, waitingPerKey: 500 });
  readonly #deps: { readonly ports: PicturePorts; readonly own: OwnPlaces; readonly clock: Clock };
  #octets = 0;

  constructor(deps: { readonly ports: PicturePorts; readonly own: OwnPlaces; readonly clock: Clock }) {
    this.#deps = deps;
  }

  /** The picture; null where there is none that may be shown. Throws `tooBusy`. */
  async get({ accountId, url }: PictureGrant): Promise<{ picture: Picture | null; outcome: PictureOutcome }> {
    const key = `${accountId} ${url}`;
    const known = this.#kept.get(key);
    if (known && known.until > this.#now()) {
      const picture = await known.answer;
      return { picture, outcome: picture ? 'remembered' : 'refused' };
    }
    this.#forget(key);
    const answer = this.#fetch(accountId, url);
    const kept: Kept = { answer, until: Number.POSITIVE_INFINITY, octets: 0 };
    this.#kept.set(key, kept);
    try {
      const picture = await answer;
      this.#settle(kept, picture);
      return { picture, outcome: picture ? 'fetched' : 'refused' };
    } catch (error) {
      this.#forget(key);
      throw error;
    }
  }

  async #fetch(accountId: string, url: string): Promise<Picture | null> {
    if (!(await this.#turns.begin(accountId))) throw new DeliveryError('tooBusy');
    try {
      return await fetchPicture(url, { ...this.#deps, timeoutMilliseconds });
    } finally {
      this.#turns.end(accountId);
    }
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }

  #settle(kept: Kept, picture: Picture | null): void {
    kept.octets = picture?.octets.byteLength ?? 0;
    kept.until = this.#now() + (picture ? rememberMilliseconds : rememberFailedMilliseconds);
    this.#octets += kept.octets;
    for (const [key, { until }] of this.#kept) {
      if (this.#octets <= maxKeptOctets && this.#kept.size <= maxKept) return;
      // What is still on its way has others waiting for it.
      if (until !== Number.POSITIVE_INFINITY) this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#octets -= this.#kept.get(key)?.octets ?? 0;
    this.#kept.delete(key);
  }
}
