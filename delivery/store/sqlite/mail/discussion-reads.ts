import type { Level } from '../../../privacy/shape.ts';
import { decodeCursor, encodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type { Discussion, EmailRow, Page, PageRequest } from '../../store.ts';
import type { Database } from '../database.ts';
import type { ReadContext } from '../threads/context.ts';
import { readAccount } from './account-reads.ts';
import { type EmailRecord, idOf } from './email-rows.ts';
import { toRow } from './reads.ts';

interface DiscussionRow {
  readonly key: string;
  readonly participants: string;
  readonly emails: number;
  readonly unread: number;
  readonly place: number;
  readonly tail: string;
  readonly received_at: number;
  readonly level: Level | null;
}

const columns = 'd.key, d.participants, d.emails, d.unread, e.place, e.tail, e.received_at, e.level';

export function listDiscussions(
  context: ReadContext,
  accountId: string,
  page: PageRequest & { tagId?: string; unreadOnly?: boolean },
): Page<Discussion> {
  return readAccount(context, accountId, (database, { number }) => {
    const before = Number(decodeCursor(page)?.[0] ?? Number.MAX_SAFE_INTEGER);
    const from = {
      database,
      account: number,
      before,
      limit: pageSize(page),
      unreadOnly: page.unreadOnly === true,
    };
    if (page.tagId === undefined) return listAll(from);
    const tag = database.get<{ number: number }>(
      'select number from tag where account = ? and id = ?',
      number,
      page.tagId,
    );
    return tag ? listTagged({ ...from, tag: tag.number }) : { items: [], next: null };
  });
}

interface From {
  readonly database: Database;
  readonly account: number;
  /** Only discussions shown by an email at a smaller place. */
  readonly before: number;
  readonly limit: number;
  readonly unreadOnly: boolean;
}

function listAll({ database, account, before, limit, unreadOnly }: From): Page<Discussion> {
  const rows = database.all<DiscussionRow>(
    `select ${columns} from discussion d cross join email e on e.account = d.account and e.place = d.last_place
     where d.account = ? and d.last_place < ? ${unreadOnly ? 'and d.unread > 0' : ''}
     order by d.last_place desc limit ?`,
    account,
    before,
    limit + 1,
  );
  return toPage(rows, limit, toDiscussion, last => [last.place]);
}

/** Emails looked at for one page; a page of crowded discussions may be short, its cursor goes on. */
const maxWalk = 20_000;
const chunk = 200;

/** Walks the tag newest first and folds by discussion: an email stands for its discussion unless a newer one does. */
function listTagged(from: From & { tag: number }): Page<Discussion> {
  const { database, account, tag, limit, unreadOnly } = from;
  const items: Discussion[] = [];
  let before = from.before;
  for (let walked = 0; walked < maxWalk; walked += chunk) {
    const rows = database.all<DiscussionRow>(
      `select ${columns} from email_tag t cross join email e on e.account = t.account and e.place = t.place
         cross join discussion d on d.account = e.account and d.key = e.discussion
       where t.account = ? and t.tag = ? and t.place < ? order by t.place desc limit ${chunk}`,
      account,
      tag,
      before,
    );
    for (const row of rows) {
      before = row.place;
      if ((unreadOnly && row.unread === 0) || hasNewer(from, row)) continue;
      items.push(toDiscussion(row));
      if (items.length === limit) return { items, next: encodeCursor([before]) };
    }
    if (rows.length < chunk) return { items, next: null };
  }
  return { items, next: encodeCursor([before]) };
}

function hasNewer({ database, account, tag }: From & { tag: number }, row: DiscussionRow): boolean {
  return (
    database.get(
      `select 1 from email indexed by email_discussion
       where account = ? and discussion = ? and place > ? and instr(tags, ?) > 0 order by place desc limit 1`,
      account,
      row.key,
      row.place,
      `,${tag},`,
    ) !== undefined
  );
}

function toDiscussion(row: DiscussionRow): Discussion {
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
        `select ${columns} from discussion d cross join email e on e.account = d.account and e.place = d.last_place
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
