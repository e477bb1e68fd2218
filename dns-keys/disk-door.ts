import type { DnsDoor } from './dns-door.ts';
import { dnsHooks } from './dns-hooks.ts';
import { type DnsServerParts, dnsServerSettings } from './dns-server.ts';
import { type Name, nameKey } from './name.ts';
import { Secondaries } from './publish/secondaries.ts';
import { openDnsServer } from './server/server.ts';
import { dnsSettings } from './settings.ts';
import { openNotifier } from './transfer/notify.ts';
import type { TransferZone } from './transfer/transfer.ts';
import { zonesIn } from './transfer/zone-folder.ts';
import { openZoneFile } from './transfer/zone-versions.ts';
import { Slabs } from './zone/slabs.ts';
import { Zone } from './zone/zone.ts';
import { ZoneTable } from './zone/zone-table.ts';

/**
 * Answers from the files of presigned zones alone, for a start while the store is away: nothing in them changes, and zones
 * that are signed as they are asked are not there. Null when there are no such files.
 */
export async function openDiskDoor(parts: DnsServerParts): Promise<DnsDoor | null> {
  const { config, clock, log } = parts;
  const settings = dnsSettings(config);
  const { access } = new Secondaries({ settings, notifier: openNotifier({ clock, log }) });
  const table = new ZoneTable();
  const zones = await loadZones(parts.zoneFolder, { parts, table, access });
  if (table.size === 0) return null;
  const find = (apex: Name) => zones.get(nameKey(apex)) ?? null;
  const server = await openDnsServer({
    zones: table,
    ...dnsServerSettings(parts, settings),
    hooks: dnsHooks(find, { settings, clock, log }),
  });
  const help = 'presigned zones are answered from disk as they were; the rest waits until the store answers';
  log.error({ zones: table.size, help }, 'dnsWithoutStore');
  return {
    addresses: server.addresses,
    tlsAddresses: server.tlsAddresses,
    close: () => server.close(),
  };
}

async function loadZones(
  folder: string,
  {
    parts: { config, log },
    table,
    access,
  }: Pick<TransferZone, 'access'> & { parts: DnsServerParts; table: ZoneTable },
): Promise<Map<string, TransferZone>> {
  const { catalog } = dnsSettings(config);
  const slabs = new Slabs();
  const zones = new Map<string, TransferZone>();
  for (const apex of await zonesIn(folder)) {
    // Members of a catalog that is not whole would be dropped.
    if (catalog && nameKey(apex) === nameKey(catalog)) continue;
    const zone = new Zone({ apex, mode: 'presigned', slabs });
    const versions = await openZoneFile(folder, apex, { log, into: zone });
    if (versions.soa === null) continue;
    table.set(zone);
    zones.set(nameKey(apex), { apex: zone.apex, access, versions });
  }
  return zones;
}
