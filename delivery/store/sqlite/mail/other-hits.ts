import type { Database } from '../database.ts';
import { type Hits, slicesOf } from '../search/hits.ts';
import { type Places, placesFrom, sift, within } from '../search/places.ts';

/**
 * Emails looked at in each step from where the page begins, of which each costs the search a walk to its place; behind
 * them all are listed.
 */
const steps = [100, 2000];

/** All mail of an account. */
export interface AllMail {
  readonly database: Database;
  readonly account: number;
  readonly places: () => Places;
}

/**
 * All mail but what a search finds, in an index that is up to date: counted by what is kept and what the search counts,
 * and listed only as far as it is needed.
 */
export class OtherHits implements Hits {
  readonly #mail: AllMail;
  readonly #found: Hits;
  #all: Places | null = null;

  constructor(mail: AllMail, found: Hits) {
    this.#mail = mail;
    this.#found = found;
  }

  all(): Places {
    this.#all ??= sift(this.#mail.places(), this.#found.all(), false);
    return this.#all;
  }

  count(): number {
    if (this.#all) return this.#all.length;
    const { database, account } = this.#mail;
    const row = database.get<{ emails: number }>('select emails from account where number = ?', account);
    return (row?.emails ?? 0) - this.#found.count();
  }

  between(first: number, last: number): Places {
    return within(this.all(), first, last);
  }

  *slices(ascending: boolean, bound: number | null): Iterable<readonly number[]> {
    let next = bound;
    for (const size of this.#all ? [] : steps) {
      const places = this.#mailFrom(next, ascending, size);
      const [first, last] = [places[0], places.at(-1)];
      if (first === undefined || last === undefined) return;
      const others = [...sift(places, this.#found.between(first, last), false)];
      if (others.length > 0) yield ascending ? others : others.reverse();
      if (places.length < size) return;
      next = ascending ? last + 1 : first - 1;
    }
    yield* slicesOf(this.all(), ascending, next);
  }

  /** The next emails from a place on (included), the oldest first whichever way they are walked. */
  #mailFrom(bound: number | null, ascending: boolean, size: number): Places {
    const [from, order] = ascending ? (['>=', 'asc'] as const) : (['<=', 'desc'] as const);
    const rows = this.#mail.database.all<{ place: number }>(
      `select place from email where account = ? and place ${from} ? order by place ${order} limit ${size}`,
      this.#mail.account,
      bound ?? (ascending ? 0 : Number.MAX_SAFE_INTEGER),
    );
    const places = rows.map(({ place }) => place);
    return placesFrom(ascending ? places : places.reverse());
  }
}
