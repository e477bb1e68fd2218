import type { types } from 'cassandra-driver';
import type { CassandraContext } from '../context.ts';
import { grouped } from '../directory/at-once.ts';
import { bucketOf, monthOfBucket, monthOfInstant, partsPerMonth } from './bucket.ts';
import type { Bucket, Buckets } from './buckets.ts';
import { countRows, readTally, type Tally } from './tally.ts';
import type { Suspicion } from './verify-fault.ts';
import { type HeldRows, type Place, readRows } from './verify-rows.ts';

/** The cells of a bucket's row that counts hang on. */
interface CountCells {
  readonly changed: types.TimeUuid | null;
  readonly tally: Uint8Array | null;
  readonly tally_of: types.TimeUuid | null;
}

/** The cells as they are now. */
async function readCounts(
  { session }: CassandraContext,
  { accountId, bucket }: Place,
): Promise<CountCells | undefined> {
  return await session.row<CountCells>(
    'select changed, tally, tally_of from bucket where account = ? and bucket = ?',
    [accountId, bucket],
  );
}

/** The count that readers take; null when they count for themselves. */
function keptTally({ changed, tally, tally_of }: CountCells): Tally | null {
  return changed && tally && tally_of?.equals(changed) ? readTally(tally) : null;
}

/** Reads a bucket between two looks at its row. */
export async function readCounted(
  context: CassandraContext,
  place: Place,
  limit?: number,
): Promise<HeldRows & { readonly isMiscounted: boolean }> {
  const before = await readCounts(context, place);
  const held = await readRows(context, place, limit);
  const kept = before && held.isWhole ? keptTally(before) : null;
  if (!before || !kept || isSame(kept, countRows(held.rows.map(({ row }) => row))))
    return { ...held, isMiscounted: false };
  // A change is announced before it is made: without one between both looks the count and the rows belong together.
  const after = await readCounts(context, place);
  return { ...held, isMiscounted: String(after?.changed) === String(before.changed) };
}

/** A kept count that is not what is there. */
export function miscounted(
  context: CassandraContext,
  place: Place,
  buckets: Pick<Buckets, 'announceAgain'>,
): Suspicion {
  return {
    kind: 'bucketCount',
    accountId: place.accountId,
    detail: `bucket ${place.bucket}`,
    isStill: async () => (await readCounted(context, place)).isMiscounted,
    // Every process counts anew behind a change, also one that has the count in memory.
    mend: () => buckets.announceAgain(place.accountId, [place.bucket]),
  };
}

function isSame(one: Tally, other: Tally): boolean {
  return sorted(one) === sorted(other);
}

/** The tally as a text that does not depend on the order in which emails were counted. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** Parts of a month behind the last one that is listed in which emails are looked for. */
const partsAhead = 2;
const bucketsAtOnce = 50;

/** Buckets that hold emails and that the account's list does not name. */
export async function missingBuckets(
  context: CassandraContext,
  accountId: string,
  list: readonly Pick<Bucket, 'bucket'>[],
): Promise<Suspicion[]> {
  const found: Suspicion[] = [];
  const cql = 'select bucket from email where account = ? and bucket in ? per partition limit 1';
  for (const some of grouped(unlisted(context, list), bucketsAtOnce)) {
    const rows = await context.session.rows<{ bucket: number }>(cql, [accountId, some]);
    for (const { bucket } of rows) found.push(missing(context, { accountId, bucket }));
  }
  return found;
}

/** Where emails could lie unlisted: of each month the parts before and just behind those that are listed. */
function unlisted(context: CassandraContext, list: readonly Pick<Bucket, 'bucket'>[]): number[] {
  const listed = new Set(list.map(({ bucket }) => bucket));
  const lastParts = new Map<number, number>();
  for (const bucket of listed) {
    const month = monthOfBucket(bucket);
    lastParts.set(month, Math.max(lastParts.get(month) ?? 0, bucket % partsPerMonth));
  }
  const places: number[] = [];
  for (let month = 0; month <= monthOfInstant(context.clock.now()) + 1; month++) {
    const last = lastParts.get(month) ?? -partsAhead;
    for (let part = 0; part <= Math.max(0, last + partsAhead); part++)
      if (!listed.has(bucketOf(month, part))) places.push(bucketOf(month, part));
  }
  return places;
}

/** A bucket is announced before its first email is written. */
function missing(context: CassandraContext, place: Place): Suspicion {
  const { accountId, bucket } = place;
  const { session, clock } = context;
  const lacks = async (): Promise<number> => {
    if ((await readCounts(context, place))?.changed) return 0;
    return (await readRows(context, place)).rows.length;
  };
  return {
    kind: 'bucketMissing',
    accountId,
    detail: `bucket ${bucket}`,
    isStill: async () => (await lacks()) > 0,
    mend: async () => {
      const size = await lacks();
      if (size === 0) return;
      const changed = session.timeId(clock.now());
      await session.run('update bucket set changed = ?, sizes = sizes + ? where account = ? and bucket = ?', [
        changed,
        { rebuilt: size },
        accountId,
        bucket,
      ]);
    },
  };
}
