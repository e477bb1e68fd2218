import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findService } from '../../services.ts';
import { type NameServer, type SecondarySettings, startNameServer, transferKey } from './name-server.ts';

/** nsd that fetches zones, and answers transfers of them to anybody here. It knows no catalogs. */
export function startNsdSecondary(
  t: Pick<TestContext, 'after'>,
  settings: SecondarySettings,
): Promise<NameServer> {
  const file = join(settings.folder, 'nsd.conf');
  writeFileSync(file, settingsText(settings));
  return startNameServer(t, settings.port, [findService('nsd') ?? 'nsd', '-d', '-c', file]);
}

function settingsText({ folder, port, primaryPort, zones, secret }: SecondarySettings): string {
  return `
server:
  server-count: 1
  ip-address: 127.0.0.1@${port}
  port: ${port}
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: "${folder}/pid"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  logfile: ""
  verbosity: 3
  xfrd-reload-timeout: 0
remote-control:
  control-enable: no
key:
  name: ${transferKey.name}
  algorithm: ${transferKey.algorithm}
  secret: "${secret ?? transferKey.secret}"
${zones
  .map(
    zone => `zone:
  name: ${zone}
  zonefile: "${zone}zone"
  allow-notify: 127.0.0.1 ${transferKey.name}
  request-xfr: 127.0.0.1@${primaryPort} ${transferKey.name}
  provide-xfr: 127.0.0.1 NOKEY
`,
  )
  .join('')}`;
}
