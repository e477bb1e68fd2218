import type { CassandraContext } from '../context.ts';
import { forEver } from '../directory/making-end.ts';
import { bucketOf, monthOfInstant } from './bucket.ts';
import type { Buckets } from './buckets.ts';
import { listChunks, removeChunks } from './packed.ts';
import type { LightRow } from './row.ts';
import type { Tags } from './tags.ts';

/** What erasing an account's mail needs. */
export interface EraseParts {
  readonly context: CassandraContext;
  readonly buckets: Buckets;
  readonly tags: Tags;
  readonly eraseSearch: (accountId: string, buckets: readonly number[]) => Promise<void>;
}

/**
 * Deletes all mail of an account: bucket by bucket, the list of buckets last, so that a crash leaves what the next try
 * finds. Delivery keys of emails that were destroyed before say nothing without the account's key, and go by
 * themselves.
 */
export async function eraseMail(parts: EraseParts, accountId: string): Promise<void> {
  const { context, buckets } = parts;
  const list = await buckets.list(accountId);
  for (const bucket of list) {
    for await (const rows of buckets.rows(accountId, bucket)) await erasePointers(context, accountId, rows);
    await erasePartitions(context, accountId, bucket.bucket);
  }
  await parts.eraseSearch(
    accountId,
    list.map(({ bucket }) => bucket),
  );
  for (const month of logMonths(context)) await erasePartitions(context, accountId, bucketOf(month, 0));
  const timestamp = forEver(context.session);
  // Also those of deliveries that never came to their end.
  for await (const some of listChunks(context, accountId))
    for (const listed of some) await removeChunks(context, accountId, { listed, timestamp });
  await context.session.run('delete from bucket where account = ?', [accountId], timestamp);
  await parts.tags.erase(accountId);
  buckets.forget(accountId);
}

/** The log can lie in months without emails. */
function logMonths({ clock }: CassandraContext): number[] {
  const month = monthOfInstant(clock.now());
  return [month + 1, month, month - 1, month - 2];
}

async function erasePartitions(
  { session }: CassandraContext,
  accountId: string,
  bucket: number,
): Promise<void> {
  const statements = ['email', 'detail', 'change'].map(table => ({
    cql: `delete from ${table} where account = ? and bucket = ?`,
    values: [accountId, bucket],
  }));
  await session.together(statements, { timestamp: forEver(session) });
}

async function erasePointers(
  context: CassandraContext,
  accountId: string,
  rows: readonly LightRow[],
): Promise<void> {
  const names = [...new Set(rows.flatMap(({ head }) => head.links))];
  for (let first = 0; first < names.length; first += 50) {
    const statements = names.slice(first, first + 50).map(name => ({
      cql: 'delete from link where account = ? and name = ?',
      values: [accountId, name],
    }));
    await context.session.together(statements, { timestamp: forEver(context.session) });
  }
  const keys = rows.flatMap(({ deliveryKey }) => deliveryKey ?? []);
  for (const key of keys) {
    // Made by a lightweight transaction, so ended by one.
    await context.session.claim('delete from delivery_key where account = ? and key = ? if exists', [
      accountId,
      key,
    ]);
  }
}
