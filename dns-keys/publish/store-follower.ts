import { describeError } from '../../delivery/describe-error.ts';
import { inParallel } from '../../delivery/in-parallel.ts';
import { writeAddress } from '../../delivery/published-keys-of.ts';
import type { Store } from '../../delivery/store/store.ts';
import type { Name } from '../name.ts';
import { type KeyKind, keyZone, mayHaveKeyZones } from '../owner-name.ts';
import type { DnsSettings } from '../settings.ts';
import { removeOtherZones } from '../transfer/zone-folder.ts';
import type { ZoneTable } from '../zone/zone-table.ts';
import { Breath } from './breath.ts';
import type { CareReport } from './care-report.ts';
import { readStored } from './domain-records.ts';
import { keyKinds } from './domain-zones.ts';
import type { KeeperPart } from './keeper-domains.ts';
import type { HeardKey, KeptDomain } from './kept-domain.ts';
import { readDomains, readKeys } from './whole-reading.ts';

export interface StoreFollowerDeps extends KeeperPart {
  readonly store: Pick<
    Store,
    | 'getZone'
    | 'listZones'
    | 'removeZone'
    | 'getZoneChanges'
    | 'getDomain'
    | 'listDomains'
    | 'getPublishedKey'
    | 'listPublishedKeys'
  >;
  readonly settings: DnsSettings;
  readonly table: ZoneTable;
  /** Folder of the files of presigned zones. */
  readonly folder: string;
  readonly report: CareReport;
  /** A domain that went while nobody was here; and after all was read. */
  readonly events: { onGone?(domain: string, apexes: readonly Name[]): void; onZones?(): void };
}

const changesAtOnce = 500;
const domainsAtOnce = 16;

/** Brings domains to what the store tells. Its methods are called one after the other. */
export class StoreFollower {
  readonly #deps: StoreFollowerDeps;
  #cursor = '';
  #isWholeReadDue = true;

  constructor(deps: StoreFollowerDeps) {
    this.#deps = deps;
  }

  /** Reads everything; throws when the store does not answer. */
  async open(): Promise<void> {
    const { next } = await this.#deps.store.getZoneChanges(null, 1);
    this.#cursor = next;
    await this.#readAll();
  }

  /** Takes up what changed since the last time, and tries again what failed then. Never throws. */
  async poll(): Promise<void> {
    const { domains, report } = this.#deps;
    try {
      if (this.#isWholeReadDue) await this.#readAll();
      while (await this.#hearMore());
      domains.storeAnswers();
      for (const name of domains.late.due()) await domains.attempt(name, () => this.#readAgain(name));
      report.flush();
    } catch (error) {
      domains.storeFails(error);
    }
  }

  /** Takes up changes; says whether there may be more. */
  async #hearMore(): Promise<boolean> {
    const { store, domains, isClosed } = this.#deps;
    const { changes, next, isWhole } = await store.getZoneChanges(this.#cursor, changesAtOnce);
    if (!isWhole) {
      // Not before the cursor is kept: what comes meanwhile is told behind it.
      this.#cursor = next;
      this.#isWholeReadDue = true;
      await this.#readAll();
      return true;
    }
    const byDomain = Map.groupBy(changes, ({ domain }) => domain);
    await inParallel(domainsAtOnce, [...byDomain], ([name, told]) =>
      domains.attempt(name, () => this.#hear(name, new Set(told.map(({ localPart }) => localPart)))),
    );
    // Behind what was taken up: what the store did not answer for is told again.
    this.#cursor = next;
    return changes.length >= changesAtOnce && !isClosed();
  }

  /** Null among the local parts: the domain itself, or its document. */
  async #hear(name: string, localParts: ReadonlySet<string | null>): Promise<void> {
    const { domains } = this.#deps;
    if (domains.get(name) === null || localParts.has(null)) await this.#readDomain(name);
    const domain = domains.get(name);
    // One that is still to be read is late, and read whole then.
    if (!domain?.isServed) return;
    const heard = await this.#readHeard(name, localParts);
    const missing = heard.flatMap(({ kind, key }) => (key && !domain.zone(kind) ? [kind] : []));
    if (missing.length > 0) await domain.make([...new Set(missing)]);
    await domain.hear(heard);
    if (!domain.isServed) await this.#readKeysOf(domain);
  }

  async #readHeard(name: string, localParts: ReadonlySet<string | null>): Promise<HeardKey[]> {
    const heard: HeardKey[] = [];
    for (const localPart of localParts) {
      if (localPart === null) continue;
      for (const kind of keyKinds) {
        const key = await this.#deps.store.getPublishedKey(writeAddress(localPart, name), kind);
        heard.push({ localPart, kind, key });
      }
    }
    return heard;
  }

  /** Reads a domain's document, and its keys where they were not read; or forgets a domain that is hosted no more. */
  async #readDomain(name: string): Promise<void> {
    const { store, domains } = this.#deps;
    if (!mayHaveKeyZones(name)) return this.#sayTooLong([name]);
    const stored = await store.getZone(name);
    if ((await store.getDomain(name)) === null) {
      await domains.forget(name);
      if (stored) await store.removeZone(name);
      return;
    }
    const domain = domains.enter(name);
    if (!domain.isServed || stored === null || stored.version !== domain.version)
      await domain.take(readStored(name, stored));
    if (!domain.isServed) await this.#readKeysOf(domain);
  }

  /** All of a domain for which something failed. */
  async #readAgain(name: string): Promise<void> {
    const { domains } = this.#deps;
    await this.#readDomain(name);
    const domain = domains.get(name);
    await domain?.care({});
    if (domain) await this.#readKeysOf(domain);
    domains.late.done(name);
  }

  async #readKeysOf(domain: KeptDomain): Promise<void> {
    const attempt = (_domain: string, work: () => Promise<void>) => work();
    await readKeys([domain], { ...this.#deps, attempt }, domain.name);
  }

  /** Reads all domains and keys, and brings every zone to what they say. Throws when the store does not answer. */
  async #readAll(): Promise<void> {
    const { store, domains, report, events } = this.#deps;
    const startedAt = performance.now();
    const { hosted, tooLong, documents, orphans } = await readDomains(store);
    domains.late.clear();
    for (const { name } of domains.all()) if (!hosted.has(name)) await domains.forget(name);
    for (const name of orphans) await domains.attempt(name, () => this.#endOrphan(name));
    const attempt = (name: string, work: () => Promise<void>) => domains.attempt(name, work);
    const breath = new Breath();
    await inParallel(domainsAtOnce, [...hosted], name =>
      attempt(name, async () => {
        const domain = domains.enter(name);
        const stored = documents.get(name) ?? null;
        documents.delete(name);
        await domain.take(readStored(name, stored));
        await breath.take();
      }),
    );
    const read = domains.all().filter(({ name }) => !domains.late.has(name));
    await readKeys(read, { ...this.#deps, attempt });
    await this.#removeOtherFiles();
    this.#isWholeReadDue = false;
    report.flush();
    events.onZones?.();
    this.#sayTooLong(tooLong);
    this.#sayRead(performance.now() - startedAt);
  }

  /** Files of domains that went while nobody was here. Those of all hosted domains stay, whether they are served or not. */
  async #removeOtherFiles(): Promise<void> {
    const { domains, settings, folder, log } = this.#deps;
    const zones = domains.all().flatMap(({ name }) => keyKinds.map(kind => keyZone(name, kind)));
    try {
      const gone = await removeOtherZones(folder, settings.catalog ? [...zones, settings.catalog] : zones);
      if (gone.length > 0) log.info({ zones: gone.length, names: gone.slice(0, 20) }, 'zoneFilesRemoved');
    } catch (error) {
      log.warn(describeError(error), 'zoneFilesNotRemoved');
    }
  }

  #sayTooLong(names: readonly string[]): void {
    if (names.length === 0) return;
    const help = 'names of their keys would be over 255 octets: they are found by WKD and HKP, not by DNS';
    this.#deps.log.warn({ domains: names.length, names: names.slice(0, 20), help }, 'domainsTooLongForKeys');
  }

  #sayRead(milliseconds: number): void {
    const { domains, table, report, log } = this.#deps;
    const counts = { domains: domains.size, zones: table.size, late: domains.late.size };
    log.info({ ...counts, made: report.takeMade(), milliseconds: Math.round(milliseconds) }, 'zonesRead');
  }

  /** A domain that went while nobody was here: its delegation is to go too. */
  async #endOrphan(name: string): Promise<void> {
    const { store, events } = this.#deps;
    const stored = await store.getZone(name);
    if (stored === null || (await store.getDomain(name)) !== null) return;
    const kinds = Object.keys(readStored(name, stored).record.zones) as KeyKind[];
    events.onGone?.(
      name,
      kinds.map(kind => keyZone(name, kind)),
    );
    await store.removeZone(name);
  }
}
