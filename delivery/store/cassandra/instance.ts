import { DeliveryError } from '../../errors.ts';
import { randomText } from '../ids.ts';
import type { Store } from '../store.ts';
import { chunkCount, dropChunks, readChunks, writeChunks } from './blobs/chunks.ts';
import type { CassandraContext } from './context.ts';
import type { Session } from './session.ts';

/** Octets of a document of the instance at most. */
const maxOctets = 64 * 1024 * 1024;

/** A generation that nobody has switched to by then was left by a crash. */
const abandonedMilliseconds = 3_600_000;
/** Whoever writes one gives up well before that. */
const maxMilliseconds = 600_000;

/** Documents of the instance: each version is a generation of chunks, and one cell says which one holds. */
export function instancePart(
  context: CassandraContext,
): Pick<Store, 'getInstanceState' | 'putInstanceState'> {
  return {
    getInstanceState: name => getInstanceState(context, name),
    putInstanceState: (name, octets) => putInstanceState(context, name, octets),
  };
}

async function getInstanceState({ session }: CassandraContext, name: string): Promise<Uint8Array | null> {
  // A newer generation may take the place of the one whose chunks are read.
  for (let previous: string | null = null; ; ) {
    const { generation } = await readState(session, name);
    if (generation === null) return null;
    const octets = await readChunks(countOf(generation), number =>
      readChunk(session, [name, generation, number]),
    );
    if (octets) return octets;
    if (generation === previous)
      throw new DeliveryError('storeUnavailable', 'octets of a document of the instance are missing', {
        fields: { name },
      });
    previous = generation;
  }
}

async function putInstanceState(
  { session, clock }: CassandraContext,
  name: string,
  octets: Uint8Array,
): Promise<void> {
  if (octets.byteLength > maxOctets)
    throw new DeliveryError('badRequest', 'a document of the instance is at most 64 MiB', {
      fields: { name },
    });
  const started = clock.now();
  const generation = newGeneration(chunkCount(octets.byteLength));
  await session.run('insert into state_generation (name, generation, started) values (?, ?, ?)', [
    name,
    generation,
    started,
  ]);
  await writeChunks(octets, (number, chunk) =>
    session.run('insert into state_chunk (name, generation, number, octets) values (?, ?, ?, ?)', [
      name,
      generation,
      number,
      chunk,
    ]),
  );
  if (clock.now().getTime() - started.getTime() > maxMilliseconds)
    throw new DeliveryError('storeUnavailable', 'to write the document took too long', { fields: { name } });
  const before = await readState(session, name);
  await session.run(
    'update state set generation = ? where name = ?',
    [generation, name],
    session.micros([before.written]),
  );
  await dropGenerations(session, { name, now: clock.now(), replaced: before.generation });
}

/** One cell tells all of a generation, so that no two can be mixed: `CHUNKS-RANDOM`. */
function newGeneration(chunks: number): string {
  return `${chunks}-${randomText(12)}`;
}

function countOf(generation: string): number {
  return Number.parseInt(generation, 10);
}

async function readState(
  session: Session,
  name: string,
): Promise<{ generation: string | null; written: bigint | null }> {
  const row = await session.row<{ generation: string | null; written: bigint | null }>(
    'select generation, writetime(generation) as written from state where name = ?',
    [name],
  );
  return row ?? { generation: null, written: null };
}

async function readChunk(session: Session, key: readonly unknown[]): Promise<Uint8Array | undefined> {
  const cql = 'select octets from state_chunk where name = ? and generation = ? and number = ?';
  return (await session.row<{ octets: Uint8Array }>(cql, key))?.octets;
}

/** Drops the generation that was replaced, and those that are not the present one and were left long ago. */
async function dropGenerations(
  session: Session,
  { name, now, replaced }: { readonly name: string; readonly now: Date; readonly replaced: string | null },
): Promise<void> {
  const { generation: present } = await readState(session, name);
  const rows = await session.rows<{ generation: string; started: Date }>(
    'select generation, started from state_generation where name = ?',
    [name],
  );
  for (const { generation, started } of rows) {
    if (generation === present) continue;
    const isAbandoned = now.getTime() - started.getTime() > abandonedMilliseconds;
    if (generation === replaced || isAbandoned) await dropGeneration(session, name, generation);
  }
}

async function dropGeneration(session: Session, name: string, generation: string): Promise<void> {
  const timestamp = session.micros() + 60_000_000n;
  await dropChunks(countOf(generation), number =>
    session.run(
      'delete from state_chunk where name = ? and generation = ? and number = ?',
      [name, generation, number],
      timestamp,
    ),
  );
  await session.run(
    'delete from state_generation where name = ? and generation = ?',
    [name, generation],
    timestamp,
  );
}
