import type { CassandraContext } from '../context.ts';
import type { Statement } from '../session.ts';
import { type ChangeParts, inOneGo, requireState } from './change.ts';
import type { LogLine } from './log.ts';
import type { LightRow } from './row.ts';

/** Emails of one bucket destroyed in one batch. */
const atOnce = 25;
/** A destroyed email's delivery key is known as long as any key can be. */
const goneSeconds = 50 * 86_400;

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
  const timestamp = context.session.micros(rows.flatMap(({ writtenAt }) => writtenAt));
  const lines = rows.map(destroyedLine);
  const bucket = rows[0]?.bucket ?? 0;
  await inOneGo(
    context,
    { accountId, bucket, timestamp },
    rows.flatMap(row => deletions(accountId, row)),
    lines,
  );
  await removePointers(context, accountId, rows, timestamp);
  for (const line of lines) parts.tell(accountId, line);
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
    deliveryKey
      ? [
          {
            cql: 'insert into delivery_gone (account, key, email) values (?, ?, ?) using ttl ?',
            values: [accountId, deliveryKey, id, goneSeconds],
          },
        ]
      : [],
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
  for (const { id, head } of rows)
    await removeChunks(context, accountId, { id, sizeOctets: head.sizeOctets });
}

const chunkOctets = 256 * 1024;

/** Deletes the chunks that a message of this size can have at most. */
export async function removeChunks(
  { session }: CassandraContext,
  accountId: string,
  { id, sizeOctets }: { id: string; sizeOctets: number },
): Promise<void> {
  // Packing never makes a message bigger by more than a little.
  if (sizeOctets <= 64 * 1024) return;
  const numbers = Array.from(
    { length: Math.ceil((sizeOctets + 1024) / chunkOctets) },
    (_unused, number) => number,
  );
  await session.together(
    numbers.map(number => ({
      cql: 'delete from chunk where account = ? and id = ? and number = ?',
      values: [accountId, id, number],
    })),
  );
}
