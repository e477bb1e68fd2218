/** What the system's refusal of a file means for the reader, by its code. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  EROFS: 'the file system is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'this user’s share of the disk is full',
  EMFILE: 'this process has too many open files; raise the limit (ulimit -n)',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'a file stands in its place',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file',
};

/**
 * A line about an error of a file: which one, why, and what to do when it lies in the data folder. Null when `error`
 * is none. `file` is the one that was asked for, which not every error tells.
 */
export function explainFileError(error: unknown, dataFolder: string | null, file?: string): string | null {
  if (!(error instanceof Error)) return null;
  const { code, path = file } = error as NodeJS.ErrnoException;
  const meaning = meanings[code ?? ''];
  if (!meaning || !path) return null;
  const isData = dataFolder !== null && `${path}/`.startsWith(`${dataFolder}/`);
  return isData
    ? `the data folder can't be used: ${path}: ${meaning}; mend that, or name another folder with --data or CALIOPEN_DATA`
    : `${path}: ${meaning}`;
}
