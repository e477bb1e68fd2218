import type { Parts } from '../delivery/open.ts';
import { checkPublishedPage } from '../delivery/published-check.ts';
import { dnsPort, openDnsClient, openServerClient } from './ask/dns-client.ts';
import { openWorldLookup } from './check/world-lookup.ts';
import { dnsHooks } from './dns-hooks.ts';
import { dnsMetricRows } from './dns-metrics.ts';
import { type DnsServerParts, dnsServerSettings } from './dns-server.ts';
import { type Name, nameKey, nameText } from './name.ts';
import { type CatalogKeeper, openCatalog } from './publish/catalog-keeper.ts';
import { CatalogWork } from './publish/catalog-work.ts';
import { openParentLook, type ParentLook } from './publish/parent-look.ts';
import { ParentUpdates } from './publish/parent-updates.ts';
import { PublishedWatch } from './publish/published-watch.ts';
import { Secondaries } from './publish/secondaries.ts';
import { ZoneKeeper } from './publish/zone-keeper.ts';
import { type DnsServer, openDnsServer } from './server/server.ts';
import { type DnsSettings, dnsSettings } from './settings.ts';
import { openNotifier } from './transfer/notify.ts';
import type { TransferZone } from './transfer/transfer.ts';
import { ZoneTable } from './zone/zone-table.ts';

/** The DNS door, open. */
export interface DnsDoor {
  readonly addresses: DnsServer['addresses'];
  readonly tlsAddresses: DnsServer['tlsAddresses'];
  close(): Promise<void>;
}

export type DnsDoorParts = DnsServerParts &
  Pick<Parts, 'store' | 'metrics'> & {
    /** Called when all is ready but the sockets: whoever has the addresses gives them up. */
    readonly beforeListening?: () => Promise<void>;
  };

/** Longest wait for one answer about a delegation. */
const askMilliseconds = 4000;

/** Opens the key zones of all hosted domains and answers for them. Throws `DeliveryError`, or what a socket gives. */
export async function openDnsDoor(parts: DnsDoorParts): Promise<DnsDoor> {
  const { config, store, keyring, clock, log, zoneFolder: folder } = parts;
  const settings = dnsSettings(config);
  const table = new ZoneTable();
  const notifier = openNotifier({ clock, log });
  const others = new Secondaries({ settings, notifier });
  const keeper = new ZoneKeeper({
    ...{ store, keyring, clock, log, settings, folder, table },
    parentLook: parentLookOf(config),
    events: {
      onVersion: ({ versions }) => others.tell(versions?.soa ?? null),
      onZones: () => catalog?.later(),
      onDomain: domain => updates.place(domain),
      onGone: (domain, apexes) => {
        for (const apex of apexes) notifier.forget(apex);
        updates.remove(domain, apexes);
      },
    },
  });
  const recordOf = (domain: string) => keeper.record(domain);
  const updates = new ParentUpdates({ settings, clock, log, recordOf });
  let catalog: CatalogWork | null = null;
  let server: DnsServer | null = null;
  const watch = openWatch(parts);
  // Nothing asks any more, then nothing changes any more, then those who are told of changes.
  const close = () =>
    closeAll([
      () => server?.close(),
      () => watch?.close(),
      () => keeper.close(),
      () => catalog?.close(),
      () => updates.close(),
      () => notifier.close(),
    ]);
  try {
    await keeper.open();
    // Not before all zones are read: secondaries drop a zone that is missing in the catalog.
    catalog = await openCatalogWork(parts, { settings, folder, keeper, others, table });
    await catalog?.now();
    const find = (apex: Name) => findZone(apex, { keeper, catalog: catalog?.catalog ?? null, others });
    await parts.beforeListening?.();
    server = await openDnsServer({
      zones: table,
      ...dnsServerSettings(parts, settings),
      hooks: dnsHooks(find, { settings, clock, log }),
    });
    parts.metrics?.show(
      dnsMetricRows({
        server: server.metrics,
        keeper: () => keeper.state,
        table,
        watched: () => watch?.counts ?? null,
        unanswered: () => notifier.unanswered,
        now: () => clock.now(),
      }),
    );
    const zones = [...keeper.zones()].map(({ versions }) => versions);
    others.listen([catalog?.catalog.versions ?? null, ...zones]);
    watch?.start();
    return { addresses: server.addresses, tlsAddresses: server.tlsAddresses, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Null where the settings name no catalog zone. */
async function openCatalogWork(
  { store, log }: DnsDoorParts,
  the: {
    settings: DnsSettings;
    folder: string;
    keeper: ZoneKeeper;
    others: Secondaries;
    table: ZoneTable;
  },
): Promise<CatalogWork | null> {
  const apex = the.settings.catalog;
  if (apex === null) return null;
  const catalog = await openCatalog(apex, {
    ...{ folder: the.folder, log, table: the.table },
    claimSerial: () => store.claimZoneSerial(nameText(apex).slice(0, -1)),
    onVersion: soa => the.others.tell(soa),
  });
  return new CatalogWork({ catalog, zones: () => the.keeper.zones(), log });
}

function parentLookOf(config: DnsDoorParts['config']): ParentLook {
  const timeoutMilliseconds = askMilliseconds;
  return openParentLook({
    resolver: openDnsClient({ servers: config['resolver.servers'], timeoutMilliseconds }),
    server: address => openServerClient({ address, port: dnsPort }),
  });
}

/** Closes one after the other, whatever fails; throws the first failure then. */
async function closeAll(closings: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Null where the settings want none. */
function openWatch({ config, store, clock, log }: DnsDoorParts): PublishedWatch | null {
  const hours = config['dns.checkHours'];
  if (hours === 0) return null;
  const timeoutMilliseconds = askMilliseconds;
  const dns = openDnsClient({ servers: config['resolver.servers'], timeoutMilliseconds });
  const lookUp = openWorldLookup({ dns, fetch, timeoutMilliseconds });
  return new PublishedWatch({
    checkPage: page => checkPublishedPage(page, { store, clock, log, lookUp }),
    log,
    everyMilliseconds: hours * 3_600_000,
  });
}

function findZone(
  apex: Name,
  { keeper, catalog, others }: { keeper: ZoneKeeper; catalog: CatalogKeeper | null; others: Secondaries },
): TransferZone | null {
  if (catalog && nameKey(catalog.apex) === nameKey(apex))
    return { apex: catalog.apex, access: others.access, versions: catalog.versions };
  const kept = keeper.zone(apex);
  return kept && { apex: kept.zone.apex, access: others.access, versions: kept.versions };
}
