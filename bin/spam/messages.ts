import { listMailFiles, type MailFile, readMailFile } from '../../delivery/spam/mail-files.ts';
import { hashText, mix } from '../../delivery/spam/slots.ts';
import type { CommandContext } from '../command.ts';
import { explainFileError } from '../file-error.ts';

/** The messages of all paths. Throws `badInput` for one that is not there. */
export function listed(paths: readonly string[]): MailFile[] {
  return paths.flatMap(path => listMailFiles(path));
}

/** In an order that has nothing to do with names and dates, the same every time. */
export function mixed<T extends { readonly file: MailFile }>(files: readonly T[]): T[] {
  const keyed = files.map(entry => ({ entry, key: mix(hashText(entry.file.path, undefined, 4096)) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry);
}

/** The octets of a message; one that can't be read is named, the others go on, and the command ends with 1. */
export function octetsOf(context: CommandContext, file: MailFile): Uint8Array | null {
  try {
    return readMailFile(file);
  } catch (error) {
    const why = explainFileError(error, null, file.path);
    const text = why ?? `${file.path}: ${error instanceof Error ? error.message : String(error)}`;
    context.stderr.write(`caliopen: ${text}\n`);
    context.exit(1);
    return null;
  }
}
