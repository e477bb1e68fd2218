import { versionMismatch } from '../../version-mismatch.ts';
import { Ledger } from '../mail/ledger.ts';
import type { WriteContext } from '../threads/context.ts';

/** A state to put, or, without octets, to remove. */
export interface NewState {
  readonly name: string;
  readonly octets: Uint8Array | null;
  readonly ifVersion: number | null;
}

/** `AccountStates.putAccountState`. One row of numbers gives the versions of all of an account's states. */
export function putAccountState(
  context: WriteContext,
  accountId: string,
  { name, octets, ifVersion }: NewState,
): number {
  const { database } = context;
  const { number } = new Ledger(context, accountId);
  const known = database.get<{ version: number }>(
    'select version from account_state where account = ? and name = ?',
    number,
    name,
  );
  if ((known?.version ?? null) !== ifVersion) throw versionMismatch({ accountId, name });
  const version = nextVersion(context, number);
  database.run('delete from account_state where account = ? and name = ?', number, name);
  if (octets !== null)
    database.run(
      'insert into account_state(account, name, version, octets) values (?, ?, ?, ?)',
      number,
      name,
      version,
      octets,
    );
  return version;
}

function nextVersion({ database }: WriteContext, account: number): number {
  database.run('update account set state_version = coalesce(state_version, 0) + 1 where number = ?', account);
  const row = database.get<{ version: number }>(
    'select state_version version from account where number = ?',
    account,
  );
  return row?.version ?? 0;
}
