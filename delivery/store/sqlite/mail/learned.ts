import type { Database } from '../database.ts';
import { rowId } from '../files.ts';
import type { ReadContext } from '../threads/context.ts';
import { readAccount } from './account-reads.ts';
import { findEmail } from './email-rows.ts';

/** Keeps what was learned of the email with this row, or removes it; with the email's detail it goes (`schema.ts`). */
export function putLearned(database: Database, row: number, learned: Uint8Array | null): void {
  if (learned === null) database.run('delete from learned where id = ?', row);
  else database.run('insert or replace into learned(id, octets) values (?, ?)', row, learned);
}

/** `Mail.getLearned`. */
export function getLearned(context: ReadContext, accountId: string, emailId: string): Uint8Array | null {
  return readAccount(context, accountId, (database, { number }) => {
    const record = findEmail(database, number, emailId);
    if (!record) return null;
    const row = database.get<{ octets: Uint8Array }>(
      'select octets from learned where id = ?',
      rowId(number, record.seq),
    );
    return row?.octets ?? null;
  });
}
