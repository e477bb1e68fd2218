import type { CassandraContext } from '../context.ts';
import type { ReadParts } from './reads.ts';
import type { LightRow } from './row.ts';

/** `Mail.getLearned`. */
export async function getLearned(
  { context, emails }: Pick<ReadParts, 'context' | 'emails'>,
  accountId: string,
  id: string,
): Promise<Uint8Array | null> {
  const [, rows] = await Promise.all([emails.account(accountId), emails.find(accountId, [id])]);
  const row = rows.get(id);
  if (!row) return null;
  const cells = await context.session.row<{ learned: Uint8Array | null }>(
    `select learned from detail ${where}`,
    [accountId, row.bucket, id],
  );
  return cells?.learned ? new Uint8Array(cells.learned) : null;
}

const where = 'where account = ? and bucket = ? and id = ?';

/** What was learned of an email in place of what was; null for nothing. */
export interface LearnedChange {
  readonly row: Pick<LightRow, 'bucket' | 'id'>;
  readonly learned: Uint8Array | null;
}

/** Keeps it, later than what it replaces. It is no news to anybody: lists and counts stay. */
export async function writeLearned(
  { session }: CassandraContext,
  accountId: string,
  { row, learned }: LearnedChange,
): Promise<void> {
  const key = [accountId, row.bucket, row.id];
  const known = await session.row<{ written: bigint | null }>(
    `select writetime(learned) as written from detail ${where}`,
    key,
  );
  await session.run(
    `update detail set learned = ? ${where}`,
    [learned && Buffer.from(learned), ...key],
    session.micros([known?.written]),
  );
}
