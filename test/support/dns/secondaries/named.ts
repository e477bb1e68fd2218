import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { unconfined } from '../unconfined.ts';
import { type NameServer, type SecondarySettings, startNameServer, transferKey } from './name-server.ts';

/** named that fetches zones, and answers transfers of them to anybody here. */
export function startNamedSecondary(
  t: Pick<TestContext, 'after'>,
  settings: SecondarySettings,
): Promise<NameServer> {
  const { folder, port } = settings;
  const file = join(folder, 'named.conf');
  writeFileSync(file, settingsText(settings));
  return startNameServer(t, port, [unconfined('bind9', folder), '-f', '-n', '1', '-c', file]);
}

function settingsText({ folder, port, primaryPort, zones, catalog, secret }: SecondarySettings): string {
  const primaries = `primaries { 127.0.0.1 port ${primaryPort} key "${transferKey.name}"; }`;
  const all = catalog ? [...zones, catalog] : zones;
  const catalogs = catalog
    ? `catalog-zones { zone "${catalog}" default-${primaries} in-memory yes min-update-interval 1; };`
    : '';
  return `
key "${transferKey.name}" { algorithm ${transferKey.algorithm}; secret "${secret ?? transferKey.secret}"; };
logging {
  channel told { stderr; severity debug 3; print-category yes; };
  channel short { stderr; severity info; print-category yes; };
  category xfer-in { told; }; category notify { told; }; category default { short; };
};
options {
  directory "${folder}"; pid-file none; session-keyfile none; lock-file none; recursion no; notify no;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; allow-transfer { 127.0.0.1; };
  serial-query-rate 1000; transfers-in 100; transfers-per-ns 100;
  dnssec-validation no; ${catalogs}
};
controls { };
${all
  .map(
    (zone, index) =>
      `zone "${zone}" { type secondary; ${primaries}; allow-notify { key "${transferKey.name}"; }; file "zone${index}"; };\n`,
  )
  .join('')}`;
}
