import { DeliveryError } from '../../errors.ts';
import type { Store } from '../store.ts';
import { versionMismatch } from '../version-mismatch.ts';
import type { CassandraContext } from './context.ts';
import { type Cell, exchangeCell, readCell, type SeenCell } from './exchange-cell.ts';
import {
  dropGeneration,
  dropGenerations,
  maxMilliseconds,
  readGeneration,
  writeGeneration,
} from './generations.ts';
import type { Session } from './session.ts';

/** Octets of a document of the instance at most. */
const maxOctets = 64 * 1024 * 1024;

/**
 * Documents of the instance: each version is a generation of chunks, and one cell says which one holds. The version is
 * the time of that cell, which grows with each write of it by a process of any version.
 */
export function instancePart(
  context: CassandraContext,
): Pick<Store, 'getInstanceState' | 'getInstanceStateVersion' | 'putInstanceState'> {
  return {
    getInstanceState: name => getInstanceState(context, name),
    getInstanceStateVersion: async name => {
      const seen = await readState(context.session, name);
      return seen.value === null ? null : versionOf(seen);
    },
    putInstanceState: (name, octets, ifVersion) => putInstanceState(context, { name, octets, ifVersion }),
  };
}

async function getInstanceState(
  { session }: CassandraContext,
  name: string,
): ReturnType<Store['getInstanceState']> {
  // A newer generation may take the place of the one whose chunks are read.
  for (let previous: string | null = null; ; ) {
    const seen = await readState(session, name);
    const { value: generation } = seen;
    if (generation === null) return null;
    const octets = await readGeneration(session, name, generation);
    if (octets) return { octets, version: versionOf(seen) };
    if (generation === previous)
      throw new DeliveryError('storeUnavailable', 'octets of a document of the instance are missing', {
        fields: { name },
      });
    previous = generation;
  }
}

/** Microseconds: a safe integer for two hundred years. */
function versionOf({ written }: SeenCell): number {
  return Number(written ?? 0n);
}

async function readState(session: Session, name: string): Promise<SeenCell> {
  const row = await session.row<SeenCell>(
    'select generation as value, writetime(generation) as written from state where name = ?',
    [name],
  );
  return row ?? { value: null, written: null };
}

interface StatePut {
  readonly name: string;
  readonly octets: Uint8Array;
  readonly ifVersion: number | null | undefined;
}

async function putInstanceState(context: CassandraContext, put: StatePut): Promise<number> {
  const { session, clock } = context;
  const { name, octets, ifVersion } = put;
  if (octets.byteLength > maxOctets)
    throw new DeliveryError('badRequest', 'a document of the instance is at most 64 MiB', {
      fields: { name },
    });
  if (ifVersion !== undefined) await requireVersion(session, name, ifVersion);
  const { generation, started } = await writeGeneration(context, name, octets);
  if (clock.now().getTime() - started.getTime() > maxMilliseconds)
    throw new DeliveryError('storeUnavailable', 'to write the document took too long', { fields: { name } });
  const { replaced, version } =
    ifVersion === undefined
      ? await overwrite(session, name, generation)
      : await exchange(session, { name, ifVersion }, generation);
  const present = await readState(session, name);
  await dropGenerations(context, name, { inUse: new Set([present.value]), replaced: [replaced] });
  return version;
}

interface Switched {
  /** The generation that held before. */
  readonly replaced: string | null;
  readonly version: number;
}

async function overwrite(session: Session, name: string, generation: string): Promise<Switched> {
  const before = await readState(session, name);
  const written = session.micros([before.written]);
  await session.run('update state set generation = ? where name = ?', [generation, name], written);
  return { replaced: before.value, version: Number(written) };
}

function cellOf(name: string): Cell {
  return { table: 'state', column: 'generation', key: { name } };
}

async function requireVersion(session: Session, name: string, ifVersion: number | null): Promise<SeenCell> {
  const seen = await readCell(session, cellOf(name));
  const version = seen.value === null ? null : versionOf(seen);
  if (version !== ifVersion) throw versionMismatch({ name });
  return seen;
}

async function exchange(
  session: Session,
  { name, ifVersion }: { readonly name: string; readonly ifVersion: number | null },
  generation: string,
): Promise<Switched> {
  try {
    const before = await requireVersion(session, name, ifVersion);
    const isSwitched = await exchangeCell(session, cellOf(name), {
      before: before.value,
      after: generation,
    });
    if (!isSwitched) throw versionMismatch({ name });
    const now = await readCell(session, cellOf(name));
    // One that was replaced already is of no use to whoever asks for it.
    const version = now.value === generation ? versionOf(now) : versionOf(before) + 1;
    return { replaced: before.value, version };
  } catch (error) {
    const isRefused = error instanceof DeliveryError && error.code === 'badRequest';
    if (isRefused) await dropGeneration(session, name, generation);
    throw error;
  }
}
