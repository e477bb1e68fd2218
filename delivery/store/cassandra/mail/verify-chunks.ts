import type { CassandraContext } from '../context.ts';
import { grouped } from '../directory/at-once.ts';
import type { Emails } from './emails.ts';
import { keptMilliseconds, kinds, linesSince } from './log.ts';
import { isOld, type Suspicion } from './verify-fault.ts';

/** A chunk as it was seen. */
interface SeenChunk {
  readonly id: string;
  readonly number: number;
  readonly at: bigint | null;
}

const selectChunks = 'select id, number, writetime(octets) as at from chunk where account = ?';
const numbersAtOnce = 50;
/** Chunks that the biggest message can have, and more. */
const mostChunks = 1000;

async function chunksOf({ session }: CassandraContext, accountId: string, id: string): Promise<SeenChunk[]> {
  const found: SeenChunk[] = [];
  for (let first = 0; first < mostChunks; first += numbersAtOnce) {
    const numbers = Array.from({ length: numbersAtOnce }, (_unused, index) => first + index);
    const cql = `${selectChunks} and id = ? and number in ?`;
    const some = await session.rows<SeenChunk>(cql, [accountId, id, numbers]);
    found.push(...some);
    if (some.length === 0) break;
  }
  return found;
}

/** Deletes what was seen, and nothing later. */
async function removeSeen(
  { session }: CassandraContext,
  accountId: string,
  chunks: readonly SeenChunk[],
): Promise<void> {
  const cql = 'delete from chunk where account = ? and id = ? and number = ?';
  for (const { id, number, at } of chunks) await session.run(cql, [accountId, id, number], at ?? undefined);
}

/** Deletes the chunks of an email that never came; those that a delivery may be writing now stay. */
export async function removeOldChunks(
  context: CassandraContext,
  accountId: string,
  id: string,
): Promise<void> {
  const chunks = await chunksOf(context, accountId, id);
  await removeSeen(
    context,
    accountId,
    chunks.filter(({ at }) => isOld(context, at)),
  );
}

/** An email that was destroyed, as the log tells. */
export interface Destroyed {
  readonly id: string;
  readonly threadId: string | null;
}

/** Whoever destroys an email has removed what points to it by then. */
const destroyingMilliseconds = 60_000;

/** Emails that were destroyed as long as the log goes back. */
export async function destroyedEmails(context: CassandraContext, accountId: string): Promise<Destroyed[]> {
  const now = context.clock.now().getTime();
  // Lines of emails that came or went.
  const lines = await linesSince(context, accountId, { type: 'Thread', since: now - keptMilliseconds });
  return lines.flatMap(({ kind, object, thread, at }) => {
    const isOver = kind === kinds.destroyed && at.getDate().getTime() <= now - destroyingMilliseconds;
    return isOver ? [{ id: object, threadId: thread }] : [];
  });
}

/** First chunks that are looked for, because a removal may have come to some of them. */
const firstNumbers = [0, 1, 2, 3];

/** Chunks that destroyed emails have left. */
export async function chunkLeftovers(
  context: CassandraContext,
  { accountId, emails }: { readonly accountId: string; readonly emails: Pick<Emails, 'find'> },
  destroyed: readonly Destroyed[],
): Promise<Suspicion[]> {
  const suspicions: Suspicion[] = [];
  const cql = `${selectChunks} and id in ? and number in ?`;
  for (const some of grouped(destroyed, 25)) {
    const ids = some.map(({ id }) => id);
    const found = await context.session.rows<SeenChunk>(cql, [accountId, ids, firstNumbers]);
    for (const id of new Set(found.map(chunk => chunk.id)))
      suspicions.push(leftover(context, { accountId, emails, id }));
  }
  return suspicions;
}

function leftover(
  context: CassandraContext,
  { accountId, emails, id }: { accountId: string; emails: Pick<Emails, 'find'>; id: string },
): Suspicion {
  const look = async (): Promise<SeenChunk[]> => {
    const chunks = await chunksOf(context, accountId, id);
    return (await emails.find(accountId, [id])).has(id) ? [] : chunks;
  };
  return {
    kind: 'chunkLeftover',
    accountId,
    detail: `${id}: octets of an email that was destroyed`,
    isStill: async () => (await look()).length > 0,
    mend: async () => removeSeen(context, accountId, await look()),
  };
}
