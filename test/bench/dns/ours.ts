import { argv } from 'node:process';
import { generateZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { openDnsServer } from '../../../dns-keys/server/server.ts';
import { signSet } from '../../../dns-keys/zone/set-signer.ts';
import { Zone } from '../../../dns-keys/zone/zone.ts';
import { ZoneTable } from '../../../dns-keys/zone/zone-table.ts';
import { keySigner } from '../../dns-keys/zone/key-zones.ts';
import { apex, readSets } from './zone-files.ts';

// One server of ours in a process of its own: KIND (plain, online, presigned), PORT and the file of its sets.
const [kind = 'plain', port = '0', setsFile = ''] = argv.slice(2);

const zones = new ZoneTable();
const zone = new Zone({ apex, mode: kind === 'presigned' ? 'presigned' : 'online' });
for (const set of readSets(setsFile)) zone.put(set);
if (kind === 'online') {
  zone.signer = keySigner(apex, generateZoneKey(13, 257));
  signSet(zone, zone.soaRef, Math.floor(Date.now() / 1000));
}
zones.set(zone);
await openDnsServer({
  zones,
  addresses: [{ address: '127.0.0.1', port: Number(port) }],
  connections: { perAddress: 1000 },
  onFault: error => console.error(error),
});
