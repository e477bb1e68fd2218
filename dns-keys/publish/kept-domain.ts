import type { PublishedKey, Store } from '../../delivery/store/store.ts';
import type { Name } from '../name.ts';
import { type KeyKind, keyZone } from '../owner-name.ts';
import type { CareReport } from './care-report.ts';
import { careAndStore } from './domain-care.ts';
import type { KeptDomainRecord } from './domain-records.ts';
import { DomainZones, type DomainZonesDeps, type ZoneEvents } from './domain-zones.ts';
import type { KeptZone, OwnerChange } from './kept-zone.ts';
import type { KeyReading } from './key-reading.ts';
import { keyChanges } from './key-sets.ts';
import { type CareTask, careForDomain, needsParent } from './zone-care.ts';
import { type DomainRecord, noZones } from './zone-record.ts';

export interface KeptDomainDeps extends DomainZonesDeps {
  readonly store: Pick<Store, 'getZone' | 'putZone' | 'getDomain' | 'claimZoneSerial'>;
  readonly report: CareReport;
  readonly events: Partial<DomainEvents>;
}

export interface DomainEvents extends ZoneEvents {
  /** What is kept of a domain's zones is served, and is not what was before. */
  onDomain(domain: string): void;
  /** A domain is hosted no more; its zones are answered from no longer. */
  onGone(domain: string, apexes: readonly Name[]): void;
}

/** What an address has published now; null for nothing. */
export interface HeardKey {
  readonly localPart: string;
  readonly kind: KeyKind;
  readonly key: PublishedKey | null;
}

/** When keys that another process has just taken further are looked at by this one, ms: between these. */
const afterOthers = { least: 15_000, spread: 45_000 };

/** Within this time after the start the parent is looked at for the first time, not at all of them at once. */
const firstLookMilliseconds = 60_000;

/** The key zones of one domain and what the store keeps of them. All of its work is done one after the other. */
export class KeptDomain {
  readonly name: string;
  readonly #deps: KeptDomainDeps;
  readonly #zones: DomainZones;
  #kept: KeptDomainRecord = { record: noZones, version: null };
  /** The record that was served and told last. */
  #told: DomainRecord | null = null;
  #keysDueAt = 0;
  #isGone = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(name: string, deps: KeptDomainDeps) {
    this.name = name;
    this.#deps = deps;
    this.#zones = new DomainZones(name, deps);
  }

  get record(): DomainRecord {
    return this.#kept.record;
  }

  get version(): number | null {
    return this.#kept.version;
  }

  /** Whether all is answered from; false until the published keys were read. */
  get isServed(): boolean {
    return this.#zones.areWhole;
  }

  /** When keys and signatures are to be looked at again, ms. */
  get keysDueAt(): number {
    return this.#keysDueAt;
  }

  get signaturesDueAt(): number {
    return this.#zones.renewAt;
  }

  zones(): Iterable<KeptZone> {
    return this.#zones.all();
  }

  zone(kind: KeyKind): KeptZone | null {
    return this.#zones.get(kind);
  }

  /** All is due: the clock was set back. */
  lookAgain(): void {
    this.#keysDueAt = 0;
    this.#zones.renewNow();
  }

  /**
   * Takes up what the store has, and makes what is not there. Keys that others keep are looked at a little later: where
   * settings differ, two processes would change each other's without end.
   */
  take(kept: KeptDomainRecord): Promise<void> {
    return this.#inTurn(async () => {
      const [known, version] = [this.version, kept.version];
      const isOthers = known !== null && version !== null;
      // What was read before the last work here ended may be older than what is known.
      if (!isOthers || version > known) {
        this.#kept = kept;
        if (isOthers && kept.record.zones.openpgp) this.#lookLater();
        else await this.#care([], {});
      }
      await this.#follow();
    });
  }

  /** Takes keys as far as time and what was seen at the parent allow. */
  care(parent: CareTask['parent']): Promise<void> {
    return this.#inTurn(async () => {
      await this.#care([], parent);
      await this.#follow();
    });
  }

  /** Makes zones of these kinds, whose keys are to be read then. */
  make(kinds: readonly KeyKind[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#care(kinds, {});
      await this.#follow();
    });
  }

  /** Takes up what changed of published keys. Zones that are still to be read get it then. */
  hear(heard: readonly HeardKey[]): Promise<void> {
    return this.#inTurn(() =>
      this.#follow(kind => {
        const zone = { apex: keyZone(this.name, kind), kind, ttlSeconds: this.#deps.settings.ttlSeconds };
        return heard
          .filter(one => one.kind === kind)
          .flatMap(({ localPart, key }) => keyChanges(localPart, key, zone));
      }),
    );
  }

  /** Brings zones to all keys that were read, and answers from them. */
  fill(reading: KeyReading): Promise<void> {
    return this.#inTurn(async () => {
      await this.#zones.fill(this.record, reading);
      this.#tell();
    });
  }

  /** Makes signatures anew that end soon. */
  renew(): Promise<void> {
    return this.#inTurn(() => this.#zones.renew(this.#deps.clock.now().getTime()));
  }

  /** The domain is hosted no more. */
  end(): Promise<void> {
    this.#isGone = true;
    return this.#alone(async () => {
      this.#deps.report.forget(this.name, this.#zones.kinds);
      const apexes = await this.#zones.close();
      this.#deps.events.onGone?.(this.name, apexes);
    });
  }

  /** Resolves when its last work has ended. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #care(kinds: readonly KeyKind[], parent: CareTask['parent']): Promise<void> {
    const before = this.record;
    const task: CareTask = { domain: this.name, kinds: ['openpgp', ...kinds], parent };
    const cared = await careAndStore(this.#kept, task, this.#deps);
    // Hosted no more: that is told soon.
    if (cared === null) return;
    this.#kept = cared.kept;
    const isLook = Object.keys(parent).length > 0;
    this.#keysDueAt = isLook ? cared.due.getTime() : this.#dueWithoutLook(cared.due);
    this.#deps.report.note(this.name, before, cared.zones);
  }

  #lookLater(): void {
    const now = this.#deps.clock.now();
    const task: CareTask = { domain: this.name, kinds: ['openpgp'], parent: {} };
    const { record, due } = careForDomain(this.record, task, { ...this.#deps, now });
    const later = now.getTime() + afterOthers.least + Math.random() * afterOthers.spread;
    this.#keysDueAt = record === this.record ? this.#dueWithoutLook(due) : later;
  }

  /** What was done without a look at the parent does not put one off; the first comes soon after the start. */
  #dueWithoutLook(due: Date): number {
    const isWaiting = Object.values(this.record.zones).some(needsParent);
    if (!isWaiting) return due.getTime();
    const first = this.#deps.clock.now().getTime() + Math.random() * firstLookMilliseconds;
    return Math.min(due.getTime(), this.#keysDueAt || first);
  }

  async #follow(changesFor: (kind: KeyKind) => readonly OwnerChange[] = () => []): Promise<void> {
    await this.#zones.follow(this.record, changesFor);
    this.#tell();
  }

  #tell(): void {
    if (!this.isServed || this.#told === this.record) return;
    this.#told = this.record;
    this.#deps.events.onDomain?.(this.name);
  }

  /** Work for a domain that is hosted; nothing once it is gone. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    return this.#alone(async () => {
      if (!this.#isGone) await work();
    });
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }
}
