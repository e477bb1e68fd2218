import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../acme/pebble.ts';
import { poll } from '../../poll.ts';
import { findService } from '../../services.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { ask } from './ask.ts';
import { startNameServer } from './name-server.ts';

/** A zone that delegates one of ours, signed, on a port of loopback. */
export interface ParentZone {
  readonly port: number;
  /** DNSKEY of its key-signing key, with the owner: a trust anchor. */
  readonly anchor: string;
}

/** Starts knotd with the zone of a domain, which has these records besides its own: lines of a zone file. */
export async function startParent(
  t: Pick<TestContext, 'after'>,
  domain: string,
  records: readonly string[],
): Promise<ParentZone> {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const zoneFile = join(folder, 'zone');
  const head = [
    '@ 3600 IN SOA ns hostmaster 1 3600 600 432000 900',
    '@ 3600 IN NS ns',
    'ns 3600 IN A 127.0.0.1',
  ];
  writeFileSync(zoneFile, `$ORIGIN ${domain}\n${[...head, ...records].join('\n')}\n`);
  const settings = join(folder, 'knot.conf');
  writeFileSync(settings, settingsText({ folder, port, domain, zoneFile }));
  await startNameServer(t, port, [findService('knot') ?? 'knotd', '-c', settings]);
  const anchor = await poll('the parent zone to be signed', async () => {
    const { answers } = await ask(port, domain, 'DNSKEY');
    return answers.find(line => line.includes(' DNSKEY 257 '));
  });
  return { port, anchor };
}

interface KnotSettings {
  readonly folder: string;
  readonly port: number;
  readonly domain: string;
  readonly zoneFile: string;
}

function settingsText({ folder, port, domain, zoneFile }: KnotSettings): string {
  return `
server:
  rundir: "${folder}"
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stdout
    any: info
database:
  storage: "${folder}"
  journal-db-max-size: 50M
  kasp-db-max-size: 50M
  timer-db-max-size: 50M
  catalog-db-max-size: 50M
policy:
  - id: ours
    algorithm: ECDSAP256SHA256
    nsec3: on
    nsec3-iterations: 0
    nsec3-salt-length: 0
zone:
  - domain: ${domain}
    file: "${zoneFile}"
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: all
    dnssec-signing: on
    dnssec-policy: ours
`;
}
