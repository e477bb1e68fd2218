import type { CassandraContext } from '../context.ts';
import { grouped, mapAtOnce } from '../directory/at-once.ts';
import { readCells } from './detail.ts';
import { type DetailTimes, detailTimes, timesOfDetail } from './detail-times.ts';
import { octetsOf } from './reads.ts';
import { changedColumns, type EmailRecord, type LightRow, toLightRow } from './row.ts';
import type { EmailLog } from './verify-chunks.ts';
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
  const { marks_at, level_at, importance_at, encrypted_at, unfinished_at, head_at, reworded_at } = record;
  return [...(marks_at ?? []), level_at, importance_at, encrypted_at, unfinished_at, head_at, reworded_at];
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
    detail: `${id}: cells of ${table} without an email`,
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

async function detailLeftoverAt(context: CassandraContext, place: Place, id: string): Promise<bigint | null> {
  const { accountId, bucket } = place;
  const times = await context.session.row<DetailTimes>(
    `select ${detailTimes} from detail where account = ? and bucket = ? and id = ?`,
    [accountId, bucket, id],
  );
  if (!times || (await readRow(context, place, id))) return null;
  return newestOfDetail(times);
}

function isNoEmail({ packing, summary }: DetailTimes): boolean {
  return packing === null && summary === null;
}

function newestOfDetail(times: DetailTimes): bigint | null {
  return newestOf(timesOfDetail(times));
}

/** Rows of `detail` without their email, and emails without theirs. */
export async function detailSuspicions(
  context: CassandraContext,
  place: Place,
  { rows, log }: { readonly rows: readonly TimedRow[]; readonly log: EmailLog },
): Promise<Suspicion[]> {
  const { accountId, bucket } = place;
  const known = new Set(rows.map(({ row }) => row.id));
  const lacking = new Set(known);
  const found: Suspicion[] = [];
  const cql = `select ${detailTimes} from detail where account = ? and bucket = ?`;
  for await (const page of context.session.pages<DetailTimes>(cql, [accountId, bucket], 100)) {
    for (const times of page) {
      if (!isNoEmail(times)) lacking.delete(times.id);
      // A delivery may write texts and octets first.
      if (known.has(times.id) || !isOld(context, newestOfDetail(times))) continue;
      found.push(
        isNeverCome(times, log)
          ? leftover(context, { place, id: times.id, table: 'detail' })
          : unpaired(context, place, { id: times.id, lacks: 'row' }),
      );
    }
  }
  return [...found, ...[...lacking].map(id => unpaired(context, place, { id, lacks: 'texts' }))];
}

/** Whether texts without an email are surely of one that was never told of, or was destroyed. */
function isNeverCome(times: DetailTimes, { since, created, destroyed }: EmailLog): boolean {
  if (isNoEmail(times) || destroyed.has(times.id)) return true;
  return (times.packing ?? 0n) > since && !created.has(times.id);
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
  return ids.filter(id => !found.has(id)).map(id => unpaired(context, place, { id, lacks: 'texts' }));
}

/** Texts are written before their email's row, or with it, and go with it. */
function unpaired(
  context: CassandraContext,
  place: Place,
  { id, lacks }: { readonly id: string; readonly lacks: 'row' | 'texts' },
): Suspicion {
  return {
    kind: 'emailDamaged',
    accountId: place.accountId,
    detail: `${id}: without its ${lacks}`,
    isStill: async () => {
      const times = await context.session.row<DetailTimes>(
        `select ${detailTimes} from detail where account = ? and bucket = ? and id = ?`,
        [place.accountId, place.bucket, id],
      );
      const hasTexts = times !== undefined && !isNoEmail(times);
      const hasRow = (await readRow(context, place, id)) !== undefined;
      return lacks === 'row' ? hasTexts && !hasRow : hasRow && !hasTexts;
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
