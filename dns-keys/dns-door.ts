import { join } from 'node:path';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { unixSeconds } from '../delivery/clock.ts';
import { describeError } from '../delivery/describe-error.ts';
import { DeliveryError } from '../delivery/errors.ts';
import type { Parts } from '../delivery/open.ts';
import { checkPublishedPage } from '../delivery/published-check.ts';
import { rollingSecrets } from './answer/cookie-secrets.ts';
import { dnsPort, openDnsClient, openServerClient } from './ask/dns-client.ts';
import { openWorldLookup } from './check/world-lookup.ts';
import { dnsMetricRows } from './dns-metrics.ts';
import { parseMessage } from './message.ts';
import { type Name, nameKey, nameText } from './name.ts';
import { type CatalogKeeper, openCatalog } from './publish/catalog-keeper.ts';
import { CatalogWork } from './publish/catalog-work.ts';
import { openParentLook, type ParentLook } from './publish/parent-look.ts';
import { ParentUpdates } from './publish/parent-updates.ts';
import { PublishedWatch } from './publish/published-watch.ts';
import { ZoneKeeper } from './publish/zone-keeper.ts';
import type { DnsHooks } from './server/door.ts';
import { type DnsServer, openDnsServer } from './server/server.ts';
import { type DnsSettings, dnsSettings } from './settings.ts';
import { transferAccess } from './transfer/access.ts';
import { answerSigned } from './transfer/answer-signed.ts';
import { type Notifier, openNotifier } from './transfer/notify.ts';
import { refuseNotify } from './transfer/notify-message.ts';
import { newPeerLog } from './transfer/peer-log.ts';
import { type TransferZone, transfer } from './transfer/transfer.ts';
import { tsigKeyring, tsigOctets } from './transfer/tsig.ts';
import type { ZoneVersions } from './transfer/zone-versions.ts';
import { WireError } from './wire-error.ts';
import type { RecordSet } from './zone/record-set.ts';
import { ZoneTable } from './zone/zone-table.ts';

/** The DNS door, open. */
export interface DnsDoor {
  readonly addresses: DnsServer['addresses'];
  readonly tlsAddresses: DnsServer['tlsAddresses'];
  close(): Promise<void>;
}

export type DnsDoorParts = Pick<Parts, 'config' | 'store' | 'keyring' | 'clock' | 'log' | 'metrics'> & {
  /** For DNS over TLS. */
  readonly certificate: Pick<SecureContextOptions, 'cert' | 'key'> & Pick<TlsOptions, 'SNICallback'>;
};

/** Longest wait for one answer about a delegation. */
const askMilliseconds = 4000;

/** Opens the key zones of all hosted domains and answers for them. Throws `DeliveryError`, or what a socket gives. */
export async function openDnsDoor(parts: DnsDoorParts): Promise<DnsDoor> {
  const { config, store, keyring, clock, log } = parts;
  const settings = dnsSettings(config);
  const folder = join(config.data, 'dns');
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
    server = await openDnsServer({
      zones: table,
      ...listening(parts),
      cookieSecrets: cookieSecrets(parts),
      hooks: hooksOf(find, { settings, parts }),
      rateLimit: { perSecond: config['dns.rateLimit'], seed: seedOf(keyring.derive('dns rate limit')) },
      onFault: error => log.error(describeError(error), 'dnsFault'),
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

function listening({
  config,
  certificate,
}: DnsDoorParts): Pick<Parameters<typeof openDnsServer>[0], 'addresses' | 'tls'> {
  const addresses = config['dns.address'].map(address => ({ address, port: config['dns.port'] }));
  if (addresses.length === 0) throw new DeliveryError('badSettings', 'dns.address: no address to listen on');
  if (!config['dns.tls']) return { addresses };
  const tlsAddresses = config['dns.address'].map(address => ({ address, port: config['dns.tlsPort'] }));
  // RFC 7858 §3.1 has no name for it; clients that ask for one get "dot".
  return { addresses, tls: { addresses: tlsAddresses, options: { ...certificate, ALPNProtocols: ['dot'] } } };
}

/** Drawn from the keyring, so that all machines take each other's cookies. */
function cookieSecrets({ keyring, clock }: DnsDoorParts): () => readonly Uint8Array[] {
  return rollingSecrets({
    derive: period => keyring.derive(`dns cookies ${period}`).subarray(0, 16),
    now: () => unixSeconds(clock.now()),
  });
}

function seedOf(octets: Uint8Array): number {
  return Buffer.from(octets).readUInt32BE() ^ process.pid;
}

/** Who may fetch zones, and is told of their changes. */
class Secondaries {
  readonly access: ReturnType<typeof transferAccess>;
  readonly #settings: DnsSettings;
  readonly #notifier: Notifier;
  #isListening = false;

  constructor({ settings, notifier }: { settings: DnsSettings; notifier: Notifier }) {
    const { secondaries } = settings;
    const keys = secondaries.flatMap(({ key }) => (key ? [key.name] : []));
    const addresses = secondaries.filter(({ key }) => !key).map(({ address }) => address);
    const [withKey, byAddress] = [
      keys.length > 0 ? transferAccess({ keys, addresses: [] }) : () => false,
      transferAccess({ keys: [], addresses }),
    ];
    this.access = requester => withKey(requester) || byAddress(requester);
    this.#settings = settings;
    this.#notifier = notifier;
  }

  /** The server answers from now on: they are told of all there is, as nobody knows what they missed while it did not. */
  listen(versions: Iterable<ZoneVersions | null>): void {
    this.#isListening = true;
    for (const each of versions) this.tell(each?.soa ?? null);
  }

  /** Who is told asks at once, so nothing is told while nothing would be answered. */
  tell(soa: RecordSet | null): void {
    if (soa && this.#isListening) this.#notifier.notify(soa, this.#settings.secondaries);
  }
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

function hooksOf(
  find: (apex: Name) => TransferZone | null,
  { settings, parts: { clock, log } }: { settings: DnsSettings; parts: DnsDoorParts },
): DnsHooks {
  const findKey = tsigKeyring(settings.tsigKeys);
  const deps = { findZone: find, findKey, clock, log, peerLog: newPeerLog({ clock, log }) };
  return {
    async *onTransfer(query, peer) {
      const message = parseOrNull(query);
      if (message) yield* transfer({ octets: query, message }, peer, deps);
    },
    onNotify(query) {
      const message = parseOrNull(query);
      return message && refuseNotify(message, find);
    },
    onSigned(query, _peer, answer) {
      const nowSeconds = unixSeconds(clock.now());
      return answerSigned(query, { findKey, nowSeconds }, (plain, key) =>
        answer(plain, key ? tsigOctets(key) : 0),
      );
    },
  };
}

function parseOrNull(query: Uint8Array): ReturnType<typeof parseMessage> | null {
  try {
    return parseMessage(query);
  } catch (error) {
    // The responder has read its question, and knows what to say of what is damaged behind it.
    if (error instanceof WireError) return null;
    throw error;
  }
}
