import { DeliveryError } from '../../../errors.ts';
import { emailId, firstPlace, placesPerMillisecond, randomText, tailLength } from '../../ids.ts';
import type { PackedMessage } from '../../packing.ts';
import { isWithinQuota } from '../../quota.ts';
import { messageKey, threadId } from '../../thread-names.ts';
import { rowId } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';
import { joinDiscussion } from './discussion.ts';
import { isSeen, isUnread, writeKeywords, writeTags } from './email-rows.ts';
import { putLearned } from './learned.ts';
import { Ledger, systemTagNumbers } from './ledger.ts';
import type { PackedEmail } from './packed-email.ts';
import { countStanding, threadOf } from './thread.ts';
import { dropUploads, sweepUploads } from './upload.ts';

/** A new email whose texts and octets are compressed already. */
export interface PreparedEmail extends Omit<PackedEmail, 'octets' | 'detail' | 'words'> {
  /** As `writeStored` gives it. */
  readonly stored: Uint8Array;
  /** Null where `stored` holds the octets, too. */
  readonly content: PackedMessage | null;
}

/** Keys that hold longer are prolonged each time they are seen; shorter ones hold from their first sight on. */
const longestFixedSeconds = 86_400;

export interface DeliverResult {
  readonly emailId: string;
  readonly status: 'stored' | 'duplicate';
}

/** `Mail.deliverEmail`: everything that a new email changes, in the transaction of the caller. */
export function deliverEmail(context: WriteContext, accountId: string, email: PreparedEmail): DeliverResult {
  const ledger = new Ledger(context, accountId);
  const first = findDelivered(context, ledger.number, email);
  const isFreed = dropUploads(context, ledger, email.takesOver);
  if (first !== null) {
    if (isFreed) ledger.close();
    return { emailId: first, status: 'duplicate' };
  }
  requireTaken(context, ledger, email);
  const placed = placeEmail(context, ledger, email);
  insertEmail(context, ledger, email, placed);
  const { keywords, tags } = placed;
  const standing = { tags, unread: isUnread(keywords) };
  const threadKind = countStanding(context.database, ledger, {
    thread: placed.thread,
    before: null,
    after: standing,
  });
  joinDiscussion(context.database, ledger.number, {
    ...email.discussion,
    place: placed.place,
    unread: standing.unread,
  });
  ledger.state.used += email.size;
  ledger.state.emails += 1;
  ledger.state.sealed += email.sealed ? 1 : 0;
  ledger.log({
    type: 'Email',
    kind: 'created',
    object: placed.id,
    flag: isDelivery(keywords, tags) ? 'delivery' : null,
    thread: { id: threadId(placed.thread), kind: threadKind === 'created' ? 'created' : 'updated' },
    sequence: placed.seq,
  });
  ledger.close();
  return { emailId: placed.id, status: 'stored' };
}

/** Own drafts and sent mail are no news to their owner (RFC 8621 §1.5). */
function isDelivery(keywords: string, tags: readonly number[]): boolean {
  const own: readonly number[] = [systemTagNumbers.drafts, systemTagNumbers.sent];
  return !keywords.includes(' $draft ') && tags.some(tag => !own.includes(tag));
}

/** Where a new email stands. */
interface Placed {
  readonly id: string;
  readonly place: number;
  readonly tail: string;
  readonly seq: number;
  readonly thread: Uint8Array;
  readonly tags: readonly number[];
  readonly keywords: string;
}

function placeEmail(context: WriteContext, ledger: Ledger, email: PreparedEmail): Placed {
  const { database } = context;
  const place = freePlace(context, ledger.number, email.receivedAt);
  const tail = randomText(tailLength);
  const id = emailId(place, tail);
  if (email.deliveryKey) {
    database.run(
      'insert or replace into delivery_key(account, key, email, expires) values (?, ?, ?, ?)',
      ledger.number,
      email.deliveryKey,
      id,
      context.now + email.deliveryKeySeconds * 1000,
    );
  }
  return {
    id,
    place,
    tail,
    seq: ledger.next(),
    thread: threadOf(database, ledger, email.thread),
    tags: tagNumbers(context, ledger.number, email.tags),
    keywords: writeKeywords(email.keywords),
  };
}

/** The id that this delivery key led to first, if its time is not over. */
function findDelivered(context: WriteContext, number: number, email: PreparedEmail): string | null {
  if (!email.deliveryKey) return null;
  const { database, now } = context;
  const known = database.get<{ email: string; expires: number }>(
    'select email, expires from delivery_key where account = ? and key = ?',
    number,
    email.deliveryKey,
  );
  if (!known || known.expires <= now) {
    sweepKeys(context, number, email.deliveryKey);
    return null;
  }
  if (email.deliveryKeySeconds > longestFixedSeconds) {
    database.run(
      'update delivery_key set expires = ? where account = ? and key = ?',
      Math.max(known.expires, now + email.deliveryKeySeconds * 1000),
      number,
      email.deliveryKey,
    );
  }
  return known.email;
}

const sweepEvery = 8;

/**
 * Now and then looks at some keys behind a new one and drops those whose time is over: keys are hashes, so that every
 * region is met equally often and what is over stays a bounded share.
 */
function sweepKeys({ database, now }: WriteContext, number: number, key: Uint8Array): void {
  if ((key.at(-1) ?? 0) % sweepEvery !== 0) return;
  const near = database.all<{ key: Uint8Array; expires: number }>(
    'select key, expires from delivery_key where account = ? and key > ? order by key limit 32',
    number,
    key,
  );
  for (const row of near) {
    if (row.expires <= now) {
      database.run('delete from delivery_key where account = ? and key = ?', number, row.key);
    }
  }
}

/**
 * Throws when the account does not take the email as it stands now: what was known while it was judged may have
 * changed, and an owner whose key is on their own devices gets nothing in clear (DESIGN.md, promise 3).
 */
function requireTaken(context: WriteContext, ledger: Ledger, { size, sealed }: PreparedEmail): void {
  const { account, state } = ledger;
  const fields = { accountId: account.id };
  if (account.state !== 'open')
    throw new DeliveryError('recipientUnavailable', 'the account is closed', { fields });
  if (account.custody === 'client' && !sealed)
    throw new DeliveryError('sealingImpossible', 'the account takes sealed mail alone', { fields });
  sweepUploads(context, ledger, size);
  if (!isWithinQuota(account.quota, state, size))
    throw new DeliveryError('overQuota', 'over quota', { fields });
}

/** The next free place of the millisecond; a full one lends from the next. */
function freePlace({ database }: WriteContext, account: number, receivedAt: number): number {
  for (let base = firstPlace(receivedAt); ; base += placesPerMillisecond) {
    const last = database.get<{ place: number | null }>(
      'select max(place) place from email where account = ? and place >= ? and place < ?',
      account,
      base,
      base + placesPerMillisecond,
    );
    if (last?.place == null) return base;
    if (last.place + 1 < base + placesPerMillisecond) return last.place + 1;
  }
}

/** Numbers of the named tags; unknown ids are dropped, with none left it is the inbox. */
function tagNumbers({ database }: WriteContext, account: number, tags: PreparedEmail['tags']): number[] {
  const numbers = new Set<number>();
  for (const tag of tags) {
    if ('role' in tag) {
      numbers.add(systemTagNumbers[tag.role]);
      continue;
    }
    const known = database.get<{ number: number }>(
      'select number from tag where account = ? and id = ?',
      account,
      tag.id,
    );
    if (known) numbers.add(known.number);
  }
  return numbers.size > 0 ? [...numbers].sort((one, other) => one - other) : [systemTagNumbers.inbox];
}

function insertEmail(context: WriteContext, ledger: Ledger, email: PreparedEmail, placed: Placed): void {
  const { database } = context;
  const { columns, content } = email;
  const seen = isSeen(placed.keywords) ? 1 : 0;
  const row = rowId(ledger.number, placed.seq);
  database.run(
    `insert into email(account, place, tail, seq, thread, discussion, message_key, received_at, sent_at, size, seen,
       unread, sealed, attachment, encrypted, unfinished, level, importance, tags, keywords, subject, originator, destination)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ledger.number,
    placed.place,
    placed.tail,
    placed.seq,
    placed.thread,
    email.discussion.key,
    messageKey(ledger.hashKey, email.thread.messageId),
    email.receivedAt,
    columns.sentAt,
    email.size,
    seen,
    isUnread(placed.keywords) ? 1 : 0,
    email.sealed ? 1 : 0,
    columns.attachment,
    columns.encrypted,
    columns.unfinished,
    columns.level,
    columns.importance,
    writeTags(placed.tags),
    placed.keywords,
    columns.subject,
    columns.originator,
    columns.destination,
  );
  database.run('insert into detail(id, data) values (?, ?)', row, email.stored);
  if (content) {
    database.run(
      'insert into content(id, packing, head, body) values (?, ?, ?, ?)',
      row,
      content.packing,
      content.head,
      content.body,
    );
  }
  if (email.learned) putLearned(database, row, email.learned);
  insertLists(context, ledger.number, placed, seen);
}

function insertLists({ database }: WriteContext, account: number, placed: Placed, seen: number): void {
  for (const tag of placed.tags) {
    database.run(
      'insert into email_tag(account, tag, place, seen) values (?, ?, ?, ?)',
      account,
      tag,
      placed.place,
      seen,
    );
  }
  for (const keyword of listedKeywords(placed.keywords)) {
    database.run(
      'insert into email_keyword(account, keyword, place) values (?, ?, ?)',
      account,
      keyword,
      placed.place,
    );
  }
}

/** Keywords that have a list of their own; what is seen is told apart by an index of what is not. */
export function listedKeywords(keywords: string): string[] {
  return keywords.split(' ').filter(keyword => keyword !== '' && keyword !== '$seen');
}
