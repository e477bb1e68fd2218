import type { Database } from '../database.ts';
import { type AccountRecord, requireAccount } from '../directory/rows.ts';
import { shardOf } from '../files.ts';
import type { ReadContext } from '../threads/context.ts';

/** Runs `work` on one snapshot of the account's shard; throws `notFound` when there is no such account. */
export function readAccount<T>(
  context: ReadContext,
  accountId: string,
  work: (database: Database, account: AccountRecord) => T,
): T {
  const account = requireAccount(context.directory, accountId);
  const database = context.shard(shardOf(accountId, context.settings.shards));
  return database.read(() => work(database, account));
}

/** Ids of the account's tags by number. */
export function tagIds(database: Database, account: number): Map<number, string> {
  const rows = database.all<{ number: number; id: string }>(
    'select number, id from tag where account = ?',
    account,
  );
  return new Map(rows.map(({ number, id }) => [number, id]));
}
