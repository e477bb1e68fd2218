import { readdirSync, readFileSync, statSync } from 'node:fs';
import { DeliveryError } from '../errors.ts';

/** A message file; `path` is the argument it was found under, joined with its place in it. */
export interface MailFile {
  readonly path: string;
}

/**
 * The message files of a path, one a message: the file itself, or all files of a folder and its folders (a Maildir,
 * too) in the order of their names. Hidden files are left out, hidden folders are not. Throws `badInput` for a path
 * that is not there.
 */
export function listMailFiles(path: string): MailFile[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new DeliveryError('badInput', `${path}: no such file or folder`);
  if (!stat.isDirectory()) return [{ path }];
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const entries = readdirSync(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap(entry => {
    if (entry.isDirectory()) return listMailFiles(prefix + entry.name);
    const isMessage = !entry.name.startsWith('.') && (entry.isFile() || entry.isSymbolicLink());
    return isMessage ? [{ path: prefix + entry.name }] : [];
  });
}

/** The octets of a message file without the `From ` line that mailbox files put first (RFC 4155). */
export function readMailFile({ path }: MailFile): Uint8Array {
  const octets = readFileSync(path);
  if (octets.toString('latin1', 0, 5) !== 'From ') return octets;
  const end = octets.indexOf(10);
  return end < 0 ? octets.subarray(octets.length) : octets.subarray(end + 1);
}
