import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findService } from '../../services.ts';
import { type NameServer, type SecondarySettings, startNameServer, transferKey } from './name-server.ts';

/** knotd that fetches zones, and answers transfers of them to anybody here. */
export function startKnotSecondary(
  t: Pick<TestContext, 'after'>,
  settings: SecondarySettings,
): Promise<NameServer> {
  const file = join(settings.folder, 'knot.conf');
  writeFileSync(file, settingsText(settings));
  return startNameServer(t, settings.port, [findService('knot') ?? 'knotd', '-c', file]);
}

function settingsText({ folder, port, primaryPort, zones, catalog, secret }: SecondarySettings): string {
  const interpreted = catalog
    ? `  - domain: ${catalog}\n    template: member\n    catalog-role: interpret\n    catalog-template: member\n`
    : '';
  return `
server:
  rundir: "${folder}"
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 2
log:
  - target: stdout
    any: info
database:
  storage: "${folder}"
  journal-db-max-size: 500M
  kasp-db-max-size: 50M
  timer-db-max-size: 50M
  catalog-db-max-size: 50M
key:
  - id: ${transferKey.name}
    algorithm: ${transferKey.algorithm}
    secret: ${secret ?? transferKey.secret}
remote:
  - id: primary
    address: 127.0.0.1@${primaryPort}
    key: ${transferKey.name}
acl:
  - id: notify
    address: 127.0.0.1
    key: ${transferKey.name}
    action: notify
  - id: transfer
    address: 127.0.0.1
    action: transfer
template:
  - id: default
    storage: "${folder}"
  - id: member
    storage: "${folder}"
    zonefile-sync: -1
    zonefile-load: none
    journal-content: all
    master: primary
    acl: [notify, transfer]
zone:
${zones.map(zone => `  - domain: ${zone}\n    template: member\n`).join('')}${interpreted}`;
}
