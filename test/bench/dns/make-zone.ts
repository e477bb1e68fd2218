import { argv } from 'node:process';
import { keyZone } from '../../dns-keys/zone/key-zones.ts';
import { apexText, writeSets, writeZoneFile } from './zone-files.ts';

// Makes a zone and signs it where KIND is presigned, in a process of its own: KIND, KEYS, OCTETS, and the files to write
// for other servers and for ours.
const [kind = 'plain', keys = '1000', octets = '960', zoneFile = '', setsFile = ''] = argv.slice(2);
const zone = keyZone({
  apex: apexText,
  isPlain: kind !== 'presigned',
  mode: kind === 'presigned' ? 'presigned' : 'online',
  keys: Number(keys),
  keyOctets: Number(octets),
  now: Math.floor(Date.now() / 1000),
});
await writeZoneFile(zone, zoneFile);
await writeSets(zone, setsFile);
