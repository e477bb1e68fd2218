import { decodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type { Discussion, EmailRow, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { discussionLink } from './emails.ts';
import { toRow } from './query.ts';
import type { ReadParts } from './reads.ts';
import type { LightRow } from './row.ts';
import type { DiscussionPart } from './tally.ts';

/** A discussion as the row of a list. */
export function toDiscussion(
  { id, head, level }: LightRow,
  part: DiscussionPart | undefined,
): Discussion | null {
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
