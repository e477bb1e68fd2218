import { rmSync } from 'node:fs';
import { accountRange, rowId, searchFile } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';

/** Tables keyed by rowid = account * 2^33 + sequence, and tables whose key begins with the account. */
const rowTables = ['content', 'detail', 'learned', 'change', 'audit', 'upload'] as const;
const keyTables: Readonly<Record<string, string>> = {
  email: 'place',
  email_tag: 'tag, place',
  email_keyword: 'keyword, place',
  thread: 'thread',
  discussion: 'key',
  discussion_participant: 'participant, discussion',
  discussion_tag: 'tag, discussion',
  delivery_key: 'key',
  document: 'name',
  account_state: 'name',
  tag: 'number',
  tag_gone: 'seq',
  tag_month: 'tag, month',
  private_key: 'fingerprint',
  public_key: 'address, fingerprint',
  contact: 'id',
  contact_address: 'address, id',
};

/** Rows deleted of each table in one transaction, so that other accounts' deliveries get their turn. */
const atOnce = 500;

/** Deletes some of an account's rows, in the end its search file; true when some are left. `secure_delete` overwrites what they held. */
export function eraseSome({ database, settings }: WriteContext, account: number): boolean {
  let isLeft = false;
  for (const table of rowTables) {
    const deleted = database.run(
      `delete from ${table} where id in (select id from ${table} where id >= ? and id < ? limit ${atOnce})`,
      rowId(account, 0),
      rowId(account, 0) + accountRange,
    );
    isLeft ||= deleted === atOnce;
  }
  for (const [table, key] of Object.entries(keyTables)) {
    const deleted = database.run(
      `delete from ${table} where account = ? and (${key}) in
         (select ${key} from ${table} where account = ? limit ${atOnce})`,
      account,
      account,
    );
    isLeft ||= deleted === atOnce;
  }
  if (isLeft) return true;
  database.run('delete from account where number = ?', account);
  const search = searchFile(settings.folder, account);
  for (const path of [search, `${search}-journal`]) rmSync(path, { force: true });
  return false;
}

/** A small flushed write. */
export function probeShard({ database, now }: WriteContext): void {
  database.run('insert or replace into probe(id, at) values (1, ?)', now);
}
