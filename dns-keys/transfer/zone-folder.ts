import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Name } from '../name.ts';
import { zoneFileName, zoneOfFile } from './zone-file-name.ts';

/** Files of a zone: its image and its journal, those that were being written, and those set aside. */
const zoneFile = /^(.+)\.(?:zone|journal)(?:\.new|\.damaged)?$/;

/** Removes the files of all zones but these; gives the names of those that are gone, sorted. A folder that is not there has none. */
export async function removeOtherZones(folder: string, kept: Iterable<Name>): Promise<string[]> {
  const names = await namesIn(folder);
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

/** The zones that have an image there; but for those whose file is not named after them in full. */
export async function zonesIn(folder: string): Promise<Name[]> {
  const names = await namesIn(folder);
  const images = names.filter(name => name.endsWith('.zone')).sort();
  return images.map(name => zoneOfFile(name.slice(0, -'.zone'.length))).filter(apex => apex !== null);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(error => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
