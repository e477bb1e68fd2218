import { DeliveryError } from '../../../errors.ts';
import { type PackedMessage, packMessage, unpackMessage } from '../../packing.ts';
import type { CassandraContext } from '../context.ts';

/** Bodies up to this size, packed, lie beside the texts. */
const maxInline = 64 * 1024;
const chunkOctets = 256 * 1024;

/** The octets of an email as they are written: beside its texts, or in chunks of their own. */
export interface PackedOctets {
  readonly packing: number;
  readonly head: Uint8Array;
  /** Null when the body is in `chunks`. */
  readonly body: Uint8Array | null;
  readonly chunks: readonly Uint8Array[];
}

export function packOctets(octets: Uint8Array): PackedOctets {
  const { packing, head, body } = packMessage(octets);
  if (body.byteLength <= maxInline) return { packing, head, body, chunks: [] };
  const count = Math.ceil(body.byteLength / chunkOctets);
  const chunks = Array.from({ length: count }, (_unused, index) =>
    body.subarray(index * chunkOctets, (index + 1) * chunkOctets),
  );
  return { packing, head, body: null, chunks };
}

/** Chunks written at once. */
const writtenAtOnce = 4;

/** Where the chunks of an email are: those of one try to deliver it. */
export interface ChunkPlace {
  readonly accountId: string;
  readonly id: string;
  /** Each try has its own, so that octets of two never mix: sealing gives others each time. */
  readonly generation: string;
}

/** Lists the chunks, then writes them; they count for nothing before the email's own row is there. */
export async function writeChunks(
  { session }: CassandraContext,
  { accountId, id, generation }: ChunkPlace,
  chunks: readonly Uint8Array[],
): Promise<void> {
  if (chunks.length === 0) return;
  await session.run('insert into chunk_list (account, id, generation, chunks) values (?, ?, ?, ?)', [
    accountId,
    id,
    generation,
    chunks.length,
  ]);
  for (let first = 0; first < chunks.length; first += writtenAtOnce) {
    const some = chunks.slice(first, first + writtenAtOnce);
    await Promise.all(
      some.map((octets, index) =>
        session.run('insert into chunk (account, id, number, generation, octets) values (?, ?, ?, ?, ?)', [
          accountId,
          id,
          first + index,
          generation,
          octets,
        ]),
      ),
    );
  }
}

/** Cells of `detail` that hold octets. */
export interface OctetCells {
  readonly packing: number;
  readonly head: Uint8Array;
  readonly body: Uint8Array | null;
  readonly chunks: number | null;
  readonly generation: string | null;
}

/** The octets that were packed; throws `storeUnavailable` when a piece is not there. */
export async function readPacked(
  { session }: CassandraContext,
  { accountId, id }: Pick<ChunkPlace, 'accountId' | 'id'>,
  cells: OctetCells,
): Promise<Uint8Array> {
  const head = cells.head ?? new Uint8Array(0);
  if (!cells.chunks)
    return unpackMessage({ packing: cells.packing, head, body: cells.body ?? new Uint8Array(0) });
  const pieces: Uint8Array[] = [];
  for (let number = 0; number < cells.chunks; number++) {
    const row = await session.row<{ octets: Uint8Array }>(
      'select octets from chunk where account = ? and id = ? and generation = ? and number = ?',
      [accountId, id, cells.generation, number],
    );
    if (!row)
      throw new DeliveryError('storeUnavailable', 'an email has lost a piece of its octets', {
        fields: { id, number },
      });
    pieces.push(row.octets);
  }
  const packed: PackedMessage = { packing: cells.packing, head, body: Buffer.concat(pieces) };
  return unpackMessage(packed);
}

/** A row of `chunk_list`. */
export interface ListedChunks {
  readonly id: string;
  readonly generation: string;
  readonly chunks: number;
  /** When it was listed, in microseconds. */
  readonly at: bigint;
}

const selectList = 'select id, generation, chunks, writetime(chunks) as at from chunk_list where account = ?';

/** All that is listed of an account, some at a time; or of one email. */
export async function* listChunks(
  { session }: CassandraContext,
  accountId: string,
  id?: string,
): AsyncGenerator<ListedChunks[]> {
  if (id === undefined) yield* session.pages<ListedChunks>(selectList, [accountId]);
  else yield await session.rows<ListedChunks>(`${selectList} and id = ?`, [accountId, id]);
}

const deletedAtOnce = 50;

/** Deletes these chunks, and in the end their row in the list; `timestamp` as for any deletion. */
export async function removeChunks(
  { session }: CassandraContext,
  accountId: string,
  { listed, timestamp }: { readonly listed: ListedChunks; readonly timestamp: bigint },
): Promise<void> {
  const { id, generation, chunks } = listed;
  for (let first = 0; first < chunks; first += deletedAtOnce) {
    const count = Math.min(deletedAtOnce, chunks - first);
    const statements = Array.from({ length: count }, (_unused, index) => ({
      cql: 'delete from chunk where account = ? and id = ? and generation = ? and number = ?',
      values: [accountId, id, generation, first + index],
    }));
    await session.together(statements, { timestamp });
  }
  const cql = 'delete from chunk_list where account = ? and id = ? and generation = ?';
  await session.run(cql, [accountId, id, generation], timestamp);
}
