import { DeliveryError } from '../../../errors.ts';
import { readEmailId } from '../../ids.ts';
import { decodeCursor, encodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type { Discussion, Email, EmailRow, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Buckets } from './buckets.ts';
import { type DetailCells, readCells } from './detail.ts';
import { discussionLink, type Emails } from './emails.ts';
import { type OctetCells, readPacked } from './packed.ts';
import { toRow } from './query.ts';
import type { LightRow } from './row.ts';
import { existing, type Tags } from './tags.ts';
import type { DiscussionPart } from './tally.ts';
import type { Walks } from './walk.ts';

/** What reading mail needs. */
export interface ReadParts {
  readonly context: CassandraContext;
  readonly buckets: Buckets;
  readonly emails: Emails;
  readonly tags: Tags;
  readonly walks: Walks;
}

function requireFew(ids: readonly string[]): void {
  if (ids.length > maxPage) throw new DeliveryError('badRequest', `at most ${maxPage} ids in one call`);
}

/** `Mail.getEmails`. */
export async function getEmails(
  parts: ReadParts,
  accountId: string,
  ids: readonly string[],
): Promise<Email[]> {
  requireFew(ids);
  const [, rows, tagIds] = await Promise.all([
    parts.emails.account(accountId),
    parts.emails.find(accountId, ids),
    parts.tags.ids(accountId),
  ]);
  const details = await detailsOf(parts.context, accountId, [...rows.values()]);
  const known = new Set(tagIds);
  return ids.flatMap(id => {
    const row = rows.get(id);
    const cells = details.get(id);
    return row && cells ? [toEmail(row, cells, known)] : [];
  });
}

/** Texts read in one statement. */
const textsAtOnce = 25;

async function detailsOf(
  { session }: CassandraContext,
  accountId: string,
  rows: readonly LightRow[],
): Promise<Map<string, DetailCells>> {
  const found = new Map<string, DetailCells>();
  const reads: Promise<void>[] = [];
  for (const [bucket, some] of Map.groupBy(rows, row => row.bucket)) {
    for (let first = 0; first < some.length; first += textsAtOnce) {
      const ids = some.slice(first, first + textsAtOnce).map(({ id }) => id);
      const cql = `select id, summary, findings, facts, judged from detail
        where account = ? and bucket = ? and id in ?`;
      const read = session.rows<DetailCells & { id: string }>(cql, [accountId, bucket, ids]);
      reads.push(
        read.then(cells => {
          for (const one of cells) if (one.summary !== null) found.set(one.id, one);
        }),
      );
    }
  }
  await Promise.all(reads);
  return found;
}

function toEmail(
  { id, head, tagIds, keywords }: LightRow,
  cells: DetailCells,
  known: ReadonlySet<string>,
): Email {
  return {
    id,
    blobId: `B${id.slice(1)}`,
    threadId: head.threadId,
    discussionKey: head.discussion,
    receivedAt: new Date(head.receivedAt),
    sizeOctets: head.sizeOctets,
    sealed: head.isSealed,
    tagIds: existing(tagIds, known),
    keywords,
    ...readCells(cells),
  };
}

/** `Mail.getOctets`. */
export async function getOctets(parts: ReadParts, accountId: string, id: string): Promise<Uint8Array | null> {
  const [, rows] = await Promise.all([parts.emails.account(accountId), parts.emails.find(accountId, [id])]);
  const row = rows.get(id);
  return row ? await octetsOf(parts.context, accountId, row) : null;
}

/** The stored octets; throws `storeUnavailable` when they are not all there. */
export async function octetsOf(
  context: CassandraContext,
  accountId: string,
  { bucket, id }: Pick<LightRow, 'bucket' | 'id'>,
): Promise<Uint8Array> {
  const cells = await context.session.row<OctetCells>(
    'select packing, head, body, chunks from detail where account = ? and bucket = ? and id = ?',
    [accountId, bucket, id],
  );
  if (cells?.packing == null)
    throw new DeliveryError('storeUnavailable', 'an email has lost its octets', { fields: { id } });
  return await readPacked(context, { accountId, id }, cells);
}

/** The octets of an email by its blob id; null when it is no such id, or of no email that is here. */
export async function emailBlob(
  parts: ReadParts,
  accountId: string,
  blobId: string,
): Promise<Uint8Array | null> {
  if (!readEmailId(blobId, 'B')) return null;
  return await getOctets(parts, accountId, `M${blobId.slice(1)}`);
}

/** `Mail.getThreads`. */
export async function getThreads(
  { emails }: ReadParts,
  accountId: string,
  ids: readonly string[],
): Promise<{ id: string; emailIds: string[] }[]> {
  requireFew(ids);
  const [, members] = await Promise.all([emails.account(accountId), emails.threadMembers(accountId, ids)]);
  return ids.flatMap(id => {
    const rows = members.get(id);
    return rows ? [{ id, emailIds: rows.map(row => row.id) }] : [];
  });
}

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

/** `Mail.discussionHabit`: from the links alone, because every delivery asks. */
export async function discussionHabit(
  { session }: CassandraContext,
  accountId: string,
  key: string,
): Promise<number | null> {
  const links = await session.rows<{ value: string }>(
    'select value from link where account = ? and name = ? limit 20',
    [accountId, discussionLink(key)],
  );
  if (links.length === 0) return null;
  return links.filter(({ value }) => value === '1').length / links.length;
}

/** `Mail.listUnfinished`. */
export async function listUnfinished(
  { emails, buckets }: ReadParts,
  accountId: string,
  page: PageRequest = {},
): Promise<Page<EmailRow>> {
  const limit = pageSize(page);
  const after = String(decodeCursor(page)?.[0] ?? '');
  await emails.account(accountId);
  const found: LightRow[] = [];
  const list = (await buckets.list(accountId)).reverse();
  const tallies = await buckets.tallies(accountId, list);
  for (const [index, bucket] of list.entries()) {
    if (!tallies[index]?.unfinished) continue;
    const rows = await buckets.allRows(accountId, bucket);
    found.push(...rows.filter(row => row.isUnfinished && row.id > after));
    if (found.length > limit) break;
  }
  found.sort((one, other) => (one.id < other.id ? -1 : 1));
  return toPage(found, limit, toRow, last => [last.id]);
}
