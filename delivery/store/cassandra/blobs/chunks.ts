import { mapAtOnce } from '../directory/at-once.ts';

/** Octets of one chunk at most. */
export const chunkOctets = 256 * 1024;

/** Chunks that are written or read at once. */
const width = 4;

/** How many chunks hold so many octets. */
export function chunkCount(sizeOctets: number): number {
  return Math.ceil(sizeOctets / chunkOctets);
}

/** Writes the octets in chunks, numbered from 0; done when all are written. */
export async function writeChunks(
  octets: Uint8Array,
  write: (number: number, chunk: Buffer) => Promise<void>,
): Promise<void> {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  await mapAtOnce(numbers(chunkCount(octets.byteLength)), width, number =>
    write(number, view.subarray(number * chunkOctets, (number + 1) * chunkOctets)),
  );
}

/** The octets of so many chunks; null when one is missing. */
export async function readChunks(
  count: number,
  read: (number: number) => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | null> {
  const chunks = await mapAtOnce(numbers(count), width, read);
  const found = chunks.filter(chunk => chunk !== undefined);
  return found.length === count ? new Uint8Array(Buffer.concat(found)) : null;
}

/** Drops so many chunks. */
export async function dropChunks(count: number, drop: (number: number) => Promise<void>): Promise<void> {
  await mapAtOnce(numbers(count), width, drop);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_unused, number) => number);
}
