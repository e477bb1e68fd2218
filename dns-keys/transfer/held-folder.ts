import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A folder of zone files that one process writes. */
export interface HeldFolder {
  readonly path: string;
  /** Another may hold it then, as when the process ends. */
  release(): void;
}

/** Of a SQLite database that somebody else has locked. */
const busyCode = 5;

/**
 * Holds a folder of zone files in the data folder: `dns`, or `dns-2` and so on where other processes on the same data
 * hold those before, as two that append to one journal would tear it. The lock is one of the system's on a file, so it
 * goes with its process, however that ends.
 */
export async function holdZoneFolder(data: string): Promise<HeldFolder> {
  for (let number = 1; ; number += 1) {
    const path = join(data, number === 1 ? 'dns' : `dns-${number}`);
    await mkdir(path, { recursive: true, mode: 0o700 });
    const lock = lockOrNull(join(path, 'held'));
    if (lock) return { path, release: () => lock.close() };
  }
}

/** An open database that nobody else can open a transaction of; null when somebody has. */
function lockOrNull(file: string): DatabaseSync | null {
  const database = new DatabaseSync(file);
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busyCode) return null;
    throw error;
  }
}
