import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { equalNames, type Name, nameText } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import { WireReader } from '../wire.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { type Block, blockOf, DamagedFileError, readBlocks } from './blocks.ts';
import { copyPart, partOctets, readParts, writeParts } from './record-octets.ts';

const magic = Buffer.from('caliopen zone 1\n');
const mark = { octets: magic, fault: 'no image of a zone' };

/** About the octets of sets that stand in one block. */
const blockOctets = 64 * 1024;

/** A whole zone in a file: its SOA set in the first block, the other sets in those behind it, then their count. */
export interface ZoneImage {
  readonly soa: RecordSet;
  /** Octets of all its sets. */
  readonly octets: number;
}

export type RecordSets = Iterable<RecordSet> | AsyncIterable<RecordSet>;

export interface WantedImage {
  readonly apex: Name;
  readonly soa: RecordSet;
  readonly sets: RecordSets;
  /** Called when the new image is on disk and the old one still in its place. */
  readonly beforeRename?: () => Promise<void>;
}

/**
 * Writes an image beside the old one and puts it in its place when all of it has come to the disk. A SOA among `sets`
 * is left out. They must not change before the promise is done.
 */
export async function writeImage(
  file: string,
  { apex, soa, sets, beforeRename }: WantedImage,
): Promise<ZoneImage> {
  const aside = `${file}.new`;
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(aside, 'w');
  let written: ZoneImage;
  try {
    written = await writeBlocks(handle, { apex, soa, sets });
    await handle.datasync();
  } catch (error) {
    // On a full disk, what there is of it takes the room of others.
    await rm(aside, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await beforeRename?.();
  await rename(aside, file);
  await syncFolder(dirname(file));
  return written;
}

async function writeBlocks(
  handle: FileHandle,
  { apex, soa, sets }: { apex: Name; soa: RecordSet; sets: RecordSets },
): Promise<ZoneImage> {
  let [octets, count, waiting]: [number, number, Buffer[]] = [partOctets(soa), 0, []];
  waiting.push(magic, blockOf(Buffer.concat([apex, writeParts([soa])])));
  let block: RecordSet[] = [];
  let left = blockOctets;
  const flush = async () => {
    if (block.length > 0) waiting.push(blockOf(writeParts(block)));
    [block, left] = [[], blockOctets];
    await handle.appendFile(Buffer.concat(waiting));
    waiting = [];
  };
  for await (const set of sets) {
    if (set.type === rrTypes.SOA) continue;
    count += 1;
    const size = partOctets(set);
    octets += size;
    block.push(set);
    left -= size;
    if (left <= 0) await flush();
  }
  await flush();
  await handle.appendFile(blockOf(lastPayload(count, octets)));
  return { soa, octets };
}

/** The last block: a root name and a type of zero, which no set has, then the count of sets and their octets. */
function lastPayload(count: number, octets: number): Buffer {
  const last = Buffer.alloc(13);
  last.writeUInt32BE(count, 3);
  last.writeUIntBE(octets, 7, 6);
  return last;
}

function isLast(payload: Buffer): boolean {
  return payload.length === 13 && payload.readUInt16BE(1) === 0 && payload[0] === 0;
}

/** A folder remembers a new name only when it is synced itself. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads an image through, all checksums. `take` gets each set, the SOA first; those behind it are good until it returns.
 * Throws `DamagedFileError` when the image is not whole or of another zone, `WireError` when it holds something else.
 */
export async function readImage(
  handle: FileHandle,
  apex: Name,
  take: (set: RecordSet) => void,
): Promise<ZoneImage> {
  let soa: RecordSet | null = null;
  let octets: number | null = null;
  for await (const { payload } of readBlocks(handle, { from: mark, isPassing: true })) {
    if (octets !== null) throw new DamagedFileError('blocks behind the last', false);
    if (!soa) {
      soa = copyPart(readHead(payload, apex));
      take(soa);
    } else if (isLast(payload)) octets = payload.readUIntBE(7, 6);
    else for (const set of readParts(payload)) take(set);
  }
  if (!soa || octets === null) throw new DamagedFileError('ends before its last block', false);
  return { soa, octets };
}

function readHead(payload: Buffer, apex: Name): RecordSet {
  const reader = new WireReader(payload);
  const found = reader.name({ isPlain: true });
  if (!equalNames(found, apex)) throw new DamagedFileError(`image of ${nameText(found)}`, false);
  const [soa] = readParts(reader.rest());
  if (soa?.type !== rrTypes.SOA) throw new DamagedFileError('no SOA in front', false);
  return soa;
}

/** The sets of an image that was read through, but for the SOA, a block's worth at one time. Throws `DamagedFileError`. */
export async function* imageSets(handle: FileHandle): AsyncGenerator<readonly RecordSet[]> {
  let head: Block | null = null;
  for await (const block of readBlocks(handle, { from: mark })) {
    if (!head) head = block;
    else if (!isLast(block.payload)) yield readParts(block.payload);
  }
}
