import { DeliveryError } from '../../../errors.ts';
import { readEmailId } from '../../ids.ts';
import { decodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type { Email, EmailRow, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { monthOfBucket } from './bucket.ts';
import type { Buckets } from './buckets.ts';
import { type DetailCells, readCells } from './detail.ts';
import type { Emails } from './emails.ts';
import { type OctetCells, readPacked } from './packed.ts';
import { toRow } from './query.ts';
import type { LightRow } from './row.ts';
import { existing, type Tags } from './tags.ts';
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
    'select packing, head, body, chunks, generation from detail where account = ? and bucket = ? and id = ?',
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
  let month = -1;
  for (const [index, bucket] of list.entries()) {
    // Parts of one month lie side by side in time.
    if (found.length > limit && monthOfBucket(bucket.bucket) !== month) break;
    month = monthOfBucket(bucket.bucket);
    if (!tallies[index]?.unfinished) continue;
    const rows = await buckets.allRows(accountId, bucket);
    found.push(...rows.filter(row => row.isUnfinished && row.id > after));
  }
  found.sort((one, other) => (one.id < other.id ? -1 : 1));
  return toPage(found, limit, toRow, last => [last.id]);
}
