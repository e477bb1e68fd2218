import type { CassandraContext } from '../context.ts';
import type { Emails } from './emails.ts';
import { keptMilliseconds, kinds, linesSince, logMilliseconds } from './log.ts';
import { type ListedChunks, listChunks, removeChunks } from './packed.ts';
import { isOld, type Suspicion } from './verify-fault.ts';

/** They were written behind their row of the list; another try to deliver the email has chunks of its own. */
async function remove(context: CassandraContext, accountId: string, listed: ListedChunks): Promise<void> {
  await removeChunks(context, accountId, { listed, timestamp: context.session.micros([listed.at]) });
}

/** What the log tells of an account's emails, as long as it goes back. */
export interface EmailLog {
  /** In microseconds: what came or went later is told. */
  readonly since: bigint;
  readonly created: ReadonlySet<string>;
  /** Ids of emails that were destroyed, and their threads. */
  readonly destroyed: ReadonlyMap<string, string | null>;
}

/** Whoever destroys an email has removed what points to it by then. */
const destroyingMilliseconds = 60_000;

/** Reads it. */
export async function readEmailLog(context: CassandraContext, accountId: string): Promise<EmailLog> {
  const now = context.clock.now().getTime();
  const created = new Set<string>();
  const destroyed = new Map<string, string | null>();
  // Lines of emails that came or went.
  const lines = await linesSince(context, accountId, { type: 'Thread', since: now - keptMilliseconds });
  for (const { kind, object, thread, at } of lines) {
    if (kind === kinds.created) created.add(object);
    const isOver = at.getDate().getTime() <= now - destroyingMilliseconds;
    if (kind === kinds.destroyed && isOver) destroyed.set(object, thread);
  }
  return { since: context.session.micros() - BigInt(logMilliseconds) * 1000n, created, destroyed };
}

/** An account, and how its emails are found. */
interface Holder {
  readonly accountId: string;
  readonly emails: Pick<Emails, 'find'>;
}

/** Chunks that nothing names: of emails that are gone or never came, and of tries whose octets were not taken. */
export async function* chunkLeftovers(
  context: CassandraContext,
  holder: Holder,
  { destroyed }: EmailLog,
): AsyncGenerator<Suspicion[]> {
  for await (const some of listChunks(context, holder.accountId)) {
    const suspicions: Suspicion[] = [];
    for (const listed of some) {
      const isOver = destroyed.has(listed.id) || isOld(context, listed.at);
      if (isOver && !(await isNamed(context, holder, listed)))
        suspicions.push(leftover(context, holder, listed));
    }
    if (suspicions.length > 0) yield suspicions;
  }
}

function leftover(context: CassandraContext, holder: Holder, listed: ListedChunks): Suspicion {
  const { accountId } = holder;
  const isStill = async (): Promise<boolean> => {
    for await (const some of listChunks(context, accountId, listed.id))
      if (some.some(({ generation }) => generation === listed.generation))
        return !(await isNamed(context, holder, listed));
    return false;
  };
  return {
    kind: 'chunkLeftover',
    accountId,
    detail: `${listed.id}: octets that no email names`,
    isStill,
    mend: async () => {
      if (await isStill()) await remove(context, accountId, listed);
    },
  };
}

async function isNamed(
  { session }: CassandraContext,
  { accountId, emails }: Holder,
  { id, generation }: ListedChunks,
): Promise<boolean> {
  const row = (await emails.find(accountId, [id])).get(id);
  if (!row) return false;
  const cells = await session.row<{ generation: string | null }>(
    'select generation from detail where account = ? and bucket = ? and id = ?',
    [accountId, row.bucket, id],
  );
  return cells?.generation === generation;
}
