import { types } from 'cassandra-driver';
import { decodeCursor, encodeCursor, pageSize } from '../../page.ts';
import type { AuditEntry, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { forEver } from './making-end.ts';
import { type AccountRecord, requireAccount } from './rows.ts';

interface AuditRow {
  readonly at: types.TimeUuid;
  readonly moment: Date;
  readonly actor: string;
  readonly action: string;
  readonly detail: string;
}

/** Months since 1970 (UTC): a month of an account's entries is a partition. */
function auditMonth(instant: Date): number {
  return (instant.getUTCFullYear() - 1970) * 12 + instant.getUTCMonth();
}

/** `Directory.appendAudit`. */
export async function appendAudit(
  { session, clock }: CassandraContext,
  accountId: string,
  entry: AuditEntry,
): Promise<void> {
  await requireAccount(session, accountId);
  const now = clock.now();
  await session.run(
    'insert into audit (account, month, at, moment, actor, action, detail) values (?, ?, ?, ?, ?, ?, ?)',
    [
      accountId,
      auditMonth(now),
      session.timeId(now),
      entry.at,
      entry.actor,
      entry.action,
      JSON.stringify(entry.detail),
    ],
  );
}

/** Months that are read at once, once the newest one did not fill the page. */
const monthsAtOnce = 12;

/** `Directory.listAudit`. */
export async function listAudit(
  { session, clock }: CassandraContext,
  accountId: string,
  page: PageRequest = {},
): Promise<Page<AuditEntry>> {
  const limit = pageSize(page);
  const cursor = decodeCursor(page);
  const account = await requireAccount(session, accountId);
  const before = cursor === null ? null : String(cursor[1]);
  const first = firstMonth(account);
  const rows: (AuditRow & { month: number })[] = [];
  let next = cursor === null ? lastMonth(clock.now()) : Number(cursor[0]);
  for (let width = 1; next >= first && rows.length <= limit; width = monthsAtOnce) {
    const months = Array.from(
      { length: Math.min(width, next - first + 1) },
      (_unused, index) => next - index,
    );
    const part = { accountId, before: rows.length === 0 ? before : null, limit: limit + 1 };
    rows.push(...(await Promise.all(months.map(month => readMonth(session, month, part)))).flat());
    next -= months.length;
  }
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last ? encodeCursor([last.month, last.at.toString()]) : null;
  return { items: shown.map(toEntry), next: more };
}

/** Another process's clock may be a little ahead, or it was when the account was made. */
const skewMilliseconds = 60_000;

function firstMonth({ created }: AccountRecord): number {
  return auditMonth(new Date(created.getTime() - skewMilliseconds));
}

function lastMonth(now: Date): number {
  return auditMonth(new Date(now.getTime() + skewMilliseconds));
}

async function readMonth(
  session: Session,
  month: number,
  {
    accountId,
    before,
    limit,
  }: { readonly accountId: string; readonly before: string | null; readonly limit: number },
): Promise<(AuditRow & { month: number })[]> {
  const select = 'select at, moment, actor, action, detail from audit where account = ? and month = ?';
  const rows =
    before === null
      ? await session.rows<AuditRow>(`${select} limit ?`, [accountId, month, limit])
      : await session.rows<AuditRow>(`${select} and at < ? limit ?`, [
          accountId,
          month,
          types.TimeUuid.fromString(before),
          limit,
        ]);
  return rows.map(row => ({ ...row, month }));
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    at: row.moment,
    actor: row.actor,
    action: row.action,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}

/** Erases all entries of an account. */
export async function eraseAudit(
  { session, clock }: CassandraContext,
  account: AccountRecord,
): Promise<void> {
  const timestamp = forEver(session);
  for (let month = firstMonth(account); month <= lastMonth(clock.now()); month++)
    await session.run('delete from audit where account = ? and month = ?', [account.id, month], timestamp);
}
