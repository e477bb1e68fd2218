import type { Clock } from '../../delivery/clock.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import { describeError } from '../../delivery/describe-error.ts';
import type { Log } from '../../delivery/log.ts';
import { writeAddress } from '../../delivery/published-keys-of.ts';
import type { PublishedKey, Store } from '../../delivery/store/store.ts';
import { type Name, nameKey, nameText } from '../name.ts';
import { type KeyKind, keyLabels, keyZone } from '../owner-name.ts';
import type { DnsSettings } from '../settings.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { Slabs } from '../zone/slabs.ts';
import type { Zone } from '../zone/zone.ts';
import type { ZoneTable } from '../zone/zone-table.ts';
import { allPages } from './all-pages.ts';
import { Breath } from './breath.ts';
import { isMismatch, readStored } from './domain-records.ts';
import { inParallel } from './in-parallel.ts';
import { hasSameRecords, type KeptZone, type OwnerChange } from './kept-zone.ts';
import { keyChanges, keySets } from './key-sets.ts';
import { OnlineZone } from './online-zone.ts';
import type { ParentLook } from './parent-look.ts';
import { openPresignedZone } from './presigned-zone.ts';
import { careForDomain, needsParent } from './zone-care.ts';
import { type DomainRecord, noZones, type ZoneRecord } from './zone-record.ts';

export interface ZoneKeeperDeps {
  readonly store: Pick<
    Store,
    | 'getZone'
    | 'putZone'
    | 'listZones'
    | 'removeZone'
    | 'claimZoneSerial'
    | 'getZoneChanges'
    | 'getDomain'
    | 'listDomains'
    | 'getPublishedKey'
    | 'listPublishedKeys'
  >;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: DnsSettings;
  /** Folder of the files of presigned zones. */
  readonly folder: string;
  readonly parentLook: ParentLook;
  /** Zones that are answered from; the keeper alone changes it. */
  readonly table: ZoneTable;
  readonly events?: Partial<KeeperEvents>;
}

export interface KeeperEvents {
  /** A presigned zone has another version. */
  onVersion(zone: KeptZone): void;
  /** A zone came, went, or is of another mode. */
  onZones(): void;
  /** A domain's zones were brought up to date. */
  onDomain(domain: string): void;
  /** A domain is hosted no more; its zones are answered from no longer. */
  onGone(domain: string, apexes: readonly Name[]): void;
}

/** What there is to say of the keeper's work. */
export interface KeeperState {
  /** False while the store does not answer: what is known goes on being served. */
  readonly isStoreThere: boolean;
  /** When the store was last heard. */
  readonly heardAt: Date;
  /** Domains whose zones are not what they should be. */
  readonly lateDomains: number;
  readonly domains: number;
}

interface KeptDomain {
  readonly name: string;
  record: DomainRecord;
  version: number | null;
  readonly zones: Map<KeyKind, KeptZone>;
  /** When its keys are to be looked at again, ms. */
  dueAt: number;
  /** When signatures are to be looked at again, by kind, ms. */
  readonly renewAt: Map<KeyKind, number>;
  /** Its last work. */
  work: Promise<unknown>;
}

const kinds = Object.keys(keyLabels) as KeyKind[];
/** How often the store is asked for changes; a change is answered within two of these, and the store's second. */
const pollMilliseconds = 400;
/** How often keys and signatures that are due are looked for. */
const tickMilliseconds = 15_000;
/** When what failed is tried again. */
const retryMilliseconds = 10_000;
const changesAtOnce = 500;
const domainsAtOnce = 16;
const looksAtOnce = 4;

/**
 * Keeps the key zones of all hosted domains as the store has them: makes their keys, puts published keys in and takes
 * them out, rolls keys, renews signatures. While the store is away what is known is served.
 */
export class ZoneKeeper {
  readonly #deps: ZoneKeeperDeps;
  readonly #slabs = new Slabs();
  readonly #domains = new Map<string, KeptDomain>();
  readonly #byZone = new WeakMap<Zone, KeptZone>();
  /** Domains to be read anew, and from when on, ms. */
  readonly #late = new Map<string, number>();
  #cursor = '';
  #isStoreThere = true;
  #heardAt: Date;
  #isWholeReadDue = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(deps: ZoneKeeperDeps) {
    this.#deps = deps;
    this.#heardAt = deps.clock.now();
  }

  get state(): KeeperState {
    return {
      isStoreThere: this.#isStoreThere,
      heardAt: this.#heardAt,
      lateDomains: this.#late.size,
      domains: this.#domains.size,
    };
  }

  /** Zones of all domains. */
  *zones(): Iterable<KeptZone> {
    for (const { zones } of this.#domains.values()) yield* zones.values();
  }

  /** What is kept of a domain's zones; null when it has none. */
  record(domain: string): DomainRecord | null {
    return this.#domains.get(domain)?.record ?? null;
  }

  /** The zone of exactly this apex. */
  zone(apex: Name): KeptZone | null {
    const zone = this.#deps.table.get(apex);
    return zone && (this.#byZone.get(zone) ?? null);
  }

  /** Reads all that is in the store and begins to serve it; throws when the store does not answer. */
  async open(): Promise<void> {
    const { next } = await this.#deps.store.getZoneChanges(null, 1);
    this.#cursor = next;
    await this.#readAll();
    this.#repeat(pollMilliseconds, () => this.#poll());
    this.#repeat(tickMilliseconds, () => this.#tick());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.#running);
    await Promise.allSettled([...this.#domains.values()].map(domain => domain.work));
  }

  /** Calls the work again and again, with a pause between its end and the next start. */
  #repeat(milliseconds: number, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const running = work().finally(() => {
        this.#running.delete(running);
        if (!this.#isClosed) this.#repeat(milliseconds, work);
      });
      this.#running.add(running);
    }, milliseconds);
    this.#timers.add(timer);
  }

  /* ---- what the store tells ---- */

  async #poll(): Promise<void> {
    try {
      if (this.#isWholeReadDue) await this.#readAll();
      for (;;) {
        const { changes, next, isWhole } = await this.#deps.store.getZoneChanges(this.#cursor, changesAtOnce);
        if (!isWhole) {
          // Not before the cursor is kept: what comes meanwhile is told behind it.
          this.#cursor = next;
          this.#isWholeReadDue = true;
          await this.#readAll();
        } else {
          const byDomain = Map.groupBy(changes, ({ domain }) => domain);
          await inParallel(domainsAtOnce, [...byDomain], ([domain, told]) =>
            this.#hear(
              domain,
              told.map(({ localPart }) => localPart),
            ),
          );
          this.#cursor = next;
        }
        this.#storeAnswers();
        if (changes.length < changesAtOnce) break;
      }
      await this.#retryLate();
    } catch (error) {
      this.#storeFails(error);
    }
  }

  /** Takes up what was told of a domain; throws only when the store does not answer. */
  async #hear(name: string, localParts: readonly (string | null)[]): Promise<void> {
    const domain = this.#domains.get(name);
    if (domain === undefined || localParts.includes(null)) await this.#readDomain(name);
    const parts = new Set(localParts.filter(part => part !== null));
    const known = this.#domains.get(name);
    if (known === undefined || parts.size === 0) return;
    const found: { localPart: string; kind: KeyKind; key: PublishedKey | null }[] = [];
    for (const localPart of parts)
      for (const kind of kinds) {
        const key = await this.#deps.store.getPublishedKey(writeAddress(localPart, name), kind);
        found.push({ localPart, kind, key });
      }
    const isNewKind = found.some(({ kind, key }) => key !== null && !known.zones.has(kind));
    if (isNewKind)
      await this.#care(known, { withKinds: new Set(found.flatMap(one => (one.key ? one.kind : []))) });
    await this.#bring(known, kind => {
      const apex = keyZone(name, kind);
      const { ttlSeconds } = this.#deps.settings;
      return found
        .filter(one => one.kind === kind)
        .flatMap(({ localPart, key }) => keyChanges(localPart, key, { apex, kind, ttlSeconds }));
    });
  }

  /** Reads a domain's document again, or forgets the domain when it is no longer hosted. */
  async #readDomain(name: string): Promise<void> {
    const { store } = this.#deps;
    const [hosted, stored] = await Promise.all([store.getDomain(name), store.getZone(name)]);
    const known = this.#domains.get(name);
    if (hosted === null) {
      if (known) await this.#forget(known);
      if (stored) await store.removeZone(name);
      return;
    }
    if (known && stored && stored.version === known.version) return;
    const domain = known ?? newDomain(name);
    const kept = this.#readStored(name, stored);
    if (kept === null) return;
    Object.assign(domain, kept);
    this.#domains.set(name, domain);
    await this.#care(domain, {});
    await this.#bring(domain, () => []);
  }

  /** Null, and a word for the log, when the document is damaged: the zone goes on as it is. */
  #readStored(name: string, stored: Parameters<typeof readStored>[1]): ReturnType<typeof readStored> | null {
    try {
      return readStored(name, stored);
    } catch (error) {
      this.#deps.log.error({ domain: name, ...describeError(error) }, 'keyZoneDamaged');
      return null;
    }
  }

  async #forget(domain: KeptDomain): Promise<void> {
    this.#domains.delete(domain.name);
    this.#late.delete(domain.name);
    await this.#inTurn(domain, async () => {
      const apexes = [...domain.zones.values()].map(({ zone }) => zone.apex);
      this.#deps.events?.onGone?.(domain.name, apexes);
      for (const kept of domain.zones.values()) {
        this.#deps.table.remove(kept.zone.apex);
        await kept.remove();
      }
      domain.zones.clear();
    });
    this.#deps.events?.onZones?.();
  }

  /* ---- all of it ---- */

  /** Reads all domains and keys, and brings every zone to what they say. Throws when the store does not answer. */
  async #readAll(): Promise<void> {
    const { store } = this.#deps;
    const documents = new Map<string, Parameters<typeof readStored>[1]>();
    for await (const zone of allPages(page => store.listZones(page))) documents.set(zone.name, zone);
    const hosted = new Set<string>();
    for await (const { name } of allPages(page => store.listDomains(page))) hosted.add(name);
    for (const domain of [...this.#domains.values()])
      if (!hosted.has(domain.name)) await this.#forget(domain);
    await inParallel(domainsAtOnce, [...hosted], async name => {
      const stored = documents.get(name) ?? null;
      const known = this.#domains.get(name);
      const kept = this.#readStored(name, stored);
      if (kept === null) return;
      const domain = known ?? newDomain(name);
      Object.assign(domain, kept);
      this.#domains.set(name, domain);
      await this.#care(domain, {});
      await this.#openZones(domain);
    });
    await this.#readKeys(null);
    this.#isWholeReadDue = false;
    this.#late.clear();
    this.#deps.events?.onZones?.();
  }

  /** Reads the keys of all domains, or of one, and brings the zones to them. */
  async #readKeys(only: KeptDomain | null): Promise<void> {
    const { store, settings } = this.#deps;
    const read = new Map<string, ZoneRead>();
    const breath = new Breath();
    const keys = allPages(page => store.listPublishedKeys(only ? { ...page, domain: only.name } : page));
    for await (const key of keys) {
      const domain = this.#domains.get(key.domain);
      if (domain === undefined) continue;
      if (!domain.zones.has(key.kind)) {
        await this.#care(domain, { withKinds: new Set([key.kind]) });
        await this.#openZones(domain);
      }
      const kept = domain.zones.get(key.kind);
      if (kept) noteKey(kept, key, { read, ttlSeconds: settings.ttlSeconds });
      await breath.take();
    }
    const domains = only ? [only] : [...this.#domains.values()];
    await inParallel(domainsAtOnce, domains, domain =>
      this.#bring(domain, kind => {
        const kept = domain.zones.get(kind);
        return kept ? changesOf(kept, read.get(nameKey(kept.zone.apex))) : [];
      }),
    );
  }

  async #retryLate(): Promise<void> {
    const now = performance.now();
    for (const [name, at] of [...this.#late]) {
      if (at > now) continue;
      this.#late.delete(name);
      await this.#readDomain(name);
      const domain = this.#domains.get(name);
      if (domain) await this.#openZones(domain);
      if (domain) await this.#readKeys(domain);
    }
  }

  /* ---- keys ---- */

  /** Takes a domain's keys as far as they go and stores what came of it; another process may be first. */
  async #care(
    domain: KeptDomain,
    { withKinds = new Set(), isLook = false }: { withKinds?: ReadonlySet<KeyKind>; isLook?: boolean },
  ): Promise<void> {
    const { store, keyring, clock, settings, log } = this.#deps;
    for (let tries = 0; tries < 5; tries += 1) {
      const parent = isLook ? await this.#lookAtParent(domain) : {};
      const task = { domain: domain.name, kinds: ['openpgp', ...withKinds] as const, parent };
      const cared = careForDomain(domain.record, task, { settings, keyring, now: clock.now() });
      domain.dueAt = cared.due.getTime();
      try {
        if (cared.record !== domain.record) {
          const { version } = await store.putZone(domain.name, cared.record, domain.version);
          Object.assign(domain, { record: cared.record, version });
        }
        for (const [kind, { events, conditions }] of Object.entries(cared.zones)) {
          const fields = { zone: nameText(keyZone(domain.name, kind as KeyKind)) };
          for (const { event, id } of events) log.info({ ...fields, key: id, state: event }, 'zoneKey');
          for (const condition of conditions)
            if (condition === 'clockJumped' || condition === 'brokenDs' || condition === 'tooManyKeys')
              log.error({ ...fields, condition }, 'zoneKeysNeedSomebody');
        }
        return;
      } catch (error) {
        if (!isMismatch(error)) throw error;
        const kept = this.#readStored(domain.name, await store.getZone(domain.name));
        if (kept === null) return;
        Object.assign(domain, kept);
      }
    }
  }

  async #lookAtParent({ name, record }: KeptDomain): Promise<Parameters<typeof careForDomain>[1]['parent']> {
    const seen: { [K in KeyKind]?: Awaited<ReturnType<ParentLook['dsAtParent']>> } = {};
    for (const kind of kinds) {
      const zone = record.zones[kind];
      if (zone && needsParent(zone)) seen[kind] = await this.#deps.parentLook.dsAtParent(keyZone(name, kind));
    }
    return seen;
  }

  async #tick(): Promise<void> {
    const now = this.#deps.clock.now().getTime();
    const due = [...this.#domains.values()].filter(domain => domain.dueAt <= now);
    const stale = [...this.#domains.values()].filter(({ renewAt }) =>
      [...renewAt.values()].some(at => at <= now),
    );
    try {
      await inParallel(looksAtOnce, due, async domain => {
        await this.#care(domain, { isLook: true });
        await this.#bring(domain, () => []);
      });
    } catch (error) {
      this.#storeFails(error);
    }
    for (const domain of stale) await this.#renew(domain, now);
  }

  async #renew(domain: KeptDomain, now: number): Promise<void> {
    await this.#inTurn(domain, async () => {
      for (const [kind, at] of domain.renewAt) {
        if (at > now) continue;
        try {
          domain.renewAt.set(kind, ((await domain.zones.get(kind)?.renew()) ?? Infinity) * 1000);
        } catch (error) {
          domain.renewAt.set(kind, now + 60_000);
          this.#deps.log.error({ domain: domain.name, ...describeError(error) }, 'signaturesNotRenewed');
        }
      }
    });
  }

  /* ---- zones ---- */

  /** Opens the zones that the record has and that are not open, or of another mode. */
  async #openZones(domain: KeptDomain): Promise<void> {
    await this.#inTurn(domain, async () => {
      for (const kind of kinds) {
        const record = domain.record.zones[kind];
        const known = domain.zones.get(kind);
        if (record === undefined || known?.zone.mode === record.mode) continue;
        const opened = await this.#openZone(domain.name, kind, record);
        // Its keys are those of the zone before, which is answered from until this one is whole.
        if (known) await opened.update(record, changesBetween(opened, known));
        domain.zones.set(kind, opened);
        this.#byZone.set(opened.zone, opened);
        domain.renewAt.set(kind, record.mode === 'presigned' ? 0 : Infinity);
        if (known) {
          this.#deps.table.set(opened.zone);
          await known.remove();
          this.#deps.events?.onZones?.();
        }
      }
    });
  }

  #openZone(domain: string, kind: KeyKind, record: ZoneRecord): Promise<KeptZone> {
    const { settings, keyring, clock, log, folder, store, events } = this.#deps;
    const apex = keyZone(domain, kind);
    const common = { settings, keyring, clock, slabs: this.#slabs };
    if (record.mode === 'online') return Promise.resolve(new OnlineZone(apex, record, common));
    let opened: KeptZone | null = null;
    const onVersion = () => {
      if (opened) events?.onVersion?.(opened);
    };
    const claimSerial = () => store.claimZoneSerial(domain);
    return openPresignedZone(apex, record, { ...common, log, folder, claimSerial, onVersion }).then(zone => {
      opened = zone;
      return zone;
    });
  }

  /** Brings the zones of a domain to its record and to these changes; what fails is noted and tried again. */
  async #bring(domain: KeptDomain, changesFor: (kind: KeyKind) => readonly OwnerChange[]): Promise<void> {
    try {
      await this.#openZones(domain);
      await this.#inTurn(domain, async () => {
        for (const [kind, kept] of domain.zones) {
          const record = domain.record.zones[kind];
          if (record) await kept.update(record, changesFor(kind));
          const isServed = this.#deps.table.get(kept.zone.apex) === kept.zone;
          if (!isServed && kept.zone.soaRef !== 0) this.#deps.table.set(kept.zone);
        }
      });
      this.#deps.events?.onDomain?.(domain.name);
    } catch (error) {
      this.#late.set(domain.name, performance.now() + retryMilliseconds);
      this.#deps.log.error({ domain: domain.name, ...describeError(error) }, 'keyZoneNotUpdated');
    }
  }

  #inTurn<T>(domain: KeptDomain, work: () => Promise<T>): Promise<T> {
    const done = domain.work.then(work);
    domain.work = done.catch(() => undefined);
    return done;
  }

  /* ---- the store's health ---- */

  #storeAnswers(): void {
    this.#heardAt = this.#deps.clock.now();
    if (this.#isStoreThere) return;
    this.#isStoreThere = true;
    this.#deps.log.info({}, 'zoneStoreBack');
  }

  #storeFails(error: unknown): void {
    if (this.#isStoreThere) this.#deps.log.error(describeError(error), 'zoneStoreAway');
    this.#isStoreThere = false;
  }
}

function newDomain(name: string): KeptDomain {
  return {
    name,
    record: noZones,
    version: null,
    zones: new Map(),
    dueAt: 0,
    renewAt: new Map(),
    work: Promise.resolve(),
  };
}

/** What was read of the keys of one zone. */
interface ZoneRead {
  readonly seen: Set<string>;
  readonly changes: OwnerChange[];
}

/** Puts a key where nothing can be served yet, notes it as a change where something can. */
function noteKey(
  kept: KeptZone,
  key: PublishedKey,
  { read, ttlSeconds }: { read: Map<string, ZoneRead>; ttlSeconds: number },
): void {
  const { zone } = kept;
  const isFresh = zone.mode === 'online' && zone.soaRef === 0;
  const name = nameKey(zone.apex);
  const noted = read.get(name) ?? { seen: new Set(), changes: [] };
  read.set(name, noted);
  for (const set of keySets(key, zone.apex, ttlSeconds)) {
    if (isFresh) zone.put(set);
    else noted.seen.add(nameKey(set.owner));
    if (!isFresh && !hasSameRecords(zone.get(set.owner, set.type), set))
      noted.changes.push({ owner: set.owner, type: set.type, set });
  }
}

/** All changes of a zone that was read whole: those noted, and owners that are in no published key any more. */
function changesOf(kept: KeptZone, read: ZoneRead | undefined): OwnerChange[] {
  if (kept.zone.soaRef === 0) return read?.changes ?? [];
  const gone: OwnerChange[] = [];
  for (const { owner, type } of ownersOf(kept))
    if (!read?.seen.has(nameKey(owner))) gone.push({ owner, type, set: null });
  return [...(read?.changes ?? []), ...gone];
}

/** What makes the owners of one zone those of another. */
function changesBetween(zone: KeptZone, wanted: KeptZone): OwnerChange[] {
  const changes: OwnerChange[] = [...ownersOf(wanted)].map(set => ({ ...set, set }));
  for (const { owner, type } of ownersOf(zone))
    if (wanted.zone.get(owner, type) === null) changes.push({ owner, type, set: null });
  return changes;
}

/** The key sets of a zone, without signatures. */
function* ownersOf({ zone }: KeptZone): Generator<RecordSet> {
  for (const set of zone.sets()) if (isKeyOwner(set, zone.apex)) yield { ...set, signatures: [] };
}

/** Owners of keys are one label below the apex and no NSEC3. */
function isKeyOwner({ owner }: RecordSet, apex: Name): boolean {
  return owner.length > apex.length && owner[0] === 56;
}
