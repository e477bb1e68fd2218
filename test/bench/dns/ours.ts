import { argv } from 'node:process';
import { generateZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { openDnsServer } from '../../../dns-keys/server/server.ts';
import { signApex } from '../../../dns-keys/zone/set-signer.ts';
import { Zone } from '../../../dns-keys/zone/zone.ts';
import { ZoneTable } from '../../../dns-keys/zone/zone-table.ts';
import { keySigner, keyZone } from '../../dns-keys/zone/key-zones.ts';
import { apex, apexText, writeZoneFile } from './zone-files.ts';

// One server of ours in a process of its own: KIND (plain, online, presigned), KEYS, OCTETS, PORT, and a zone file to
// write for the others. Says on a line how long it took from the record sets to the first answer.
const [kind = 'plain', keys = '1000', octets = '960', port = '0', file] = argv.slice(2);

const now = Math.floor(Date.now() / 1000);
const made = keyZone({
  apex: apexText,
  isPlain: kind !== 'presigned',
  mode: kind === 'presigned' ? 'presigned' : 'online',
  keys: Number(keys),
  keyOctets: Number(octets),
  now,
});
if (file) await writeZoneFile(made, file);
const zones = new ZoneTable();
const zone = new Zone({ apex, mode: made.mode });
const started = performance.now();
for (const set of made.sets()) zone.put(set);
if (kind === 'online') {
  zone.signer = keySigner(apex, generateZoneKey(13, 257));
  signApex(zone, now);
}
zones.set(zone);
made.release();
await openDnsServer({
  zones,
  addresses: [{ address: '127.0.0.1', port: Number(port) }],
  connections: { perAddress: 1000 },
  onFault: error => console.error(error),
});
console.log(JSON.stringify({ readyMilliseconds: Math.round(performance.now() - started) }));
