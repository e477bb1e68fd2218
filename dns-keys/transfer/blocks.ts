import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** Octets before each block's own: their length, their CRC-32, and the CRC-32 of both. */
export const blockHeadOctets = 12;

/** Far beyond any block that is written; a length above it is damage. */
const maxBlockOctets = 2 ** 30;

/** Read at one time. */
const chunkOctets = 256 * 1024;

/** A file that does not hold what was written to it. */
export class DamagedFileError extends Error {
  /** The file ends within the block: it was being written when the machine stopped, and nobody was told of it. */
  readonly isTorn: boolean;

  constructor(message: string, isTorn: boolean) {
    super(message);
    this.name = 'DamagedFileError';
    this.isTorn = isTorn;
  }
}

/** Null where there is no such file. */
export async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A block as it stands in a file. */
export function blockOf(payload: Uint8Array): Buffer {
  const block = Buffer.allocUnsafe(blockHeadOctets + payload.length);
  block.writeUInt32BE(payload.length, 0);
  block.writeUInt32BE(crc32(payload), 4);
  block.writeUInt32BE(crc32(block.subarray(0, 8)), 8);
  block.set(payload, blockHeadOctets);
  return block;
}

/** One block's octets, and where the block begins and ends in its file. */
export interface Block {
  readonly payload: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What a file begins with, and the fault of one that does not. */
export interface FileMark {
  readonly octets: Buffer;
  readonly fault: string;
}

export interface BlockReading {
  /** Where the blocks begin: an offset, or behind a mark, which is looked at. */
  readonly from: number | FileMark;
  /** Payloads are good until the next block is asked for, as all are read into the same memory. */
  readonly isPassing?: boolean;
}

/** The blocks of a file to its end. Throws `DamagedFileError` behind the last good one. */
export async function* readBlocks(
  handle: FileHandle,
  { from, isPassing = false }: BlockReading,
): AsyncGenerator<Block> {
  const chunks = new ChunkReader(handle, { position: typeof from === 'number' ? from : 0, isPassing });
  let at = typeof from === 'number' ? from : await behindMark(chunks, from);
  for (;;) {
    const head = Buffer.from(await chunks.take(blockHeadOctets));
    if (head.length === 0) return;
    if (head.length < blockHeadOctets) throw new DamagedFileError('ends within the head of a block', true);
    const length = checkedLength(head);
    const payload = await chunks.take(length);
    if (payload.length < length) throw new DamagedFileError('ends within a block', true);
    if (crc32(payload) !== head.readUInt32BE(4))
      throw new DamagedFileError('a block has another checksum', await chunks.isAtEnd());
    const end = at + blockHeadOctets + length;
    yield { payload, start: at, end };
    at = end;
  }
}

/** A file may end within its mark: it was just being made. */
async function behindMark(chunks: ChunkReader, { octets, fault }: FileMark): Promise<number> {
  const found = await chunks.take(octets.length);
  if (!octets.subarray(0, found.length).equals(found)) throw new DamagedFileError(fault, false);
  return octets.length;
}

function checkedLength(head: Buffer): number {
  // A file system may lengthen a file before it writes what belongs there.
  if (head.every(octet => octet === 0)) throw new DamagedFileError('zeros in place of a block', true);
  const length = head.readUInt32BE(0);
  if (crc32(head.subarray(0, 8)) !== head.readUInt32BE(8) || length > maxBlockOctets)
    throw new DamagedFileError('the head of a block has another checksum', false);
  return length;
}

/** Reads a file front to back in large pieces. What is written behind its end meanwhile is not read. */
class ChunkReader {
  readonly #handle: FileHandle;
  readonly #isPassing: boolean;
  #position: number;
  #end: number | null = null;
  #held: Buffer = Buffer.alloc(0);
  #memory: Buffer = Buffer.alloc(0);

  constructor(handle: FileHandle, { position, isPassing }: { position: number; isPassing: boolean }) {
    this.#handle = handle;
    this.#position = position;
    this.#isPassing = isPassing;
  }

  /** The next octets; fewer at the end of the file. */
  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length) if (!(await this.#readMore(length))) break;
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  async isAtEnd(): Promise<boolean> {
    return this.#held.length === 0 && !(await this.#readMore(1));
  }

  async #readMore(wanted: number): Promise<boolean> {
    const held = this.#held.length;
    this.#end ??= (await this.#handle.stat()).size;
    const room = Math.min(Math.max(chunkOctets, wanted - held), Math.max(0, this.#end - this.#position));
    if (room === 0) return false;
    const memory = this.#memoryFor(held + room);
    this.#held.copy(memory);
    const { bytesRead } = await this.#handle.read(memory, held, room, this.#position);
    this.#position += bytesRead;
    this.#held = memory.subarray(0, held + bytesRead);
    return bytesRead > 0;
  }

  /** New memory where views of the old are in others' hands. */
  #memoryFor(octets: number): Buffer {
    if (!this.#isPassing || this.#memory.length < octets) this.#memory = Buffer.allocUnsafeSlow(octets);
    return this.#memory;
  }
}
