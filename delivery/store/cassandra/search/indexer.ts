import type { CassandraContext } from '../context.ts';
import { type Block, blockLayout, microsOf, readBlock } from './block.ts';
import { buildBlock } from './build.ts';
import { dueIn, type Standing } from './due.ts';
import { type BlockRow, dropGeneration, readBlockRow } from './generations.ts';
import { type BucketKey, findCover } from './lookup.ts';

/** A generation that is not in use after this long was left behind by a builder that has ended. */
const abandonedMilliseconds = 10 * 60_000;
/** Somebody else is at work: the bucket is looked at again after this long. */
const busyMilliseconds = 60_000;

/**
 * Looks at a bucket, and builds its block where that is due. Gives in how many milliseconds it should be looked at
 * again; null when there is nothing to come.
 */
export async function tendBucket(
  context: CassandraContext,
  where: BucketKey,
  signal?: AbortSignal,
): Promise<number | null> {
  const { session, clock } = context;
  const row = await readBlockRow(session, where);
  if (row.changed === null) return null;
  const block = readBlock(row.block);
  // What newer code has built is its own business.
  if (block && block.layout > blockLayout) return null;
  if (await isBeingBuilt(context, where, row)) return busyMilliseconds;
  const due = dueIn(await standingOf(context, where, block), clock.now().getTime());
  if (due !== 0) return due;
  return (await buildBlock(context, where, { signal })) ? null : busyMilliseconds;
}

/** Also deletes generations that were left behind. */
async function isBeingBuilt(
  { session }: CassandraContext,
  where: BucketKey,
  { block, generations }: BlockRow,
): Promise<boolean> {
  const current = readBlock(block)?.generation;
  let isBuilt = false;
  for (const generation of generations) {
    if (generation === current) continue;
    const age = (session.micros() - microsOf(generation)) / 1000n;
    if (age < abandonedMilliseconds) isBuilt = true;
    else await dropGeneration(session, where, generation);
  }
  return isBuilt;
}

async function standingOf(
  { session }: CassandraContext,
  where: BucketKey,
  block: Block | null,
): Promise<Standing> {
  const { accountId, bucket } = where;
  const isReadable = block !== null && block.layout === blockLayout;
  const cover = isReadable ? await findCover(session, { accountId, bucket, block }) : null;
  const covered = new Map(cover?.ids.map(id => [id, cover.reworded[id] ?? null]));
  const cql = 'select id, reworded, writetime(head) as head_at from email where account = ? and bucket = ?';
  let [held, current] = [0, 0];
  for await (const rows of session.pages<EmailRow>(cql, [accountId, bucket])) {
    for (const { id, reworded, head_at } of rows) {
      // Without a head it is no email, but what a change wrote behind its destruction.
      if (head_at === null) continue;
      held += 1;
      if (covered.get(id) === reworded) current += 1;
    }
  }
  // What can't be read is lost as a whole.
  const isUnread = block !== null && cover === null;
  return {
    tail: held - current,
    lost: isUnread ? 1 : covered.size - current,
    builtAt: cover ? (block?.builtAt ?? null) : null,
  };
}

interface EmailRow {
  readonly id: string;
  readonly reworded: string | null;
  readonly head_at: bigint | null;
}

/** Builds blocks in the background. */
export interface Indexer {
  /** Emails of the bucket were delivered, reworded or destroyed, or a search found it behind. Costs next to nothing. */
  note(accountId: string, bucket: number): void;
  /** Ends the work under way, and begins none. */
  stop(): Promise<void>;
}

/** How fast an indexer works. */
export interface IndexerPace {
  /** From the first note of a bucket to the look at it; so long nobody looks at it again. */
  readonly settleMilliseconds: number;
  /** From the end of one look to the next. */
  readonly restMilliseconds: number;
}

const usualPace: IndexerPace = { settleMilliseconds: 30_000, restMilliseconds: 250 };
/** Buckets that wait at most: others are noted again by their next email or search. */
const mostWaiting = 20_000;
/** A bucket that fails waits twice as long each time, at most this many times. */
const mostDoublings = 7;

/** Begins to tend the buckets that are noted, one at a time. */
export function openIndexer(context: CassandraContext, pace: IndexerPace = usualPace): Indexer {
  return new BackgroundIndexer(context, pace);
}

interface Waiting extends BucketKey {
  /** In the time of `performance.now()`. */
  readonly at: number;
  readonly failures: number;
}

class BackgroundIndexer implements Indexer {
  readonly #context: CassandraContext;
  readonly #pace: IndexerPace;
  readonly #waiting = new Map<string, Waiting>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #timerAt = 0;
  #work: Promise<void> | null = null;

  constructor(context: CassandraContext, pace: IndexerPace) {
    this.#context = context;
    this.#pace = pace;
  }

  note(accountId: string, bucket: number): void {
    this.#add({ accountId, bucket }, this.#pace.settleMilliseconds, 0);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#waiting.clear();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#work;
  }

  /** A bucket that waits already is looked at when it would have been, or sooner. */
  #add(bucket: BucketKey, milliseconds: number, failures: number): void {
    if (this.#abort.signal.aborted || this.#waiting.size >= mostWaiting) return;
    const name = `${bucket.accountId}/${bucket.bucket}`;
    const at = performance.now() + milliseconds;
    const known = this.#waiting.get(name);
    if (known && known.at <= at) return;
    this.#waiting.set(name, { ...bucket, at, failures });
    if (!this.#timer || at < this.#timerAt) this.#schedule();
  }

  #schedule(): void {
    if (this.#work || this.#abort.signal.aborted) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const next = this.#next();
    if (!next) return;
    const wait = Math.max(this.#pace.restMilliseconds, next.at - performance.now());
    this.#timerAt = next.at;
    this.#timer = setTimeout(() => this.#begin(next), wait).unref();
  }

  #next(): Waiting | null {
    let next: Waiting | null = null;
    for (const waiting of this.#waiting.values()) if (!next || waiting.at < next.at) next = waiting;
    return next;
  }

  #begin(bucket: Waiting): void {
    this.#timer = null;
    this.#waiting.delete(`${bucket.accountId}/${bucket.bucket}`);
    this.#work = this.#tend(bucket).finally(() => {
      this.#work = null;
      this.#schedule();
    });
  }

  async #tend({ accountId, bucket, failures }: Waiting): Promise<void> {
    const where = { accountId, bucket };
    try {
      const again = await tendBucket(this.#context, where, this.#abort.signal);
      if (again !== null) this.#add(where, Math.max(again, this.#pace.settleMilliseconds), 0);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#context.log.warn({ accountId, bucket, cause: String(error) }, 'searchIndexFailed');
      const doublings = Math.min(failures, mostDoublings);
      this.#add(where, this.#pace.settleMilliseconds * 2 ** doublings, failures + 1);
    }
  }
}
