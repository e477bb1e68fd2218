import type { CassandraContext } from '../context.ts';
import type { Statement } from '../session.ts';
import { type ChangeParts, requireState } from './change.ts';
import { goneStatement } from './claim.ts';
import { detailWrittenAt } from './detail-times.ts';
import type { LogLine } from './log.ts';
import { listChunks, removeChunks } from './packed.ts';
import type { LightRow } from './row.ts';

/** Emails of one bucket destroyed in one batch. */
const atOnce = 25;

/** `Mail.destroyEmails`. */
export async function destroyEmails(
  parts: ChangeParts,
  accountId: string,
  ids: readonly string[],
  options: { ifInState?: string } = {},
): Promise<{ destroyed: string[]; notFound: string[] }> {
  await requireState(parts, accountId, options.ifInState);
  const wanted = [...new Set(ids)];
  const [, rows] = await Promise.all([
    parts.emails.account(accountId),
    parts.emails.find(accountId, wanted, { isForChange: true }),
  ]);
  await destroyRows(parts, accountId, [...rows.values()]);
  return {
    destroyed: wanted.filter(id => rows.has(id)),
    notFound: wanted.filter(id => !rows.has(id)),
  };
}

/** Destroys emails that were read with the times of their cells. */
export async function destroyRows(
  parts: ChangeParts,
  accountId: string,
  rows: readonly LightRow[],
): Promise<void> {
  const byBucket = Map.groupBy(rows, ({ bucket }) => bucket);
  await parts.buckets.whileChanging(accountId, byBucket.keys(), async () => {
    for (const [bucket, some] of byBucket) {
      for (let first = 0; first < some.length; first += atOnce)
        await destroySome(parts, accountId, some.slice(first, first + atOnce));
      parts.noteIndexed(accountId, bucket);
    }
  });
}

/** First it is noted that their keys are known, then the emails go, then what points to them. */
async function destroySome(parts: ChangeParts, accountId: string, rows: readonly LightRow[]): Promise<void> {
  const { context } = parts;
  await noteGone(context, accountId, rows);
  const timestamp = context.session.micros([
    ...rows.flatMap(({ writtenAt }) => writtenAt),
    ...(await detailWrittenAt(context.session, accountId, rows)),
  ]);
  await parts.telling.write({
    accountId,
    bucket: rows[0]?.bucket ?? 0,
    timestamp,
    statements: rows.flatMap(row => deletions(accountId, row)),
    lines: rows.map(destroyedLine),
  });
  await removePointers(context, accountId, rows, timestamp);
}

function destroyedLine({ id, head, tagIds }: LightRow): LogLine {
  return { class: 'membership', kind: 'destroyed', object: id, thread: head.threadId, tags: tagIds };
}

async function noteGone(
  { session }: CassandraContext,
  accountId: string,
  rows: readonly LightRow[],
): Promise<void> {
  const statements = rows.flatMap(({ id, deliveryKey }) =>
    deliveryKey ? [goneStatement(accountId, deliveryKey, id)] : [],
  );
  if (statements.length > 0) await session.together(statements);
}

function deletions(accountId: string, { bucket, id }: LightRow): Statement[] {
  return ['email', 'detail'].map(table => ({
    cql: `delete from ${table} where account = ? and bucket = ? and id = ?`,
    values: [accountId, bucket, id],
  }));
}

/** Links and chunks of emails that are gone: what a crash leaves of them, readers pass over and `verify` names. */
async function removePointers(
  context: CassandraContext,
  accountId: string,
  rows: readonly LightRow[],
  timestamp: bigint,
): Promise<void> {
  const links = rows.flatMap(({ id, head }) =>
    head.links.map(name => ({
      cql: 'delete from link where account = ? and name = ? and id = ?',
      values: [accountId, name, id],
    })),
  );
  if (links.length > 0) await context.session.together(links, { timestamp });
  // Only octets that are not small have chunks; packing never makes a message much bigger.
  for (const { id } of rows.filter(({ head }) => head.sizeOctets > 32 * 1024)) {
    for await (const some of listChunks(context, accountId, id))
      for (const listed of some) await removeChunks(context, accountId, { listed, timestamp });
  }
}
