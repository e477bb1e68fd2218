import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A file of the store in which damage was met. */
export interface Damage {
  /** Name of the file in the data folder. */
  readonly file: string;
  /** What SQLite said. */
  readonly cause: string;
  /** When it was met first, ISO 8601. */
  readonly metAt: string;
}

/** Notes of damage, one small file for each: they outlive the process that met it, and every process can read them. */
function notesFolder(dataFolder: string): string {
  return join(dataFolder, 'damaged');
}

/** Notes that damage was met in a file; the first note stays. A note that can't be written is left out. */
export function noteDamage(dataFolder: string, { file, cause, metAt }: Damage): void {
  const folder = notesFolder(dataFolder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ file: basename(file), cause, metAt });
    writeFileSync(join(folder, `${basename(file)}.json`), text, { flag: 'wx', mode: 0o600 });
  } catch {
    // It is noted already, or the disk is full: the log tells it in any case.
  }
}

/** What was noted, by file name. */
export function listDamage(dataFolder: string): Damage[] {
  const folder = notesFolder(dataFolder);
  try {
    return readdirSync(folder)
      .sort()
      .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Damage);
  } catch {
    return []; // Nothing was ever noted.
  }
}

/** Forgets what was noted: for whoever has found the store to be whole. */
export function forgetDamage(dataFolder: string): void {
  rmSync(notesFolder(dataFolder), { recursive: true, force: true });
}
