import type { Level } from '../../../privacy/shape.ts';
import { emailId, readEmailId } from '../../ids.ts';
import type { Database } from '../database.ts';

/** A row of `email`. */
export interface EmailRecord {
  readonly account: number;
  readonly place: number;
  readonly tail: string;
  readonly seq: number;
  readonly thread: Uint8Array;
  readonly discussion: string;
  readonly message_key: number | null;
  readonly received_at: number;
  readonly size: number;
  readonly seen: number;
  readonly unread: number;
  readonly sealed: number;
  readonly encrypted: number;
  readonly unfinished: number;
  readonly level: Level | null;
  /** Tag numbers as `,1,5,`. */
  readonly tags: string;
  /** Keywords as ` $seen $flagged `. */
  readonly keywords: string;
}

/** The row of an email of this account; undefined when there is none. */
export function findEmail(database: Database, account: number, id: string): EmailRecord | undefined {
  const parsed = readEmailId(id);
  if (!parsed) return undefined;
  const record = database.get<EmailRecord>(
    'select * from email where account = ? and place = ?',
    account,
    parsed.place,
  );
  return record?.tail === parsed.tail ? record : undefined;
}

/** The id of an email's row. */
export function idOf(record: { readonly place: number; readonly tail: string }): string {
  return emailId(record.place, record.tail);
}

/** The blob id of an email's stored octets: opaque, and no hash of them. */
export function blobIdOf(record: { readonly place: number; readonly tail: string }): string {
  return `B${idOf(record).slice(1)}`;
}

export function writeTags(tags: Iterable<number>): string {
  return `,${[...tags].sort((one, other) => one - other).join(',')},`;
}

export function readTags(text: string): number[] {
  return text.split(',').filter(Boolean).map(Number);
}

export function writeKeywords(keywords: Iterable<string>): string {
  const sorted = [...new Set(keywords)].filter(keyword => keyword !== '' && !/\s/.test(keyword)).sort();
  return sorted.length === 0 ? '' : ` ${sorted.join(' ')} `;
}

export function readKeywords(text: string): string[] {
  return text.split(' ').filter(Boolean);
}

export function isSeen(keywords: string): boolean {
  return keywords.includes(' $seen ');
}

/** Neither seen nor a draft (RFC 8621 §2, unreadEmails). */
export function isUnread(keywords: string): boolean {
  return !isSeen(keywords) && !keywords.includes(' $draft ');
}
