import { constants, inflateRawSync } from 'node:zlib';

/** A file in a ZIP archive, as its central directory says (APPNOTE 4.3.12). */
export interface ZipEntry {
  readonly name: string;
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly compressedOctets: number;
  /** Offset of its local header. */
  readonly offset: number;
}

const maxEntries = 200;

/**
 * The files of an archive by its central directory; of one whose end is missing, by the local headers in what is
 * there. At most 200.
 */
export function zipEntries(archive: Uint8Array): ZipEntry[] {
  const view = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  // The end record is followed by a comment of at most 65,535 octets.
  const end = view.lastIndexOf('PK\x05\x06', view.length, 'latin1');
  const directory = end >= 0 && end + 20 <= view.length ? view.readUInt32LE(end + 16) : -1;
  const entries = directory >= 0 ? centralEntries(view, directory) : [];
  return entries.length > 0 ? entries : localEntries(view);
}

function centralEntries(view: Buffer, directory: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = directory;
  while (at + 46 <= view.length && view.readUInt32LE(at) === 0x02014b50 && entries.length < maxEntries) {
    const nameOctets = view.readUInt16LE(at + 28);
    entries.push({
      name: nameAt(view, at + 46, nameOctets),
      isEncrypted: (view.readUInt16LE(at + 8) & 1) === 1,
      method: view.readUInt16LE(at + 10),
      compressedOctets: view.readUInt32LE(at + 20),
      offset: view.readUInt32LE(at + 42),
    });
    at += 46 + nameOctets + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
  }
  return entries;
}

function localEntries(view: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = view.indexOf('PK\x03\x04', 0, 'latin1');
  while (at >= 0 && at + 30 <= view.length && entries.length < maxEntries) {
    entries.push({
      name: nameAt(view, at + 30, view.readUInt16LE(at + 26)),
      isEncrypted: (view.readUInt16LE(at + 6) & 1) === 1,
      method: view.readUInt16LE(at + 8),
      compressedOctets: view.readUInt32LE(at + 18),
      offset: at,
    });
    at = view.indexOf('PK\x03\x04', at + 30, 'latin1');
  }
  return entries;
}

function nameAt(view: Buffer, at: number, octets: number): string {
  return view.toString('utf8', at, at + Math.min(octets, 300));
}

/**
 * The beginning of a file in the archive, at most `maxOctets`; null for one that is encrypted, packed another way, or
 * swells beyond that.
 */
export function readEntry(archive: Uint8Array, entry: ZipEntry, maxOctets: number): Uint8Array | null {
  const view = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const { offset } = entry;
  if (entry.isEncrypted || offset + 30 > view.length || view.readUInt32LE(offset) !== 0x04034b50) return null;
  const start = offset + 30 + view.readUInt16LE(offset + 26) + view.readUInt16LE(offset + 28);
  const packed = view.subarray(start, start + Math.min(entry.compressedOctets || maxOctets, maxOctets));
  if (entry.method === 0) return packed;
  return entry.method === 8 ? inflatedStart(packed, maxOctets) : null;
}

function inflatedStart(packed: Uint8Array, maxOctets: number): Uint8Array | null {
  try {
    return inflateRawSync(packed, { maxOutputLength: maxOctets, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    // Broken, or larger than what is looked at: deflate grows a thousandfold at most, so try the first octets alone.
    return packed.length > 64 ? inflatedStart(packed.subarray(0, 64), Math.max(maxOctets, 70_000)) : null;
  }
}
