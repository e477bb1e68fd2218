import type { NewEmail } from '../../store.ts';
import { messageKey, newThread, threadGivers } from '../../thread-names.ts';
import type { Database } from '../database.ts';
import { type CountChange, type Ledger, systemTagNumbers } from './ledger.ts';

/** The part of an email that thread, discussion and tag counts depend on. */
export interface Standing {
  readonly tags: readonly number[];
  readonly unread: boolean;
}

interface ThreadRow {
  emails: number;
  /** Unread emails in a tag other than trash, and unread emails in trash (RFC 8621 §2, unreadThreads). */
  unread: number;
  unread_trash: number;
  /** How many emails of the thread each tag has. */
  tags: Map<number, number>;
}

/** The thread of a new email: that of an email that gives it one, else its own (`newThread`). */
export function threadOf(
  database: Database,
  account: Pick<Ledger, 'number' | 'hashKey'>,
  thread: NewEmail['thread'],
): Uint8Array {
  for (const identifier of threadGivers(thread)) {
    const named = threadOfMessage(database, account, identifier);
    if (named) return named;
  }
  return newThread(account.hashKey, thread);
}

function threadOfMessage(
  database: Database,
  account: Pick<Ledger, 'number' | 'hashKey'>,
  identifier: string,
): Uint8Array | undefined {
  return database.get<{ thread: Uint8Array }>(
    `select thread from email indexed by email_message where account = ? and message_key = ?
     order by place limit 1`,
    account.number,
    messageKey(account.hashKey, identifier),
  )?.thread;
}

/**
 * Counts one email's change of standing (null: it was not, or is no longer, there) into its thread and tags.
 * Gives what became of the thread.
 */
export function countStanding(
  database: Database,
  ledger: Ledger,
  change: { thread: Uint8Array; before: Standing | null; after: Standing | null },
): 'created' | 'updated' | 'destroyed' {
  const { thread, before, after } = change;
  const known = readThread(database, ledger.number, thread);
  const row = known ?? { emails: 0, unread: 0, unread_trash: 0, tags: new Map() };
  const shareBefore = sharesOf(row);
  if (before) addStanding(row, before, -1);
  if (after) addStanding(row, after, 1);
  const shareAfter = sharesOf(row);
  for (const tag of new Set([...shareBefore.keys(), ...shareAfter.keys()])) {
    ledger.count(tag, difference(shareBefore.get(tag), shareAfter.get(tag)));
  }
  countEmail(ledger, before, -1);
  countEmail(ledger, after, 1);
  writeThread(database, ledger.number, thread, row, known !== undefined);
  if (row.emails === 0) return 'destroyed';
  return known ? 'updated' : 'created';
}

function countEmail(ledger: Ledger, standing: Standing | null, sign: 1 | -1): void {
  for (const tag of standing?.tags ?? [])
    ledger.count(tag, { emails: sign, unread: standing?.unread ? sign : 0 });
}

function addStanding(row: ThreadRow, { tags, unread }: Standing, sign: 1 | -1): void {
  row.emails += sign;
  for (const tag of tags) row.tags.set(tag, (row.tags.get(tag) ?? 0) + sign);
  if (!unread) return;
  if (tags.some(tag => tag !== systemTagNumbers.trash)) row.unread += sign;
  if (tags.includes(systemTagNumbers.trash)) row.unread_trash += sign;
}

/** What the thread adds to `threads` and `unread_threads` of each tag. */
function sharesOf(row: ThreadRow): Map<number, { threads: number; unread_threads: number }> {
  const shares = new Map<number, { threads: number; unread_threads: number }>();
  for (const [tag, emails] of row.tags) {
    if (emails <= 0) continue;
    const unread = tag === systemTagNumbers.trash ? row.unread_trash : row.unread;
    shares.set(tag, { threads: 1, unread_threads: unread > 0 ? 1 : 0 });
  }
  return shares;
}

type Share = { threads: number; unread_threads: number } | undefined;

function difference(before: Share, after: Share): Partial<CountChange> {
  return {
    threads: (after?.threads ?? 0) - (before?.threads ?? 0),
    unread_threads: (after?.unread_threads ?? 0) - (before?.unread_threads ?? 0),
  };
}

function readThread(database: Database, account: number, thread: Uint8Array): ThreadRow | undefined {
  const row = database.get<{ emails: number; unread: number; unread_trash: number; tags: string }>(
    'select emails, unread, unread_trash, tags from thread where account = ? and thread = ?',
    account,
    thread,
  );
  return row && { ...row, tags: new Map(JSON.parse(row.tags) as [number, number][]) };
}

function writeThread(
  database: Database,
  account: number,
  thread: Uint8Array,
  row: ThreadRow,
  isKnown: boolean,
): void {
  if (row.emails === 0) {
    database.run('delete from thread where account = ? and thread = ?', account, thread);
    return;
  }
  const tags = JSON.stringify([...row.tags].filter(([, emails]) => emails > 0));
  const values = [row.emails, row.unread, row.unread_trash, tags, account, thread] as const;
  const sql = isKnown
    ? 'update thread set emails = ?, unread = ?, unread_trash = ?, tags = ? where account = ? and thread = ?'
    : 'insert into thread(emails, unread, unread_trash, tags, account, thread) values (?, ?, ?, ?, ?, ?)';
  database.run(sql, ...values);
}
