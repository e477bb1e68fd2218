import { once } from 'node:events';
import { createWriteStream, openSync, readSync, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Name, nameText, parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { readParts, writeParts } from '../../../dns-keys/transfer/record-octets.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import type { Zone } from '../../../dns-keys/zone/zone.ts';
import { zoneFileLine } from '../../../dns-keys/zone-file.ts';
import { hashedOwner } from '../../dns-keys/zone/key-zones.ts';

export const apexText = '_openpgpkey.example.org';
export const apex: Name = parseName(apexText);

/** The zone as other servers read it, signatures and all. */
export async function writeZoneFile(zone: Zone, file: string): Promise<void> {
  const stream = createWriteStream(file);
  for (const set of zone.sets()) {
    const head = { name: set.owner, class: 1, ttlSeconds: set.ttlSeconds };
    const lines = [
      ...set.rdatas.map(rdata => zoneFileLine({ ...head, type: set.type, rdata })),
      ...set.signatures.map(rdata => zoneFileLine({ ...head, type: rrTypes.RRSIG, rdata })),
    ];
    if (!stream.write(`${lines.join('\n')}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}

const setsAtOnce = 1000;

/** The zone's sets as ours reads them, in pieces with their octets in front. */
export async function writeSets(zone: Zone, file: string): Promise<void> {
  const stream = createWriteStream(file);
  let sets: RecordSet[] = [];
  const write = () => {
    const octets = writeParts(sets);
    const front = Buffer.alloc(4);
    front.writeUInt32BE(octets.length);
    sets = [];
    return stream.write(Buffer.concat([front, octets]));
  };
  for (const set of zone.sets()) {
    sets.push(set);
    if (sets.length === setsAtOnce && !write()) await once(stream, 'drain');
  }
  if (sets.length > 0) write();
  stream.end();
  await finished(stream);
}

/** Sets of a file that `writeSets` wrote. */
export function* readSets(file: string): Generator<RecordSet> {
  const handle = openSync(file, 'r');
  const front = Buffer.alloc(4);
  while (readSync(handle, front) === front.length) {
    const octets = Buffer.allocUnsafe(front.readUInt32BE());
    readSync(handle, octets);
    yield* readParts(octets);
  }
}

/** Queries for dnsperf: for each key once, or for so many names that nobody has. */
export function writeQueries(file: string, count: number, prefix = ''): void {
  const lines = Array.from({ length: count }, (_, seed) => {
    const owner = hashedOwner(prefix === '' ? seed : `${prefix} ${seed}`, apex);
    return `${nameText(owner)} TYPE61\n`;
  });
  writeFileSync(file, lines.join(''));
}
