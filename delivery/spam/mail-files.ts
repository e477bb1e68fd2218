import {
  closeSync,
  type Dirent,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { DeliveryError } from '../errors.ts';
import { mailboxPlaces, openingLineEnd, type Place, unescapedMailbox } from './mailbox-file.ts';

/** One message of a path that was given. */
export interface MailFile {
  /** The argument it was found under, joined with its place in it; `inbox.mbox:3` for the third message of a mailbox file. */
  readonly path: string;
  readonly file: string;
  /** Where it lies in the file; null: the file holds nothing else. */
  readonly place: Place | null;
}

/** Longer messages are read so far: none that a mail server takes is longer. */
const maxOctets = 64 * 1024 * 1024;

/**
 * The messages of a path, in the order of their names: of a file alone, or of all files of a folder and its folders. A
 * file is one message, or a mailbox file (mbox, RFC 4155) with several, which is read piece by piece. Of a Maildir, `cur` and
 * `new` are taken, with the folders beside them. Hidden files are left out, hidden folders are not. Throws `badInput` for
 * a path that is not there, and the system's error for what can't be read.
 */
export function listMailFiles(path: string): MailFile[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new DeliveryError('badInput', `${path}: no such file or folder`);
  return messagesUnder(path, stat, []);
}

/** `above` holds the folders on the way, so that a link to one of them does not lead round in circles. */
function messagesUnder(path: string, stat: Stats, above: readonly string[]): MailFile[] {
  if (stat.isFile()) return messagesOf(path);
  const own = `${stat.dev}:${stat.ino}`;
  if (!stat.isDirectory() || above.includes(own)) return [];
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const entries = readdirSync(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.filter(wantedIn(path)).flatMap(({ name }) => {
    const inner = statSync(prefix + name, { throwIfNoEntry: false });
    return inner ? messagesUnder(prefix + name, inner, [...above, own]) : [];
  });
}

/** A Maildir keeps drafts of deliveries in `tmp`, and lists of its server's beside its folders. */
function wantedIn(folder: string): (entry: Dirent) => boolean {
  const isMaildir = existsSync(`${folder}/cur`) && existsSync(`${folder}/new`);
  return isMaildir
    ? entry => !entry.isFile() && entry.name !== 'tmp'
    : entry => entry.isDirectory() || !entry.name.startsWith('.');
}

/** One that can't be opened is listed all the same: whoever reads it says why. */
function messagesOf(path: string): MailFile[] {
  let places: Place[];
  try {
    places = withFile(path, mailboxPlaces);
  } catch {
    return [{ path, file: path, place: null }];
  }
  if (places.length < 2) return [{ path, file: path, place: null }];
  return places.map((place, at) => ({ path: `${path}:${at + 1}`, file: path, place }));
}

/**
 * The octets of a message, without the `From ` line that mailbox files put first (RFC 4155) and without their escapes.
 * At most 64 MiB. Throws the system's error when it can't be read.
 */
export function readMailFile({ file, place }: MailFile): Uint8Array {
  return withFile(file, descriptor => {
    const { start, end } = place ?? { start: 0, end: fstatSync(descriptor).size };
    const octets = Buffer.alloc(Math.min(end - start, maxOctets));
    let length = 0;
    while (length < octets.length) {
      const read = readSync(descriptor, octets, length, octets.length - length, start + length);
      if (read === 0) break;
      length += read;
    }
    const message = octets.subarray(0, length);
    const opening = openingLineEnd(message);
    return opening === 0 ? message : unescapedMailbox(message.subarray(opening), place !== null);
  });
}

function withFile<T>(path: string, work: (descriptor: number) => T): T {
  const descriptor = openSync(path, 'r');
  try {
    return work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
