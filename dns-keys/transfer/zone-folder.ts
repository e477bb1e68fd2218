import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Name } from '../name.ts';
import { zoneFileName } from './zone-file-name.ts';

/** Files of a zone: its image and its journal, those that were being written, and those set aside. */
const zoneFile = /^(.+)\.(?:zone|journal)(?:\.new|\.damaged)?$/;

/** Removes the files of all zones but these; gives the names of those that are gone, sorted. A folder that is not there has none. */
export async function removeOtherZones(folder: string, kept: Iterable<Name>): Promise<string[]> {
  const names = await readdir(folder).catch(error => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return [];
  const files = new Set([...kept].map(zoneFileName));
  const gone = new Set<string>();
  for (const name of names) {
    const zone = zoneFile.exec(name)?.[1];
    if (zone === undefined || files.has(zone)) continue;
    await rm(join(folder, name), { force: true });
    gone.add(zone);
  }
  return [...gone].sort();
}
