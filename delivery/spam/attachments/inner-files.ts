import { constants, gunzipSync } from 'node:zlib';
import { type FileKind, kindOf } from './kinds.ts';
import { readEntry, type ZipEntry, zipEntries } from './zip.ts';

/** A file of an attachment: the attachment itself, or one in it. */
export interface InnerFile {
  /** Lower-case name; empty when there is none. */
  readonly name: string;
  readonly kind: FileKind;
  /** What was read of it: all or the beginning, empty where it can't be read. */
  readonly octets: Uint8Array;
  /** It can't be read without a password. */
  readonly isEncrypted: boolean;
  /** Archives around it. */
  readonly depth: number;
  /** True for an archive of which something was left out for its size. */
  readonly isCut?: boolean;
}

/** What is read of the archives in one attachment, at most. */
const limits = { depth: 3, files: 60, startOctets: 8192, archiveOctets: 1_000_000, octets: 3_000_000 };

/** The attachment and the files in it, archives in archives opened as far as the budget goes. */
export function innerFiles(name: string, octets: Uint8Array): InnerFile[] {
  const kind = kindOf(octets);
  const files: InnerFile[] = [{ name, kind, octets, isEncrypted: false, depth: 0 }];
  let spent = 0;
  for (let at = 0; at < files.length; at++) {
    const file = files[at];
    const open = file && openers[file.kind];
    if (!file || !open) continue;
    const room = limits.files - files.length;
    const isOpened = room > 0 && spent < limits.octets && file.depth < limits.depth;
    const inner = isOpened ? open(file) : [];
    files.push(...inner.slice(0, room));
    for (const { octets } of inner) spent += octets.length;
    if (!isOpened || inner.length > room) files[at] = { ...file, isCut: true };
  }
  return files;
}

type Opener = (file: InnerFile) => InnerFile[];

const openers: Readonly<Partial<Record<FileKind, Opener>>> = {
  zip: openZip,
  gzip: openGzip,
  tar: openTar,
  rar: openRar,
};

function openZip(archive: InnerFile): InnerFile[] {
  return zipEntries(archive.octets)
    .slice(0, limits.files + 1)
    .map(entry => ofEntry(archive, entry));
}

function ofEntry(archive: InnerFile, entry: ZipEntry): InnerFile {
  const start = readEntry(archive.octets, entry, limits.startOctets) ?? new Uint8Array(0);
  const kind = kindOf(start);
  const isOpened = kind === 'zip' || kind === 'gzip' || kind === 'tar' || kind === 'page' || kind === 'ole';
  const whole = isOpened ? readEntry(archive.octets, entry, limits.archiveOctets) : null;
  return {
    ...{ name: lower(entry.name), kind, octets: whole ?? start, depth: archive.depth + 1 },
    ...{ isEncrypted: entry.isEncrypted, isCut: isOpened && whole === null },
  };
}

function openGzip(archive: InnerFile): InnerFile[] {
  const name = archive.name.replace(/\.(?:gz|gzip)$/, '').replace(/\.tgz$/, '.tar');
  const file = { name, isEncrypted: false, depth: archive.depth + 1 };
  try {
    const octets = gunzipSync(archive.octets.subarray(0, 200_000), {
      maxOutputLength: limits.archiveOctets,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    return [{ ...file, kind: kindOf(octets), octets }];
  } catch (error) {
    // Broken, or it swells beyond what is looked at.
    const swells = error instanceof RangeError;
    return swells ? [{ ...file, kind: 'other', octets: new Uint8Array(0), isCut: true }] : [];
  }
}

/** Headers of 512 octets, each before its file in whole blocks (POSIX.1-2017, pax, ustar). */
function openTar(archive: InnerFile): InnerFile[] {
  const view = Buffer.from(archive.octets.buffer, archive.octets.byteOffset, archive.octets.byteLength);
  const files: InnerFile[] = [];
  for (let at = 0; at + 512 <= view.length && files.length < limits.files; ) {
    const name = view.toString('utf8', at, at + 100).split('\0', 1)[0] ?? '';
    const size = Number.parseInt(
      view.toString('latin1', at + 124, at + 136).replace(/[^0-7]/g, '') || '0',
      8,
    );
    if (name === '') break;
    const octets = view.subarray(at + 512, at + 512 + Math.min(size, limits.startOctets));
    files.push({
      name: lower(name),
      kind: kindOf(octets),
      octets,
      isEncrypted: false,
      depth: archive.depth + 1,
    });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** Content is packed in a way that Node does not know; the names stand plain in the headers, the first one near the start. */
function openRar(archive: InnerFile): InnerFile[] {
  const view = Buffer.from(archive.octets.buffer, archive.octets.byteOffset, archive.octets.byteLength);
  const isFive = view[6] === 1;
  // RAR 4: the main header's flag 0x80; RAR 5: a header of type 4 right behind the signature.
  const isEncrypted = isFive ? (view[13] ?? 0) === 4 : ((view[10] ?? 0) & 0x80) !== 0;
  const names =
    view.toString('latin1', 0, 4096).match(/[\w()[\] .,@&+-]{1,120}\.[a-z0-9]{2,5}(?![a-z0-9])/gi) ?? [];
  const files = names.slice(0, 20).map(name => inside(archive, name, isEncrypted));
  return isEncrypted && files.length === 0 ? [inside(archive, '', true)] : files;
}

function inside(archive: InnerFile, name: string, isEncrypted: boolean): InnerFile {
  return {
    name: lower(name),
    kind: 'other',
    octets: new Uint8Array(0),
    isEncrypted,
    depth: archive.depth + 1,
  };
}

function lower(name: string): string {
  return name.trim().toLowerCase().slice(-200);
}
