import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { WireReader } from '../wire.ts';
import { blockOf, DamagedFileError, readBlocks } from './blocks.ts';
import { changeGrowth, readChange, writeChange } from './record-octets.ts';
import type { ZoneChange } from './zone-change.ts';

const magic = Buffer.from('caliopen diff 1\n');
const mark = { octets: magic, fault: 'no journal of a zone' };

/** A change in the journal: which, and where it stands in the file. */
export interface JournalEntry {
  readonly fromSerial: number;
  readonly serial: number;
  readonly start: number;
  readonly end: number;
  /** Octets by which the zone grew, about; negative where it shrank. */
  readonly growthOctets: number;
}

export interface JournalIndex {
  readonly entries: readonly JournalEntry[];
  /** Where the next entry goes; what stands behind is of no entry. */
  readonly end: number;
}

export const emptyJournal: JournalIndex = { entries: [], end: magic.length };

/**
 * The whole entries of a journal, each the change from the one before; an entry that was never finished is left out.
 * Throws `DamagedFileError` when anything else is wrong, the file's error when there is none.
 */
export async function readJournal(file: string): Promise<JournalIndex> {
  const handle = await open(file, 'r');
  try {
    return await readEntries(handle);
  } finally {
    await handle.close();
  }
}

async function readEntries(handle: FileHandle): Promise<JournalIndex> {
  const entries: JournalEntry[] = [];
  let end = magic.length;
  try {
    for await (const block of readBlocks(handle, { from: mark, isPassing: true })) {
      const head = new WireReader(block.payload);
      const [fromSerial, serial] = [head.uint32(), head.uint32()];
      if (entries.length > 0 && entries.at(-1)?.serial !== fromSerial)
        throw new DamagedFileError(`no change to ${fromSerial} before that from it`, false);
      const growthOctets = changeGrowth(block.payload);
      entries.push({ fromSerial, serial, start: block.start, end: block.end, growthOctets });
      end = block.end;
    }
  } catch (error) {
    if (!(error instanceof DamagedFileError && error.isTorn)) throw error;
  }
  return { entries, end };
}

/**
 * Writes a change behind the others, and returns when it has come to the disk. When that fails the index stands as it
 * was, and the next change is written over what there is of this one.
 */
export async function appendEntry(
  file: string,
  { entries, end }: JournalIndex,
  change: ZoneChange,
): Promise<JournalIndex> {
  const payload = writeChange(change);
  const block = blockOf(payload);
  const handle = await openForWriting(file);
  try {
    if (entries.length === 0) await writeAll(handle, magic, 0);
    await writeAll(handle, block, end);
    await handle.truncate(end + block.length);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  const { fromSerial, serial } = change;
  const place = { start: end, end: end + block.length };
  const entry = { fromSerial, serial, ...place, growthOctets: changeGrowth(payload) };
  return { entries: [...entries, entry], end: place.end };
}

async function openForWriting(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return open(file, 'w+');
  }
}

async function writeAll(handle: FileHandle, octets: Buffer, position: number): Promise<void> {
  for (let at = 0; at < octets.length; ) {
    const { bytesWritten } = await handle.write(octets, at, octets.length - at, position + at);
    at += bytesWritten;
  }
}

/** The changes of some entries, read from the file. Throws `DamagedFileError` when they are not there any more. */
export async function readChanges(file: string, entries: readonly JournalEntry[]): Promise<ZoneChange[]> {
  const [first] = entries;
  if (!first) return [];
  const handle = await open(file, 'r');
  try {
    const changes: ZoneChange[] = [];
    for await (const { payload } of readBlocks(handle, { from: first.start })) {
      if (changes.length < entries.length) changes.push(readChange(payload));
      if (changes.length === entries.length) return changes;
    }
    throw new DamagedFileError('entries of the journal are gone', false);
  } finally {
    await handle.close();
  }
}

/** Puts a journal of the entries alone in its place. */
export async function keepEntries(file: string, kept: readonly JournalEntry[]): Promise<JournalIndex> {
  const [first] = kept;
  const last = kept.at(-1);
  if (!first || !last) {
    await rm(file, { force: true });
    return emptyJournal;
  }
  const aside = `${file}.new`;
  const [from, to] = [await open(file, 'r'), await open(aside, 'w')];
  try {
    await to.appendFile(magic);
    const octets = Buffer.allocUnsafe(last.end - first.start);
    await from.read(octets, 0, octets.length, first.start);
    await to.appendFile(octets);
    await to.datasync();
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
  await rename(aside, file);
  const moved = first.start - magic.length;
  const entries = kept.map(entry => ({ ...entry, start: entry.start - moved, end: entry.end - moved }));
  return { entries, end: last.end - moved };
}
