import type { Clock } from '../../delivery/clock.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Log } from '../../delivery/log.ts';
import type { Store } from '../../delivery/store/store.ts';
import type { Name } from '../name.ts';
import { type KeyKind, keyLabels, keyZone } from '../owner-name.ts';
import type { DnsSettings } from '../settings.ts';
import type { Slabs } from '../zone/slabs.ts';
import type { ZoneTable } from '../zone/zone-table.ts';
import { Breath } from './breath.ts';
import { changesBetween, type KeptZone, type OwnerChange } from './kept-zone.ts';
import type { KeyReading } from './key-reading.ts';
import { OnlineZone } from './online-zone.ts';
import { openPresignedZone } from './presigned-zone.ts';
import type { DomainRecord, ZoneRecord } from './zone-record.ts';

export interface DomainZonesDeps {
  readonly store: Pick<Store, 'claimZoneSerial'>;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: DnsSettings;
  /** Folder of the files of presigned zones. */
  readonly folder: string;
  readonly slabs: Slabs;
  /** Zones that are answered from. */
  readonly table: ZoneTable;
  readonly events: Partial<ZoneEvents>;
}

export interface ZoneEvents {
  /** A presigned zone has another version. */
  onVersion(zone: KeptZone): void;
  /** A zone came, went, or is of another mode. */
  onZones(): void;
}

interface OpenZone {
  readonly kept: KeptZone;
  /** Whether all published keys were read into it; it is not answered from before. */
  isWhole: boolean;
  /** When signatures are to be looked at again, ms. */
  renewAt: number;
}

export const keyKinds = Object.keys(keyLabels) as KeyKind[];

/** When renewal that failed is tried again: signatures hold for days more. */
const retryMilliseconds = 60_000;

/** The open zones of one domain. Methods that give a promise are called one after the other. */
export class DomainZones {
  readonly #domain: string;
  readonly #deps: DomainZonesDeps;
  readonly #open = new Map<KeyKind, OpenZone>();

  constructor(domain: string, deps: DomainZonesDeps) {
    this.#domain = domain;
    this.#deps = deps;
  }

  get kinds(): KeyKind[] {
    return [...this.#open.keys()];
  }

  get(kind: KeyKind): KeptZone | null {
    return this.#open.get(kind)?.kept ?? null;
  }

  *all(): Iterable<KeptZone> {
    for (const { kept } of this.#open.values()) yield kept;
  }

  /** Whether all published keys of all zones were read; false while there is no zone. */
  get areWhole(): boolean {
    return this.#open.size > 0 && [...this.#open.values()].every(({ isWhole }) => isWhole);
  }

  /** When signatures are to be looked at again, ms. */
  get renewAt(): number {
    return Math.min(...[...this.#open.values()].map(({ renewAt }) => renewAt));
  }

  renewNow(): void {
    for (const zone of this.#open.values()) zone.renewAt = 0;
  }

  /**
   * Opens and closes zones as the record has them and brings them to it and to these changes; those whose keys are still
   * to be read wait for that. Every zone is tried; throws the first failure.
   */
  async follow(record: DomainRecord, changesFor: (kind: KeyKind) => readonly OwnerChange[]): Promise<void> {
    await this.#each(async kind => {
      await this.#followRecord(kind, record);
      const zone = this.#open.get(kind);
      if (zone?.isWhole) await zone.kept.update(record.zones[kind] ?? zone.kept.record, changesFor(kind));
    });
  }

  /** Brings zones to the keys that were read; from then on they are answered from. Throws as `follow` does. */
  async fill(record: DomainRecord, reading: KeyReading): Promise<void> {
    await this.#each(async kind => {
      await this.#followRecord(kind, record);
      const zone = this.#open.get(kind);
      if (!zone || !(zone.isWhole || reading.isOf(zone.kept))) return;
      const changes = await reading.changesOf(zone.kept);
      await zone.kept.update(record.zones[kind] ?? zone.kept.record, changes);
      if (!zone.isWhole) await this.#serve(zone);
    });
  }

  /** Makes signatures anew that end soon. Throws when that fails; it is due again in a minute then. */
  async renew(now: number): Promise<void> {
    await this.#each(async kind => {
      const zone = this.#open.get(kind);
      if (!zone?.isWhole || zone.renewAt > now) return;
      zone.renewAt = now + retryMilliseconds;
      zone.renewAt = (await zone.kept.renew()) * 1000;
    });
  }

  /** Takes all zones out of service and gives up what is kept of them; gives their names. */
  async close(): Promise<Name[]> {
    const apexes = [...this.all()].map(({ zone }) => zone.apex);
    await this.#each(kind => this.#close(kind));
    return apexes;
  }

  async #each(work: (kind: KeyKind) => Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    for (const kind of keyKinds) {
      try {
        await work(kind);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #serve(zone: OpenZone): Promise<void> {
    // What was read from a file may be about to end.
    zone.renewAt = (await zone.kept.renew()) * 1000;
    zone.isWhole = true;
    this.#deps.table.set(zone.kept.zone);
    this.#deps.events.onZones?.();
  }

  /** Opens, closes or replaces the zone of a kind. */
  async #followRecord(kind: KeyKind, { zones }: DomainRecord): Promise<void> {
    const record = zones[kind];
    const known = this.#open.get(kind);
    if (record === undefined) return this.#close(kind);
    if (known?.kept.zone.mode === record.mode) return;
    const kept = await this.#openZone(kind, record);
    if (known?.isWhole) return this.#replace(kind, { known, kept, record });
    this.#open.set(kind, { kept, isWhole: false, renewAt: Number.POSITIVE_INFINITY });
    await known?.kept.remove();
  }

  /** A zone of another mode gets the keys of the one before, which is answered from until it is whole. */
  async #replace(
    kind: KeyKind,
    { known, kept, record }: { known: OpenZone; kept: KeptZone; record: ZoneRecord },
  ): Promise<void> {
    const { table, events } = this.#deps;
    try {
      await kept.update(record, await gathered(changesBetween(kept, known.kept)));
    } catch (error) {
      await kept.remove();
      throw error;
    }
    this.#open.set(kind, { kept, isWhole: true, renewAt: 0 });
    table.set(kept.zone);
    events.onZones?.();
    await known.kept.remove();
  }

  async #close(kind: KeyKind): Promise<void> {
    const zone = this.#open.get(kind);
    if (!zone) return;
    const { table, events } = this.#deps;
    this.#open.delete(kind);
    if (table.get(zone.kept.zone.apex) === zone.kept.zone) table.remove(zone.kept.zone.apex);
    events.onZones?.();
    await zone.kept.remove();
  }

  async #openZone(kind: KeyKind, record: ZoneRecord): Promise<KeptZone> {
    const { settings, keyring, clock, log, folder, slabs, store, table, events } = this.#deps;
    const apex = keyZone(this.#domain, kind);
    const common = { settings, keyring, clock, slabs };
    if (record.mode === 'online') return new OnlineZone(apex, record, common);
    const opened: KeptZone = await openPresignedZone(apex, record, {
      ...{ ...common, log, folder },
      claimSerial: () => store.claimZoneSerial(this.#domain),
      onVersion: () => events.onVersion?.(opened),
      onReplaced: (before, after) => {
        if (table.get(apex) === before) table.set(after);
      },
    });
    return opened;
  }
}

/** All of them, with pauses between. */
async function gathered(changes: Iterable<OwnerChange>): Promise<OwnerChange[]> {
  const breath = new Breath();
  const all: OwnerChange[] = [];
  for (const change of changes) {
    all.push(change);
    await breath.take();
  }
  return all;
}
