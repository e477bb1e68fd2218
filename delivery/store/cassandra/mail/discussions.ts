import { decodeCursor, encodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type { Discussion, EmailRow, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { discussionLink } from './emails.ts';
import { toRow } from './query.ts';
import type { ReadParts } from './reads.ts';
import type { LightRow } from './row.ts';
import type { DiscussionPart } from './tally.ts';

/** `Mail.listDiscussions`: from the counts of the buckets, without walking the mail. */
export async function listDiscussions(
  parts: ReadParts,
  accountId: string,
  page: PageRequest & { tagId?: string; unreadOnly?: boolean },
): Promise<Page<Discussion>> {
  const limit = pageSize(page);
  const before = decodeCursor(page)?.[0] ?? null;
  const [, books] = await Promise.all([parts.emails.account(accountId), parts.buckets.books(accountId)]);
  const wanted = (part: DiscussionPart | undefined): boolean => !page.unreadOnly || (part?.[1] ?? 0) > 0;
  if (page.tagId !== undefined) {
    const shown = await newestInTag(parts, { accountId, tagId: page.tagId, before, limit }, key =>
      wanted(books.discussions.get(key)),
    );
    const items = shown.flatMap(row => toDiscussion(row, books.discussions.get(row.head.discussion)) ?? []);
    const last = shown.at(limit - 1);
    return {
      items: items.slice(0, limit),
      next: shown.length > limit && last ? encodeCursor([last.id]) : null,
    };
  }
  const sorted = [...books.discussions.values()]
    .filter(part => wanted(part) && (before === null || part[2] < String(before)))
    .sort((one, other) => (one[2] < other[2] ? 1 : -1))
    .slice(0, limit + 1);
  const rows = await parts.emails.find(
    accountId,
    sorted.map(([, , id]) => id),
  );
  const { items, next } = toPage(
    sorted,
    limit,
    part => part,
    last => [last[2]],
  );
  const shown = items.flatMap(part => {
    const row = rows.get(part[2]);
    return row ? (toDiscussion(row, part) ?? []) : [];
  });
  return { items: shown, next };
}

/** Walks a tag newest first: an email stands for its discussion unless a newer one does. */
async function newestInTag(
  { walks }: ReadParts,
  page: { accountId: string; tagId: string; before: string | number | null; limit: number },
  isWanted: (key: string) => boolean,
): Promise<LightRow[]> {
  const seen = new Set<string>();
  const shown: LightRow[] = [];
  const { accountId, tagId } = page;
  const wanted = { accountId, filter: { tag: tagId }, ascending: false, threads: new Map() };
  for await (const rows of walks.find(wanted)) {
    for (const row of rows) {
      const key = row.head.discussion;
      if (seen.has(key) || !isWanted(key)) continue;
      seen.add(key);
      if (page.before === null || row.id < String(page.before)) shown.push(row);
      if (shown.length > page.limit) return shown;
    }
  }
  return shown;
}

function toDiscussion({ id, head, level }: LightRow, part: DiscussionPart | undefined): Discussion | null {
  if (!part) return null;
  return {
    key: head.discussion,
    participants: head.participants,
    lastEmailId: id,
    lastReceivedAt: new Date(head.receivedAt),
    totalEmails: part[0],
    unreadEmails: part[1],
    level,
  };
}

/** `Mail.getDiscussions`. */
export async function getDiscussions(
  { emails, buckets }: ReadParts,
  accountId: string,
  keys: readonly string[],
): Promise<Discussion[]> {
  const [, books] = await Promise.all([emails.account(accountId), buckets.books(accountId)]);
  const asked = keys
    .slice(0, maxPage)
    .map(key => books.discussions.get(key))
    .filter(part => part !== undefined);
  const rows = await emails.find(
    accountId,
    asked.map(([, , id]) => id),
  );
  return asked.flatMap(part => {
    const row = rows.get(part[2]);
    return row ? (toDiscussion(row, part) ?? []) : [];
  });
}

/** `Mail.listDiscussionEmails`. */
export async function listDiscussionEmails(
  { context, emails }: ReadParts,
  accountId: string,
  { key, page = {} }: { readonly key: string; readonly page?: PageRequest | undefined },
): Promise<Page<EmailRow>> {
  const limit = pageSize(page);
  const before = String(decodeCursor(page)?.[0] ?? '~');
  const [, links] = await Promise.all([
    emails.account(accountId),
    context.session.rows<{ id: string }>(
      'select id from link where account = ? and name = ? and id < ? limit ?',
      [accountId, discussionLink(key), before, limit + 1],
    ),
  ]);
  const rows = await emails.find(
    accountId,
    links.map(({ id }) => id),
  );
  const { items, next } = toPage(
    links,
    limit,
    ({ id }) => rows.get(id),
    last => [last.id],
  );
  return { items: items.flatMap(row => (row ? [toRow(row)] : [])), next };
}

/**
 * `Mail.discussionHabit`: from the links alone, because every delivery asks. Unknown where they can't be read: behind
 * very many that were deleted at once, Cassandra refuses to look, and no delivery may fail for that.
 */
export async function discussionHabit(
  { session, log }: CassandraContext,
  accountId: string,
  key: string,
): Promise<number | null> {
  try {
    const links = await session.rows<{ value: string }>(
      'select value from link where account = ? and name = ? limit 20',
      [accountId, discussionLink(key)],
    );
    if (links.length === 0) return null;
    return links.filter(({ value }) => value === '1').length / links.length;
  } catch (error) {
    log.warn({ accountId, cause: String(error) }, 'discussionHabitUnknown');
    return null;
  }
}
