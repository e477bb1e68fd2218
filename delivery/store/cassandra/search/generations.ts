import type { types } from 'cassandra-driver';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { microsOf, readBlock } from './block.ts';
import type { BucketKey } from './lookup.ts';

/** What a bucket's row says of its block. */
export interface BlockRow {
  /** Null: the bucket is not there, or not any more. */
  readonly changed: types.TimeUuid | null;
  /** The block in use. */
  readonly block: string | null;
  /** When that was written, in microseconds. */
  readonly block_at: bigint | null;
  /** All generations of which there may be rows: each is noted before its first row, and taken out behind its last. */
  readonly generations: readonly string[];
}

/** The row as it is now. */
export async function readBlockRow(session: Session, { accountId, bucket }: BucketKey): Promise<BlockRow> {
  const row = await session.row<{
    changed: types.TimeUuid | null;
    block: string | null;
    block_at: bigint | null;
    block_generations: readonly string[] | null;
  }>(
    `select changed, block, writetime(block) as block_at, block_generations from bucket
     where account = ? and bucket = ?`,
    [accountId, bucket],
  );
  return {
    changed: row?.changed ?? null,
    block: row?.block ?? null,
    block_at: row?.block_at ?? null,
    generations: row?.block_generations ?? [],
  };
}

/** Notes a generation before its first row is written. */
export async function noteGeneration(
  session: Session,
  { accountId, bucket }: BucketKey,
  generation: string,
): Promise<void> {
  await session.run(
    'update bucket set block_generations = block_generations + ? where account = ? and bucket = ?',
    [[generation], accountId, bucket],
    microsOf(generation),
  );
}

/** Deletes all rows of a generation, those that somebody still writes of it included. */
export async function dropGeneration(
  session: Session,
  { accountId, bucket }: BucketKey,
  generation: string,
): Promise<void> {
  // The clock of whoever wrote them may be ahead of ours.
  const micros = session.micros([microsOf(generation)]);
  await session.run(
    'delete from posting where account = ? and bucket = ? and generation = ?',
    [accountId, bucket, generation],
    micros,
  );
  await session.run(
    'update bucket set block_generations = block_generations - ? where account = ? and bucket = ?',
    [[generation], accountId, bucket],
    micros,
  );
}

const bucketsAtOnce = 8;

/**
 * Deletes what these buckets of an account are searched by. For erasing: it must come behind the deletion of their
 * emails' words, so that no builder reads them from now on, and before the buckets' own rows go, which name what must
 * be deleted.
 */
export async function eraseSearch(
  { session }: CassandraContext,
  accountId: string,
  buckets: readonly number[],
): Promise<void> {
  const erase = async (bucket: number): Promise<void> => {
    const where = { accountId, bucket };
    const { block, generations } = await readBlockRow(session, where);
    const current = readBlock(block)?.generation;
    for (const generation of new Set([...generations, ...(current ? [current] : [])]))
      await dropGeneration(session, where, generation);
  };
  for (let from = 0; from < buckets.length; from += bucketsAtOnce)
    await Promise.all(buckets.slice(from, from + bucketsAtOnce).map(erase));
}
