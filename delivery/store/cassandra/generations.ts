import { randomText } from '../ids.ts';
import { chunkCount, dropChunks, readChunks, writeChunks } from './blobs/chunks.ts';
import type { CassandraContext } from './context.ts';
import type { Session } from './session.ts';

/** A generation that nobody has switched to by then was left by a crash. */
const abandonedMilliseconds = 3_600_000;
/** Whoever writes one gives up well before that. */
export const maxMilliseconds = 600_000;

/** One that is listed, and when its writing began. */
export interface Generation {
  readonly generation: string;
  readonly started: Date;
  /** The same by the writer's clock of cells, in microseconds. */
  readonly at: bigint | null;
}

/**
 * Writes octets as a generation of chunks of `holder`: listed before its first chunk, so that what a crash leaves is
 * found. Its name tells all of it, so that no two can be mixed: `CHUNKS-RANDOM`. `behindList` may throw before any
 * chunk is written.
 */
export async function writeGeneration(
  { session, clock }: CassandraContext,
  holder: string,
  octets: Uint8Array,
  { behindList = async () => undefined }: { readonly behindList?: () => Promise<unknown> } = {},
): Promise<Pick<Generation, 'generation' | 'started'>> {
  const started = clock.now();
  const generation = `${chunkCount(octets.byteLength)}-${randomText(12)}`;
  await session.run('insert into state_generation (name, generation, started) values (?, ?, ?)', [
    holder,
    generation,
    started,
  ]);
  await behindList();
  await writeChunks(octets, (number, chunk) =>
    session.run('insert into state_chunk (name, generation, number, octets) values (?, ?, ?, ?)', [
      holder,
      generation,
      number,
      chunk,
    ]),
  );
  return { generation, started };
}

function countOf(generation: string): number {
  return Number.parseInt(generation, 10);
}

/** Its octets; null when chunks are gone. */
export async function readGeneration(
  session: Session,
  holder: string,
  generation: string,
): Promise<Uint8Array | null> {
  const cql = 'select octets from state_chunk where name = ? and generation = ? and number = ?';
  return await readChunks(
    countOf(generation),
    async number => (await session.row<{ octets: Uint8Array }>(cql, [holder, generation, number]))?.octets,
  );
}

/** All of a holder's that are listed. */
export async function listGenerations(session: Session, holder: string): Promise<Generation[]> {
  const columns = 'generation, started, writetime(started) as at';
  return await session.rows<Generation>(`select ${columns} from state_generation where name = ?`, [holder]);
}

/** Drops those that were replaced, and those that are not in use and were left long ago. */
export async function dropGenerations(
  { session, clock }: CassandraContext,
  holder: string,
  {
    inUse,
    replaced,
  }: { readonly inUse: ReadonlySet<string | null>; readonly replaced: readonly (string | null)[] },
): Promise<void> {
  const now = clock.now().getTime();
  for (const { generation, started } of await listGenerations(session, holder)) {
    if (inUse.has(generation)) continue;
    const isAbandoned = now - started.getTime() > abandonedMilliseconds;
    if (isAbandoned || replaced.includes(generation)) await dropGeneration(session, holder, generation);
  }
}

/** Drops one, with a time ahead of every clock. */
export async function dropGeneration(session: Session, holder: string, generation: string): Promise<void> {
  const timestamp = session.micros() + 60_000_000n;
  await dropChunks(countOf(generation), number =>
    session.run(
      'delete from state_chunk where name = ? and generation = ? and number = ?',
      [holder, generation, number],
      timestamp,
    ),
  );
  await session.run(
    'delete from state_generation where name = ? and generation = ?',
    [holder, generation],
    timestamp,
  );
}
