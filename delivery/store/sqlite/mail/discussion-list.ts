import { readEmailId } from '../../ids.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../page.ts';
import type { DiscussionPage, DiscussionRequest } from '../../store.ts';
import type { Database } from '../database.ts';
import type { ReadContext } from '../threads/context.ts';
import { readAccount } from './account-reads.ts';
import { type DiscussionRow, discussionColumns, toDiscussion } from './discussion-reads.ts';
import { type Fragment, join, raw, sql } from './fragment.ts';

/** `Mail.listDiscussions`. */
export function listDiscussions(
  context: ReadContext,
  accountId: string,
  asked: DiscussionRequest,
): DiscussionPage {
  return readAccount(context, accountId, (database, { number }) => {
    const tags = tagNumbers(database, number, asked.tagIds ?? []);
    if (tags === null) return { items: [], next: null, position: 0, total: 0 };
    const list = listOf({ database, account: number }, asked, tags);
    const total = asked.calculateTotal ? count(database, list, raw('1')) : null;
    return { ...pageOf(database, list, asked), total };
  });
}

/** Numbers of the tags; null when there is no such tag. */
function tagNumbers(database: Database, account: number, ids: readonly string[]): number[] | null {
  const numbers = ids.map(
    id =>
      database.get<{ number: number }>('select number from tag where account = ? and id = ?', account, id)
        ?.number,
  );
  return numbers.every(number => number !== undefined) ? numbers : null;
}

/** Discussions and the places that show them: a table `s` with the columns `discussion` and `place`. */
interface List {
  readonly account: number;
  /** What stands behind `from`. */
  readonly from: Fragment;
  readonly where: Fragment;
}

interface Account {
  readonly database: Database;
  readonly account: number;
}

function listOf(of: Account, asked: DiscussionRequest, tags: readonly number[]): List {
  const { account } = of;
  const { level, minImportance, participants } = asked;
  const isDrivenByUnread = asked.unreadOnly === true && tags.length > 0 && hasFewUnread(of);
  const discussions = sql`discussion d indexed by discussion_unread`;
  const shown = shownUnder(of, tags);
  const conditions: Fragment[] = [];
  let from = shown;
  if (isDrivenByUnread) from = sql`${discussions} cross join ${shown} on s.discussion = d.key`;
  else if (asked.unreadOnly)
    from = sql`${shown} cross join discussion d on d.account = ${account} and d.key = s.discussion`;
  if (asked.unreadOnly) conditions.push(sql`d.account = ${account} and d.unread > 0`);
  if (level !== undefined || minImportance !== undefined)
    from = sql`${from} cross join email e on e.account = ${account} and e.place = s.place`;
  if (level !== undefined) conditions.push(sql`e.level = ${level}`);
  if (minImportance !== undefined) conditions.push(sql`coalesce(e.importance, 0) >= ${minImportance}`);
  if (participants) {
    conditions.push(sql`s.discussion in (select discussion from discussion_participant
      where account = ${account} and participant in (select value from json_each(${JSON.stringify(participants)})))`);
  }
  return { account, from, where: join(conditions, ' and ', '1') };
}

/** Few unread discussions are looked up one by one; among many, a walk of the list soon meets some. */
const fewUnread = 2000;

function hasFewUnread({ database, account }: Account): boolean {
  const found = database.get<{ n: number }>(
    `select count(*) n from (select 1 from discussion indexed by discussion_unread
       where account = ? and unread > 0 limit ${fewUnread})`,
    account,
  );
  return (found?.n ?? 0) < fewUnread;
}

/** All discussions, or those with an email that has all of these tags, by the newest such. */
function shownUnder({ database, account }: Account, tags: readonly number[]): Fragment {
  const [first, ...others] = bySize(database, account, tags);
  if (first === undefined)
    return sql`(select key discussion, last_place place from discussion where account = ${account}) s`;
  if (others.length === 0)
    return sql`(select discussion, place from discussion_tag where account = ${account} and tag = ${first}) s`;
  const inOthers = others.map(
    tag =>
      sql`exists (select 1 from email_tag o where o.account = t.account and o.tag = ${tag} and o.place = t.place)`,
  );
  return sql`(select e.discussion, max(t.place) place
    from email_tag t cross join email e on e.account = t.account and e.place = t.place
    where t.account = ${account} and t.tag = ${first} and ${join(inOthers, ' and ', '1')} group by e.discussion) s`;
}

/** The tags, that with the fewest emails first. */
function bySize(database: Database, account: number, tags: readonly number[]): number[] {
  if (tags.length < 2) return [...tags];
  const emails = (tag: number): number =>
    database.get<{ emails: number }>('select emails from tag where account = ? and number = ?', account, tag)
      ?.emails ?? 0;
  return [...tags].sort((one, other) => emails(one) - emails(other));
}

function count(database: Database, { from, where }: List, condition: Fragment): number {
  const statement = sql`select count(*) n from ${from} where ${where} and ${condition}`;
  return database.get<{ n: number }>(statement.sql, ...statement.values)?.n ?? 0;
}

/** Rows are skipped in the list of places alone; only those of the page are looked up. */
function pageOf(
  database: Database,
  list: List,
  asked: DiscussionRequest,
): Pick<DiscussionPage, 'items' | 'next' | 'position'> {
  const limit = pageSize(asked);
  const before = decodeCursor(asked)?.[0] ?? null;
  const position = before === null ? positionOf(database, list, asked) : null;
  const behind = before === null ? raw('1') : sql`s.place < ${Number(before)}`;
  const statement = sql`select ${raw(discussionColumns)} from (
      select s.discussion, s.place from ${list.from} where ${list.where} and ${behind}
      order by s.place desc limit ${limit + 1} offset ${position ?? 0}) p
    cross join email e on e.account = ${list.account} and e.place = p.place
    cross join discussion d on d.account = e.account and d.key = p.discussion order by p.place desc`;
  const rows = database.all<DiscussionRow>(statement.sql, ...statement.values);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toDiscussion),
    next: rows.length > limit && last ? encodeCursor([last.place]) : null,
    position,
  };
}

/** Index of the row to begin with. */
function positionOf(database: Database, list: List, { anchor, skip = 0 }: DiscussionRequest): number {
  const place = anchor ? readEmailId(anchor)?.place : undefined;
  const start = place === undefined ? 0 : count(database, list, sql`s.place > ${place}`);
  return Math.max(0, start + skip);
}
