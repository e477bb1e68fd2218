import type { AccountState } from '../../store.ts';
import type { Database } from '../database.ts';
import { readAccount } from '../mail/account-reads.ts';
import type { ReadContext } from '../threads/context.ts';

/** `AccountStates.getAccountState`. */
export function getAccountState(context: ReadContext, accountId: string, name: string): AccountState | null {
  return readAccount(context, accountId, (database, { number }) => {
    const row = database.get<AccountState>(
      'select octets, version from account_state where account = ? and name = ?',
      number,
      name,
    );
    return row ? { octets: row.octets, version: row.version } : null;
  });
}

/** `OwnerContext.stateVersions`. */
export function stateVersionsOf(database: Database, account: number): Record<string, number> {
  const rows = database.all<{ name: string; version: number }>(
    'select name, version from account_state where account = ?',
    account,
  );
  return Object.fromEntries(rows.map(({ name, version }) => [name, version]));
}
