import { randomText } from '../../ids.ts';
import type { CassandraContext } from '../context.ts';
import { bucketOf, emailsPerPart, monthOfBucket, partsPerMonth } from './bucket.ts';
import { remember } from './remember.ts';

/** Months of accounts that are remembered. */
const mostKnown = 10_000;
/** What this process knows of an account's parts is looked up again after this long. */
const knownMilliseconds = 60_000;

interface Part {
  part: number;
  /** Emails that others have put in, as far as was read, and those that this process has. */
  others: number;
  own: number;
  readonly readAt: number;
}

interface Slice {
  readonly bucket: number;
  /** How many emails were ever put in, by who has. */
  readonly sizes: Readonly<Record<string, number>> | null;
}

/** Where new emails go: into the last part of their month, until that is full. */
export class Placing {
  readonly #context: CassandraContext;
  readonly #known = new Map<string, Part>();
  /** Each process counts what it puts in itself, so that no count is lost. */
  readonly #writer = randomText(8);

  constructor(context: CassandraContext) {
    this.#context = context;
  }

  /** The parts of a month that have been begun, newest first. */
  async partsOf(accountId: string, month: number): Promise<number[]> {
    const found = await this.#slice(accountId, month);
    return found.map(({ bucket }) => bucket);
  }

  async #slice(accountId: string, month: number): Promise<Slice[]> {
    return await this.#context.session.rows<Slice>(
      'select bucket, sizes from bucket where account = ? and bucket >= ? and bucket < ?',
      [accountId, bucketOf(month, 0), bucketOf(month + 1, 0)],
    );
  }

  /** Learns which part of a month takes new emails. */
  async load(accountId: string, month: number): Promise<void> {
    const key = `${accountId}/${month}`;
    const before = this.#known.get(key);
    if (before && Date.now() - before.readAt <= knownMilliseconds) return;
    const readAt = Date.now();
    const [last] = await this.#slice(accountId, month);
    const part = last ? last.bucket % partsPerMonth : 0;
    const known = this.#known.get(key);
    // This process has begun a part that the list does not show yet.
    if (known && known.part > part) return;
    let others = 0;
    for (const [writer, size] of Object.entries(last?.sizes ?? {}))
      if (writer !== this.#writer) others += size;
    const own = known?.part === part ? known.own : (last?.sizes?.[this.#writer] ?? 0);
    remember(this.#known, key, { part, others, own, readAt }, mostKnown);
  }

  /** The bucket for a new email of a month: its last part, or the next one when that is full. */
  async place(accountId: string, month: number): Promise<number> {
    await this.load(accountId, month);
    const known = this.#known.get(`${accountId}/${month}`) ?? { part: 0, others: 0, own: 0 };
    if (known.others + known.own >= emailsPerPart && known.part < partsPerMonth - 1) {
      known.part += 1;
      known.others = 0;
      known.own = 0;
    }
    known.own += 1;
    return bucketOf(month, known.part);
  }

  /** What this process has put into the bucket, under its name; undefined when it has put nothing in. */
  sizes(accountId: string, bucket: number): Readonly<Record<string, number>> | undefined {
    const known = this.#known.get(`${accountId}/${monthOfBucket(bucket)}`);
    return known?.part === bucket % partsPerMonth ? { [this.#writer]: known.own } : undefined;
  }

  /** Forgets all that is known of an account. */
  forget(accountId: string): void {
    for (const key of this.#known.keys()) if (key.startsWith(`${accountId}/`)) this.#known.delete(key);
  }
}
