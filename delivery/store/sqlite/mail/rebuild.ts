import { rmSync } from 'node:fs';
import type { StoreFault } from '../../store.ts';
import { findAccount } from '../directory/rows.ts';
import { searchFile } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';
import { readTags } from './email-rows.ts';
import { Ledger } from './ledger.ts';
import { type RecountKind, recount } from './verify.ts';

/** Deletes the account's search file, which its next search or email makes anew. */
export function dropSearch({ directory, settings }: WriteContext, accountId: string): void {
  const account = findAccount(directory, accountId);
  if (!account) return;
  const file = searchFile(settings.folder, account.number);
  for (const path of [file, `${file}-journal`]) rmSync(path, { force: true });
}

/** Sets the kept counts and lists of an account to what a recount finds, in one transaction; gives what was wrong. */
export function mendCounts(context: WriteContext, accountId: string): StoreFault[] {
  if (!findAccount(context.directory, accountId)) return [];
  const ledger = new Ledger(context, accountId);
  const faults = mendings.flatMap(({ kind, mend }) =>
    recount(context.database, ledger.number, kind).map(row => {
      mend({ context, ledger }, row);
      return { accountId, kind, detail: JSON.stringify(row) };
    }),
  );
  ledger.close();
  return faults;
}

interface Books {
  readonly context: WriteContext;
  readonly ledger: Ledger;
}

/** A row that a recount gives. */
type Row = Readonly<Record<string, unknown>>;

/** How the rows of each recount are mended, in an order in which none upsets what was mended before. */
const mendings: readonly { readonly kind: RecountKind; readonly mend: (books: Books, row: Row) => void }[] = [
  { kind: 'listLeftover', mend: mendList },
  { kind: 'keywordLeftover', mend: mendKeyword },
  { kind: 'learnedLeftover', mend: mendLearned },
  { kind: 'monthCount', mend: mendMonth },
  { kind: 'threadCount', mend: mendThread },
  { kind: 'discussionCount', mend: mendDiscussion },
  { kind: 'discussionTag', mend: mendDiscussionTag },
  { kind: 'discussionParticipant', mend: mendParticipant },
  { kind: 'tagCount', mend: mendTag },
  { kind: 'tagThreadCount', mend: mendTagThreads },
  { kind: 'accountCount', mend: mendAccount },
];

function mendList({ context: { database }, ledger }: Books, { tag, place }: Row): void {
  database.run(
    'delete from email_tag where account = ? and tag = ? and place = ?',
    ledger.number,
    Number(tag),
    Number(place),
  );
}

function mendKeyword({ context: { database }, ledger }: Books, { keyword, place }: Row): void {
  database.run(
    'delete from email_keyword where account = ? and keyword = ? and place = ?',
    ledger.number,
    String(keyword),
    Number(place),
  );
}

function mendLearned({ context: { database } }: Books, { id }: Row): void {
  database.run('delete from learned where id = ?', Number(id));
}

function mendMonth({ context: { database }, ledger }: Books, { tag, month, n }: Row): void {
  const key = [ledger.number, Number(tag), Number(month)] as const;
  database.run('delete from tag_month where account = ? and tag = ? and month = ?', ...key);
  if (n === null) return;
  database.run(
    'insert into tag_month(account, tag, month, emails, counted) values (?, ?, ?, ?, 1)',
    ...key,
    Number(n),
  );
}

function mendThread({ context: { database }, ledger }: Books, { thread, n, u, ut }: Row): void {
  const key = [ledger.number, Buffer.from(String(thread), 'hex')] as const;
  const where = 'where account = ? and thread = ?';
  if (n === 0) {
    database.run(`delete from thread ${where}`, ...key);
    return;
  }
  const counts = new Map<number, number>();
  for (const { tags } of database.all<{ tags: string }>(`select tags from email ${where}`, ...key))
    for (const tag of readTags(tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  database.run(
    `update thread set emails = ?, unread = ?, unread_trash = ?, tags = ? ${where}`,
    Number(n),
    Number(u),
    Number(ut),
    JSON.stringify([...counts]),
    ...key,
  );
}

function mendDiscussion({ context: { database }, ledger }: Books, { key, n, u }: Row): void {
  const name = [ledger.number, String(key)] as const;
  if (n === 0) {
    database.run('delete from discussion where account = ? and key = ?', ...name);
    return;
  }
  database.run(
    `update discussion set emails = ?, unread = ?,
       last_place = (select max(place) from email e where e.account = discussion.account and e.discussion = discussion.key)
     where account = ? and key = ?`,
    Number(n),
    Number(u),
    ...name,
  );
}

function mendDiscussionTag({ context: { database }, ledger }: Books, { tag, discussion, n }: Row): void {
  const key = [ledger.number, Number(tag), String(discussion)] as const;
  database.run('delete from discussion_tag where account = ? and tag = ? and discussion = ?', ...key);
  if (n === null) return;
  database.run(
    'insert into discussion_tag(account, tag, discussion, place) values (?, ?, ?, ?)',
    ...key,
    Number(n),
  );
}

function mendParticipant(
  { context: { database }, ledger }: Books,
  { participant, discussion, isMissing }: Row,
): void {
  const change = isMissing
    ? 'insert into discussion_participant(account, participant, discussion) values (?, ?, ?)'
    : 'delete from discussion_participant where account = ? and participant = ? and discussion = ?';
  database.run(change, ledger.number, String(participant), String(discussion));
}

/** Through the ledger, so that clients are told of the new counts. */
function mendTag({ context: { database }, ledger }: Books, { id, emails, unread, n, u }: Row): void {
  ledger.count(numberOf(database, ledger, id), {
    emails: Number(n) - Number(emails),
    unread: Number(u) - Number(unread),
  });
}

function mendTagThreads({ context: { database }, ledger }: Books, row: Row): void {
  ledger.count(numberOf(database, ledger, row.id), {
    threads: Number(row.n) - Number(row.threads),
    unread_threads: Number(row.su) - Number(row.unread_threads),
  });
}

function numberOf(database: WriteContext['database'], ledger: Ledger, id: unknown): number {
  const row = database.get<{ number: number }>(
    'select number from tag where account = ? and id = ?',
    ledger.number,
    String(id),
  );
  return row?.number ?? 0;
}

function mendAccount({ ledger }: Books, { n, octets, s }: Row): void {
  ledger.state.emails = Number(n);
  ledger.state.used = Number(octets);
  ledger.state.sealed = Number(s);
}
