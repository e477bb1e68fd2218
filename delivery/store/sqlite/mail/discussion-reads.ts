import type { Level } from '../../../privacy/shape.ts';
import { decodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type { Discussion, EmailRow, Page, PageRequest } from '../../store.ts';
import type { Database } from '../database.ts';
import type { ReadContext } from '../threads/context.ts';
import { readAccount } from './account-reads.ts';
import { type EmailRecord, idOf } from './email-rows.ts';
import { toRow } from './reads.ts';

/** Columns of `discussionColumns`. */
export interface DiscussionRow {
  readonly key: string;
  readonly participants: string;
  readonly emails: number;
  readonly unread: number;
  readonly place: number;
  readonly tail: string;
  readonly received_at: number;
  readonly level: Level | null;
}

/** Of a discussion `d` and the email `e` that shows it. */
export const discussionColumns =
  'd.key, d.participants, d.emails, d.unread, e.place, e.tail, e.received_at, e.level';

/** A discussion as the row of a list. */
export function toDiscussion(row: DiscussionRow): Discussion {
  return {
    key: row.key,
    participants: JSON.parse(row.participants) as string[],
    lastEmailId: idOf(row),
    lastReceivedAt: new Date(row.received_at),
    totalEmails: row.emails,
    unreadEmails: row.unread,
    level: row.level,
  };
}

export function getDiscussions(
  context: ReadContext,
  accountId: string,
  keys: readonly string[],
): Discussion[] {
  return readAccount(context, accountId, (database, { number }) =>
    keys.slice(0, maxPage).flatMap(key => {
      const row = database.get<DiscussionRow>(
        `select ${discussionColumns} from discussion d cross join email e on e.account = d.account and e.place = d.last_place
         where d.account = ? and d.key = ?`,
        number,
        key,
      );
      return row ? [toDiscussion(row)] : [];
    }),
  );
}

export function listDiscussionEmails(
  context: ReadContext,
  accountId: string,
  key: string,
  page: PageRequest = {},
): Page<EmailRow> {
  return readAccount(context, accountId, (database, { number }) => {
    const limit = pageSize(page);
    const rows = database.all<EmailRecord>(
      `select * from email indexed by email_discussion
       where account = ? and discussion = ? and place < ? order by place desc limit ?`,
      number,
      key,
      Number(decodeCursor(page)?.[0] ?? Number.MAX_SAFE_INTEGER),
      limit + 1,
    );
    return toPage(rows, limit, toRow, last => [last.place]);
  });
}

export function discussionHabit(context: ReadContext, accountId: string, key: string): number | null {
  return readAccount(context, accountId, (database, { number }) => habitOf(database, number, key));
}

/** Share of the discussion's last 20 emails that are encrypted, null for none. */
export function habitOf(database: Database, account: number, key: string): number | null {
  const habit = database.get<{ share: number | null }>(
    `select avg(encrypted) share from (
       select encrypted from email indexed by email_discussion
       where account = ? and discussion = ? order by place desc limit 20)`,
    account,
    key,
  );
  return habit?.share ?? null;
}
