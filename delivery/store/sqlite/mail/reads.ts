import { DeliveryError } from '../../../errors.ts';
import { readEmailId } from '../../ids.ts';
import { headColumns, headOctets, type PackedMessage, unpackHead, unpackMessage } from '../../packing.ts';
import { decodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type { EmailRow, Page, PageRequest, Tag, TagName, TagRole } from '../../store.ts';
import { readThreadId, threadId } from '../../thread-names.ts';
import type { Database } from '../database.ts';
import { hashKeyOf } from '../directory/hash-key.ts';
import { rowId } from '../files.ts';
import type { ReadContext } from '../threads/context.ts';
import { readAccount, tagIds } from './account-reads.ts';
import { blobIdOf, type EmailRecord, findEmail, idOf, readKeywords, readTags } from './email-rows.ts';
import { readOctets, readTexts } from './stored-detail.ts';
import { readUpload } from './upload.ts';

/** An email on its way between threads: `detail` is JSON still. */
export interface EmailReply {
  readonly id: string;
  readonly blobId: string;
  readonly threadId: string;
  readonly discussionKey: string;
  readonly receivedAt: number;
  readonly sizeOctets: number;
  readonly sealed: boolean;
  readonly detail: string;
  readonly tagIds: readonly string[];
  readonly keywords: readonly string[];
}

export function getEmails(context: ReadContext, accountId: string, ids: readonly string[]): EmailReply[] {
  requireFew(ids);
  return readAccount(context, accountId, (database, { number }) => {
    const tags = tagIds(database, number);
    return ids.flatMap(id => {
      const record = findEmail(database, number, id);
      return record ? [toReply(database, record, tags)] : [];
    });
  });
}

function requireFew(ids: readonly string[]): void {
  if (ids.length > maxPage) throw new DeliveryError('badRequest', `at most ${maxPage} ids in one call`);
}

function toReply(database: Database, record: EmailRecord, tags: Map<number, string>): EmailReply {
  const { detail } = readTexts(requireData(database, record));
  return {
    id: idOf(record),
    blobId: blobIdOf(record),
    threadId: threadId(record.thread),
    discussionKey: record.discussion,
    receivedAt: record.received_at,
    sizeOctets: record.size,
    sealed: record.sealed === 1,
    detail,
    tagIds: readTags(record.tags).flatMap(number => tags.get(number) ?? []),
    keywords: readKeywords(record.keywords),
  };
}

export function getOctets(context: ReadContext, accountId: string, id: string): Uint8Array | null {
  return readAccount(context, accountId, (database, { number }) => {
    const record = findEmail(database, number, id);
    return record ? octetsOf(database, record) : null;
  });
}

/** The stored octets of an email. */
export function octetsOf(database: Database, record: EmailRecord): Uint8Array {
  const content = database.get<PackedMessage>(
    'select packing, head, body from content where id = ?',
    rowId(record.account, record.seq),
  );
  const octets = content ? unpackMessage(content) : readOctets(requireData(database, record));
  if (!octets)
    throw new DeliveryError('storeUnavailable', 'an email has lost its octets', {
      fields: { id: idOf(record) },
    });
  return octets;
}

/** The frame of an email's detail. */
export function requireData(
  database: Database,
  { account, seq }: Pick<EmailRecord, 'account' | 'seq'>,
): string | Uint8Array {
  const row = rowId(account, seq);
  const data = database.get<{ data: string | Uint8Array }>('select data from detail where id = ?', row)?.data;
  if (data === undefined)
    throw new DeliveryError('storeUnavailable', 'an email has lost its detail', { fields: { row } });
  return data;
}

/** The header block of an email's stored octets as text, Latin-1. */
export function headOf(database: Database, account: number, seq: number): string {
  const content = contentHead(database, rowId(account, seq));
  if (content !== null) return content;
  const octets = readOctets(requireData(database, { account, seq }));
  return octets ? headText(octets) : '';
}

/** The same from the row of `content`; null where the octets lie beside the detail. */
export function contentHead(database: Database, row: number): string | null {
  const content = database.get<Parameters<typeof unpackHead>[0]>(
    `select ${headColumns} from content where id = ?`,
    row,
  );
  return content ? latin1(unpackHead(content)) : null;
}

/** The header block of a whole message as text, Latin-1. */
export function headText(octets: Uint8Array): string {
  return latin1(headOctets(octets));
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

export function getBlob(
  context: ReadContext,
  accountId: string,
  blobId: string,
): { octets: Uint8Array; mediaType: string | null } | null {
  return readAccount(context, accountId, (database, account) => {
    const { number } = account;
    const parsed = readEmailId(blobId, 'B');
    const record = parsed && findEmail(database, number, `M${blobId.slice(1)}`);
    if (record) return { octets: octetsOf(database, record), mediaType: 'message/rfc822' };
    const hashKey = hashKeyOf(account, context.settings);
    return readUpload({ database, now: context.now }, { number, hashKey }, blobId);
  });
}

export function getThreads(
  context: ReadContext,
  accountId: string,
  ids: readonly string[],
): { id: string; emailIds: string[] }[] {
  requireFew(ids);
  return readAccount(context, accountId, (database, { number }) =>
    ids.flatMap(id => {
      const thread = readThreadId(id);
      if (!thread) return [];
      const emails = database.all<{ place: number; tail: string }>(
        'select place, tail from email indexed by email_thread where account = ? and thread = ? order by place',
        number,
        thread,
      );
      return emails.length > 0 ? [{ id, emailIds: emails.map(idOf) }] : [];
    }),
  );
}

/** A row of `tag`. */
export interface TagRecord {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly role: TagRole | null;
  /** Number of the tag above, 0 for none. */
  readonly parent: number;
  readonly sort_order: number;
  readonly colour: string | null;
  readonly subscribed: number;
  readonly emails: number;
  readonly unread: number;
  readonly threads: number;
  readonly unread_threads: number;
}

/** The tag in the words of the contract. */
export function toTag(record: TagRecord, parentId: string | null): Tag {
  return {
    id: record.id,
    name: record.name,
    role: record.role,
    parentId,
    sortOrder: record.sort_order,
    colour: record.colour,
    isSubscribed: record.subscribed === 1,
    totalEmails: record.emails,
    unreadEmails: record.unread,
    totalThreads: record.threads,
    unreadThreads: record.unread_threads,
  };
}

/** Null: the account was never written to, and has no tags yet. */
export function listTags(context: ReadContext, accountId: string): Tag[] | null {
  return readAccount(context, accountId, (database, { number }) => {
    const records = database.all<TagRecord>(
      'select * from tag where account = ? order by sort_order, name',
      number,
    );
    if (records.length === 0) return null;
    const ids = new Map(records.map(record => [record.number, record.id]));
    return records.map(record => toTag(record, ids.get(record.parent) ?? null));
  });
}

/** The tags without their counts. */
export function tagNamesOf(database: Database, account: number): TagName[] {
  const records = database.all<Pick<TagRecord, 'number' | 'id' | 'name' | 'role' | 'parent'>>(
    'select number, id, name, role, parent from tag where account = ?',
    account,
  );
  const ids = new Map(records.map(({ number, id }) => [number, id]));
  return records.map(({ id, name, role, parent }) => ({ id, name, role, parentId: ids.get(parent) ?? null }));
}

export function listUnfinished(
  context: ReadContext,
  accountId: string,
  page: PageRequest = {},
): Page<EmailRow> {
  return readAccount(context, accountId, (database, { number }) => {
    const limit = pageSize(page);
    const rows = database.all<EmailRecord>(
      `select * from email indexed by email_unfinished
       where account = ? and unfinished = 1 and place > ? order by place limit ?`,
      number,
      Number(decodeCursor(page)?.[0] ?? -1),
      limit + 1,
    );
    return toPage(rows, limit, toRow, last => [last.place]);
  });
}

/** The light row of a list. */
export function toRow(record: Pick<EmailRecord, 'place' | 'tail' | 'thread' | 'received_at'>): EmailRow {
  return {
    id: idOf(record),
    threadId: threadId(record.thread),
    receivedAt: new Date(record.received_at),
  };
}

export function usedOctets(context: ReadContext, accountId: string): number {
  return readAccount(context, accountId, (database, { number }) => {
    return database.get<{ used: number }>('select used from account where number = ?', number)?.used ?? 0;
  });
}
