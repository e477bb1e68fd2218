import type { Clock } from '../../delivery/clock.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import { isNewerSerial, serialAfter } from '../transfer/serial.ts';
import { signApex } from '../zone/set-signer.ts';
import type { Slabs } from '../zone/slabs.ts';
import { Zone } from '../zone/zone.ts';
import { type ApexSettings, apexSets, soaSet } from './apex-sets.ts';
import { hasSameRecords, type KeptZone, type OwnerChange } from './kept-zone.ts';
import type { ZoneRecord } from './zone-record.ts';
import { idOf, openZoneSigner } from './zone-signer.ts';

export interface OnlineZoneDeps {
  readonly settings: ApexSettings;
  readonly keyring: Pick<Keyring, 'unwrap'>;
  readonly clock: Clock;
  readonly slabs: Slabs;
}

const apexTypes = [rrTypes.NS, rrTypes.DNSKEY, rrTypes.CDS, rrTypes.CDNSKEY];

/** A zone that signs as it answers. Nothing of it is kept: its keys are in the store, its signatures are made anew. */
export class OnlineZone implements KeptZone {
  readonly zone: Zone;
  readonly versions = null;
  #record: ZoneRecord;
  #signerId = '';
  readonly #deps: OnlineZoneDeps;

  constructor(apex: Name, record: ZoneRecord, deps: OnlineZoneDeps) {
    this.zone = new Zone({ apex, mode: 'online', slabs: deps.slabs });
    this.#record = record;
    this.#deps = deps;
  }

  get record(): ZoneRecord {
    return this.#record;
  }

  async update(record: ZoneRecord, changes: readonly OwnerChange[]): Promise<void> {
    const { zone } = this;
    // First what can fail: the keys may be wrapped by an instance key that is not here.
    const { keyring, settings } = this.#deps;
    const isOtherSigner = zone.signer === null || this.#signerId !== idOf(record.keys);
    const signer = isOtherSigner ? openZoneSigner(record, { apex: zone.apex, keyring }) : null;
    const wanted = apexSets(zone.apex, record, settings);
    const apexChanges = apexTypes.map(type => {
      const set = wanted.find(one => one.type === type) ?? null;
      return { owner: zone.apex, type, set };
    });
    const isChanged = this.#apply([...apexChanges, ...changes]);
    const soa = soaSet(zone.apex, zone.serial, settings);
    const isOtherSoa = !hasSameRecords(zone.get(zone.apex, rrTypes.SOA), soa);
    if (isChanged || isOtherSoa) zone.put(soaSet(zone.apex, this.#nextSerial(), settings));
    if (isOtherSigner) zone.signer = signer;
    this.#signerId = idOf(record.keys);
    this.#record = record;
    if (isChanged || isOtherSoa || isOtherSigner) signApex(zone, this.#seconds());
  }

  /** Answers see to it that signatures are good. */
  async renew(): Promise<number> {
    return Number.POSITIVE_INFINITY;
  }

  async remove(): Promise<void> {
    this.zone.release();
  }

  #apply(changes: readonly OwnerChange[]): boolean {
    let isChanged = false;
    for (const { owner, type, set } of changes) {
      if (hasSameRecords(this.zone.get(owner, type), set)) continue;
      isChanged = true;
      if (set) this.zone.put(set);
      else this.zone.remove(owner, type);
    }
    return isChanged;
  }

  /** The time in seconds, and always another one. */
  #nextSerial(): number {
    const now = this.#seconds() % 2 ** 32;
    const { serial, soaRef } = this.zone;
    return soaRef === 0 || isNewerSerial(now, serial) ? now : serialAfter(serial);
  }

  #seconds(): number {
    return Math.floor(this.#deps.clock.now().getTime() / 1000);
  }
}
