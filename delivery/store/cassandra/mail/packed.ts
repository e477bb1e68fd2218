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

/** Writes the chunks; they count for nothing before the email's own row is there. */
export async function writeChunks(
  { session }: CassandraContext,
  { accountId, id }: { readonly accountId: string; readonly id: string },
  chunks: readonly Uint8Array[],
): Promise<void> {
  for (let first = 0; first < chunks.length; first += writtenAtOnce) {
    const some = chunks.slice(first, first + writtenAtOnce);
    await Promise.all(
      some.map((octets, index) =>
        session.run('insert into chunk (account, id, number, octets) values (?, ?, ?, ?)', [
          accountId,
          id,
          first + index,
          Buffer.from(octets),
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
}

/** The octets that were packed; throws `storeUnavailable` when a piece is not there. */
export async function readPacked(
  { session }: CassandraContext,
  { accountId, id }: { readonly accountId: string; readonly id: string },
  cells: OctetCells,
): Promise<Uint8Array> {
  const head = cells.head ?? new Uint8Array(0);
  if (!cells.chunks)
    return unpackMessage({ packing: cells.packing, head, body: cells.body ?? new Uint8Array(0) });
  const pieces: Uint8Array[] = [];
  for (let number = 0; number < cells.chunks; number++) {
    const row = await session.row<{ octets: Uint8Array }>(
      'select octets from chunk where account = ? and id = ? and number = ?',
      [accountId, id, number],
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
