import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Name, nameText, parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
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

/** Queries for dnsperf: for each key once, or for so many names that nobody has. */
export function writeQueries(file: string, count: number, prefix = ''): void {
  const lines = Array.from({ length: count }, (_, seed) => {
    const owner = hashedOwner(prefix === '' ? seed : `${prefix} ${seed}`, apex);
    return `${nameText(owner)} TYPE61\n`;
  });
  writeFileSync(file, lines.join(''));
}
