import type { CassandraContext } from '../context.ts';
import { grouped, mapAtOnce } from '../directory/at-once.ts';
import { readCells } from './detail.ts';
import { octetsOf } from './reads.ts';
import { changedColumns, type EmailRecord, type LightRow, toLightRow } from './row.ts';
import { isOld, newestOf, type Suspicion } from './verify-fault.ts';

/** A bucket of an account. */
export interface Place {
  readonly accountId: string;
  readonly bucket: number;
}

/** An email's row with the times of its cells. */
export interface TimedRow {
  readonly row: LightRow;
  readonly record: EmailRecord;
}

/** What `email` holds of a bucket. */
export interface HeldRows {
  readonly rows: readonly TimedRow[];
  /** Rows without a head: no emails. */
  readonly leftovers: readonly EmailRecord[];
  /** False when there are more. */
  readonly isWhole: boolean;
}

/** The rows of a bucket as the tables have them, newest first, at most `limit`. */
export async function readRows(
  { session }: CassandraContext,
  { accountId, bucket }: Place,
  limit = Number.POSITIVE_INFINITY,
): Promise<HeldRows> {
  const rows: TimedRow[] = [];
  const leftovers: EmailRecord[] = [];
  const cql = `select ${changedColumns} from email where account = ? and bucket = ?`;
  for await (const records of session.pages<EmailRecord>(cql, [accountId, bucket], 500)) {
    for (const record of records) {
      const row = toLightRow(record);
      if (row) rows.push({ row, record });
      else leftovers.push(record);
    }
    if (rows.length >= limit) return { rows, leftovers, isWhole: false };
  }
  return { rows, leftovers, isWhole: true };
}

/** One email's row as it is now; undefined when it is none any more. */
export async function readRow(
  { session }: CassandraContext,
  { accountId, bucket }: Place,
  id: string,
): Promise<TimedRow | undefined> {
  const record = await session.row<EmailRecord>(
    `select ${changedColumns} from email where account = ? and bucket = ? and id = ?`,
    [accountId, bucket, id],
  );
  const row = record && toLightRow(record);
  return row ? { row, record } : undefined;
}

/** Rows of `email` that are no emails any more. */
export function rowLeftovers(
  context: CassandraContext,
  place: Place,
  leftovers: readonly EmailRecord[],
): Suspicion[] {
  return leftovers.flatMap(record => {
    const writtenAt = newestOf(timesOf(record));
    return isOld(context, writtenAt) ? [leftover(context, { place, id: record.id, table: 'email' })] : [];
  });
}

function timesOf(record: EmailRecord): (bigint | null | undefined)[] {
  const { marks_at, level_at, encrypted_at, unfinished_at, head_at, reworded_at } = record;
  return [...(marks_at ?? []), level_at, encrypted_at, unfinished_at, head_at, reworded_at];
}

/** A row of a table of mail. */
interface RowName {
  readonly place: Place;
  readonly id: string;
  readonly table: 'email' | 'detail';
}

function leftover(context: CassandraContext, name: RowName): Suspicion {
  const { place, id, table } = name;
  const { accountId, bucket } = place;
  /** Time of its newest cell; null when there is none, or it is an email. */
  const writtenAt = async (): Promise<bigint | null> =>
    table === 'email'
      ? await emailLeftoverAt(context, place, id)
      : await detailLeftoverAt(context, place, id);
  return {
    kind: 'rowLeftover',
    accountId,
    detail: `${id}: cells of ${table} behind its destruction`,
    isStill: async () => {
      const at = await writtenAt();
      return at !== null && isOld(context, at);
    },
    mend: async () => {
      const at = await writtenAt();
      if (at === null) return;
      // Not later than what was seen: whatever is written from now on stays.
      const cql = `delete from ${table} where account = ? and bucket = ? and id = ?`;
      await context.session.run(cql, [accountId, bucket, id], at);
    },
  };
}

async function emailLeftoverAt(
  { session }: CassandraContext,
  { accountId, bucket }: Place,
  id: string,
): Promise<bigint | null> {
  const record = await session.row<EmailRecord>(
    `select ${changedColumns} from email where account = ? and bucket = ? and id = ?`,
    [accountId, bucket, id],
  );
  return record && record.head === null ? newestOf(timesOf(record)) : null;
}

interface DetailTimes {
  readonly id: string;
  readonly packing: bigint | null;
  readonly summary: bigint | null;
  readonly findings: bigint | null;
  readonly facts: bigint | null;
  readonly judged: bigint | null;
  readonly words: bigint | null;
  readonly reworded: bigint | null;
}

const detailTimes = `id, writetime(packing) as packing, writetime(summary) as summary,
  writetime(findings) as findings, writetime(facts) as facts, writetime(judged) as judged,
  writetime(words) as words, writetime(reworded) as reworded`;

async function detailLeftoverAt(
  { session }: CassandraContext,
  { accountId, bucket }: Place,
  id: string,
): Promise<bigint | null> {
  const times = await session.row<DetailTimes>(
    `select ${detailTimes} from detail where account = ? and bucket = ? and id = ?`,
    [accountId, bucket, id],
  );
  return times && isNoEmail(times) ? newestOfDetail(times) : null;
}

function isNoEmail({ packing, summary }: DetailTimes): boolean {
  return packing === null && summary === null;
}

function newestOfDetail({ id: _id, ...times }: DetailTimes): bigint | null {
  return newestOf(Object.values(times));
}

/** Rows of `detail` without their email, and emails without theirs. */
export async function detailSuspicions(
  context: CassandraContext,
  place: Place,
  rows: readonly TimedRow[],
): Promise<Suspicion[]> {
  const { accountId, bucket } = place;
  const lacking = new Set(rows.map(({ row }) => row.id));
  const found: Suspicion[] = [];
  const cql = `select ${detailTimes} from detail where account = ? and bucket = ?`;
  const known = new Set(lacking);
  for await (const page of context.session.pages<DetailTimes>(cql, [accountId, bucket], 100)) {
    for (const times of page) {
      if (!isNoEmail(times)) {
        lacking.delete(times.id);
        if (!known.has(times.id)) found.push(unpaired(context, place, times.id));
      } else if (!known.has(times.id) && isOld(context, newestOfDetail(times)))
        found.push(leftover(context, { place, id: times.id, table: 'detail' }));
    }
  }
  return [...found, ...[...lacking].map(id => unpaired(context, place, id))];
}

/** The same for some emails of a bucket alone. */
export async function someDetails(
  context: CassandraContext,
  place: Place,
  rows: readonly TimedRow[],
): Promise<Suspicion[]> {
  const { accountId, bucket } = place;
  const cql = `select ${detailTimes} from detail where account = ? and bucket = ? and id in ?`;
  const ids = rows.map(({ row }) => row.id);
  const parts = await mapAtOnce(grouped(ids, 20), 2, some =>
    context.session.rows<DetailTimes>(cql, [accountId, bucket, some]),
  );
  const found = new Set(parts.flat().flatMap(times => (isNoEmail(times) ? [] : [times.id])));
  return ids.filter(id => !found.has(id)).map(id => unpaired(context, place, id));
}

/** An email's row and its texts are one mutation: one is not there without the other. */
function unpaired(context: CassandraContext, place: Place, id: string): Suspicion {
  return {
    kind: 'emailDamaged',
    accountId: place.accountId,
    detail: `${id}: row or texts alone`,
    isStill: async () => {
      const hasRow = (await readRow(context, place, id)) !== undefined;
      const times = await context.session.row<DetailTimes>(
        `select ${detailTimes} from detail where account = ? and bucket = ? and id = ?`,
        [place.accountId, place.bucket, id],
      );
      return hasRow !== (times !== undefined && !isNoEmail(times));
    },
    mend: null,
  };
}

/** Emails whose octets or texts can't be read. */
export async function damagedEmails(
  context: CassandraContext,
  place: Place,
  rows: readonly TimedRow[],
): Promise<Suspicion[]> {
  const found = await mapAtOnce(rows, 4, async ({ row }) => {
    const why = await damageOf(context, place, row);
    return why === null ? [] : [damaged(context, place, { row, why })];
  });
  return found.flat();
}

function damaged(
  context: CassandraContext,
  place: Place,
  { row, why }: { readonly row: LightRow; readonly why: string },
): Suspicion {
  return {
    kind: 'emailDamaged',
    accountId: place.accountId,
    detail: `${row.id}: ${why}`,
    isStill: async () => {
      const isDamaged = (await damageOf(context, place, row)) !== null;
      return isDamaged && (await readRow(context, place, row.id)) !== undefined;
    },
    mend: null,
  };
}

/** What is wrong with an email that is there; null for nothing. */
async function damageOf(context: CassandraContext, place: Place, row: LightRow): Promise<string | null> {
  const { accountId, bucket } = place;
  try {
    const octets = await octetsOf(context, accountId, row);
    if (octets.byteLength !== row.head.sizeOctets) return 'octets';
    const cells = await context.session.row<Parameters<typeof readCells>[0]>(
      'select summary, findings, facts, judged from detail where account = ? and bucket = ? and id = ?',
      [accountId, bucket, row.id],
    );
    return cells === undefined || readCells(cells).summary === undefined ? 'texts' : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
