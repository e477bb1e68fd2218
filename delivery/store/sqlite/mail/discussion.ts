import type { Database } from '../database.ts';

/** Counts a new email into its discussion; makes the discussion with its first email. */
export function joinDiscussion(
  database: Database,
  account: number,
  email: { key: string; participants: string; place: number; unread: boolean },
): void {
  database.run(
    `insert into discussion(account, key, participants, last_place, emails, unread) values (?, ?, ?, ?, 1, ?)
     on conflict do update set emails = emails + 1, unread = unread + excluded.unread,
       last_place = max(last_place, excluded.last_place)`,
    account,
    email.key,
    email.participants,
    email.place,
    email.unread ? 1 : 0,
  );
}

/** Counts a change of read and unread. */
export function recountDiscussion(database: Database, account: number, key: string, unread: 1 | -1): void {
  database.run(
    'update discussion set unread = unread + ? where account = ? and key = ?',
    unread,
    account,
    key,
  );
}

/** Counts an email out that has just been deleted; the discussion goes with its last email. */
export function leaveDiscussion(
  database: Database,
  account: number,
  email: { key: string; unread: boolean },
): void {
  const last = database.get<{ place: number | null }>(
    'select max(place) place from email where account = ? and discussion = ?',
    account,
    email.key,
  );
  if (last?.place == null) {
    database.run('delete from discussion where account = ? and key = ?', account, email.key);
    return;
  }
  database.run(
    `update discussion set emails = emails - 1, unread = unread - ?, last_place = ?
     where account = ? and key = ?`,
    email.unread ? 1 : 0,
    last.place,
    account,
    email.key,
  );
}
