import type { types } from 'cassandra-driver';
import type { CassandraContext } from '../context.ts';
import type { Statement } from '../session.ts';
import type { Placing } from './placing.ts';
import { remember } from './remember.ts';
import { type EmailRecord, type LightRow, lightColumns, toLightRow } from './row.ts';
import { isSettled } from './settled.ts';

import { addUp, type Books, countRows, readTally, sumUp, type Tally, writeTally } from './tally.ts';

/** A bucket of an account, as the account's list names it. */
export interface Bucket {
  readonly bucket: number;
  /** When the last change of its emails was announced, before it was made; null: never. */
  readonly changed: types.TimeUuid | null;
  /** The `changed` that the stored tally counts. */
  readonly tally_of: types.TimeUuid | null;
}

/** For so long an announcement of this process holds for its next changes, too. */
const holdMilliseconds = 3000;
/** A change that took longer than this is announced again. */
export const slowMilliseconds = 5000;

/** Light rows of settled buckets kept in memory at most. */
const cachedRows = 100_000;
const cachedTallies = 2000;
const cachedAnnouncements = 10_000;

interface Counted<T> {
  readonly changed: string;
  readonly value: T;
}

/** The buckets of accounts: which there are, what is in them, and counts that need not be counted again. */
export class Buckets {
  readonly #context: CassandraContext;
  readonly #placing: Placing;
  readonly #rows = new Map<string, Counted<readonly LightRow[]>>();
  #held = 0;
  readonly #tallies = new Map<string, Counted<Tally>>();
  /** When this process last announced a change of a bucket. */
  readonly #announced = new Map<string, { readonly began: number; readonly instant: number }>();

  constructor(context: CassandraContext, placing: Placing) {
    this.#context = context;
    this.#placing = placing;
  }

  /** The account's buckets, newest first; of one month the parts in descending order. */
  async list(accountId: string): Promise<Bucket[]> {
    return await this.#context.session.rows<Bucket>(
      'select bucket, changed, tally_of from bucket where account = ?',
      [accountId],
    );
  }

  /**
   * Announces a change of a bucket's emails, before it is made: from now on its old count holds no more. Gives the
   * statement, null when an announcement of a moment ago still holds. Once it is written, `noteAnnounced` is called.
   */
  announce(accountId: string, bucket: number): Statement | null {
    if (this.#isHeld(`${accountId}/${bucket}`)) return null;
    const sizes = this.#placing.sizes(accountId, bucket);
    const changed = this.#context.session.timeId(this.#context.clock.now());
    return {
      cql: `update bucket set changed = ?${sizes ? ', sizes = sizes + ?' : ''} where account = ? and bucket = ?`,
      values: [changed, ...(sizes ? [sizes] : []), accountId, bucket],
    };
  }

  /** By the time that has passed, and by the clock that readers go by: it may have been set. */
  #isHeld(key: string): boolean {
    const last = this.#announced.get(key);
    if (!last) return false;
    const byClock = Math.abs(this.#context.clock.now().getTime() - last.instant);
    return performance.now() - last.began < holdMilliseconds && byClock < holdMilliseconds;
  }

  /** `began`: `performance.now()` before the announcement was written. */
  noteAnnounced(accountId: string, bucket: number, began: number): void {
    const instant = this.#context.clock.now().getTime();
    remember(this.#announced, `${accountId}/${bucket}`, { began, instant }, cachedAnnouncements);
  }

  /** Announces changes of some buckets, at once and again when they have taken long. */
  async whileChanging<T>(accountId: string, buckets: Iterable<number>, work: () => Promise<T>): Promise<T> {
    const all = [...new Set(buckets)];
    const began = performance.now();
    await this.#announceAll(accountId, all);
    try {
      return await work();
    } finally {
      if (performance.now() - began > slowMilliseconds) await this.announceAgain(accountId, all);
    }
  }

  /** For changes that have taken so long that what was announced before them may count as settled soon. */
  async announceAgain(accountId: string, buckets: readonly number[]): Promise<void> {
    for (const bucket of buckets) this.#announced.delete(`${accountId}/${bucket}`);
    await this.#announceAll(accountId, buckets);
  }

  async #announceAll(accountId: string, buckets: readonly number[]): Promise<void> {
    const began = performance.now();
    const statements = buckets.flatMap(bucket => this.announce(accountId, bucket) ?? []);
    if (statements.length === 0) return;
    await this.#context.session.together(statements);
    for (const bucket of buckets) this.noteAnnounced(accountId, bucket, began);
  }

  /** Light rows of a bucket in pieces, newest first unless `ascending`. */
  async *rows(accountId: string, bucket: Bucket, ascending = false): AsyncGenerator<readonly LightRow[]> {
    const key = `${accountId}/${bucket.bucket}`;
    const known = this.#rows.get(key);
    if (known && known.changed === String(bucket.changed)) {
      this.#rows.delete(key);
      this.#rows.set(key, known);
      yield ascending ? known.value.toReversed() : known.value;
      return;
    }
    const startedAt = this.#context.clock.now().getTime();
    const all: LightRow[] = [];
    const { session } = this.#context;
    const order = ascending ? 'order by id asc' : 'order by id desc';
    const cql = `select ${lightColumns} from email where account = ? and bucket = ? ${order}`;
    for await (const records of session.pages<EmailRecord>(cql, [accountId, bucket.bucket], 100)) {
      const rows = records.flatMap(record => toLightRow(record) ?? []);
      all.push(...rows);
      yield rows;
    }
    if (isSettled(bucket, startedAt)) this.#keep(key, bucket, ascending ? all.reverse() : all);
  }

  #keep(key: string, { changed }: Bucket, rows: readonly LightRow[]): void {
    if (rows.length > cachedRows / 4) return;
    this.#drop(key);
    this.#rows.set(key, { changed: String(changed), value: rows });
    this.#held += rows.length;
    for (const oldest of this.#rows.keys()) {
      if (this.#held <= cachedRows) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#held -= this.#rows.get(key)?.value.length ?? 0;
    this.#rows.delete(key);
  }

  /** All light rows of a bucket, newest first. */
  async allRows(accountId: string, bucket: Bucket): Promise<LightRow[]> {
    const all: LightRow[] = [];
    for await (const rows of this.rows(accountId, bucket)) all.push(...rows);
    return all;
  }

  /** Counts of these buckets, in their order: kept ones where they hold, else counted now. */
  async tallies(accountId: string, buckets: readonly Bucket[]): Promise<Tally[]> {
    const stored = await this.#stored(
      accountId,
      buckets.filter(bucket => !this.#known(accountId, bucket)),
    );
    const found: Tally[] = [];
    for (const bucket of buckets) {
      found.push(
        this.#known(accountId, bucket) ?? stored.get(bucket.bucket) ?? (await this.#count(accountId, bucket)),
      );
    }
    return found;
  }

  /** The count of a bucket if none has to be made for it; for whoever may skip the bucket then. */
  async kept(accountId: string, buckets: readonly Bucket[]): Promise<ReadonlyMap<number, Tally>> {
    const stored = await this.#stored(
      accountId,
      buckets.filter(bucket => !this.#known(accountId, bucket)),
    );
    const kept = new Map(stored);
    for (const bucket of buckets) {
      const known = this.#known(accountId, bucket);
      if (known) kept.set(bucket.bucket, known);
    }
    return kept;
  }

  /** The sums alone, which cost no adding up of threads and discussions. */
  async sums(accountId: string): Promise<Pick<Books, 'emails' | 'octets' | 'sealed'>> {
    return sumUp(await this.tallies(accountId, await this.list(accountId)));
  }

  async books(accountId: string): Promise<Books> {
    return addUp(await this.tallies(accountId, await this.list(accountId)));
  }

  #known(accountId: string, bucket: Bucket): Tally | undefined {
    const known = this.#tallies.get(`${accountId}/${bucket.bucket}`);
    return known && known.changed === String(bucket.changed) ? known.value : undefined;
  }

  async #stored(accountId: string, buckets: readonly Bucket[]): Promise<Map<number, Tally>> {
    const wanted = buckets.filter(({ changed, tally_of }) => changed && tally_of && changed.equals(tally_of));
    const found = new Map<number, Tally>();
    if (wanted.length === 0) return found;
    const rows = await this.#context.session.rows<{
      bucket: number;
      tally: Uint8Array;
      tally_of: types.TimeUuid;
    }>('select bucket, tally, tally_of from bucket where account = ? and bucket in ?', [
      accountId,
      wanted.map(({ bucket }) => bucket),
    ]);
    for (const { bucket, tally, tally_of } of rows) {
      const asked = wanted.find(candidate => candidate.bucket === bucket);
      const read = tally && asked?.changed?.equals(tally_of) ? readTally(tally) : null;
      if (!read) continue;
      found.set(bucket, read);
      remember(
        this.#tallies,
        `${accountId}/${bucket}`,
        { changed: String(tally_of), value: read },
        cachedTallies,
      );
    }
    return found;
  }

  async #count(accountId: string, bucket: Bucket): Promise<Tally> {
    const startedAt = this.#context.clock.now().getTime();
    const tally = countRows(await this.allRows(accountId, bucket));
    if (isSettled(bucket, startedAt)) {
      remember(
        this.#tallies,
        `${accountId}/${bucket.bucket}`,
        { changed: String(bucket.changed), value: tally },
        cachedTallies,
      );
      this.#store(accountId, bucket, tally);
    }
    return tally;
  }

  /** Kept for all processes; when it can't be, they count for themselves. */
  #store(accountId: string, { bucket, changed }: Bucket, tally: Tally): void {
    this.#context.session
      .run('update bucket set tally = ?, tally_of = ? where account = ? and bucket = ?', [
        writeTally(tally),
        changed,
        accountId,
        bucket,
      ])
      .catch(() => undefined);
  }

  /** Forgets all that is known of an account. */
  forget(accountId: string): void {
    this.#placing.forget(accountId);
    for (const map of [this.#tallies, this.#announced]) {
      for (const key of map.keys()) if (key.startsWith(`${accountId}/`)) map.delete(key);
    }
    for (const key of [...this.#rows.keys()]) if (key.startsWith(`${accountId}/`)) this.#drop(key);
  }
}
