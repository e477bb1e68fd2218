import type { CassandraContext } from '../context.ts';
import { bucketOf, emailsPerPart, monthOfBucket, partsPerMonth } from './bucket.ts';
import { remember } from './remember.ts';

/** Months of accounts that are remembered. */
const mostKnown = 10_000;
/** What this process knows of an account's parts is looked up again after this long. */
const knownMilliseconds = 60_000;

interface Part {
  part: number;
  /** About how many emails were ever put in. */
  size: number;
  readonly readAt: number;
}

/** Where new emails go: into the last part of their month, until that is full. */
export class Placing {
  readonly #context: CassandraContext;
  readonly #known = new Map<string, Part>();

  constructor(context: CassandraContext) {
    this.#context = context;
  }

  /** The parts of a month that have been begun, newest first. */
  async partsOf(accountId: string, month: number): Promise<number[]> {
    const found = await this.#slice(accountId, month);
    return found.map(({ bucket }) => bucket);
  }

  async #slice(accountId: string, month: number): Promise<{ bucket: number; size: number | null }[]> {
    return await this.#context.session.rows(
      'select bucket, size from bucket where account = ? and bucket >= ? and bucket < ?',
      [accountId, bucketOf(month, 0), bucketOf(month + 1, 0)],
    );
  }

  /** Learns which part of a month takes new emails. */
  async load(accountId: string, month: number): Promise<void> {
    const key = `${accountId}/${month}`;
    const known = this.#known.get(key);
    if (known && Date.now() - known.readAt <= knownMilliseconds) return;
    const readAt = Date.now();
    const [last] = await this.#slice(accountId, month);
    const part = last ? last.bucket % partsPerMonth : 0;
    const now = this.#known.get(key);
    // Others may have added, here and elsewhere, while this was read.
    const size = now?.part === part ? Math.max(now.size, last?.size ?? 0) : (last?.size ?? 0);
    if (now && now.part > part) return;
    remember(this.#known, key, { part, size, readAt }, mostKnown);
  }

  /** The bucket for a new email of a month: its last part, or the next one when that is full. */
  async place(accountId: string, month: number): Promise<number> {
    await this.load(accountId, month);
    const known = this.#known.get(`${accountId}/${month}`) ?? { part: 0, size: 0, readAt: 0 };
    if (known.size >= emailsPerPart && known.part < partsPerMonth - 1) {
      known.part += 1;
      known.size = 0;
    }
    known.size += 1;
    return bucketOf(month, known.part);
  }

  /** How many emails the bucket has, as far as this process knows; undefined when it has put none in. */
  sizeOf(accountId: string, bucket: number): number | undefined {
    const known = this.#known.get(`${accountId}/${monthOfBucket(bucket)}`);
    return known?.part === bucket % partsPerMonth ? known.size : undefined;
  }

  /** Forgets all that is known of an account. */
  forget(accountId: string): void {
    for (const key of this.#known.keys()) if (key.startsWith(`${accountId}/`)) this.#known.delete(key);
  }
}
