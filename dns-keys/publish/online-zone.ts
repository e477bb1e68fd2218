import { type Clock, unixSeconds } from '../../delivery/clock.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Name } from '../name.ts';
import { nextSerial } from '../transfer/serial.ts';
import { signSet } from '../zone/set-signer.ts';
import type { Slabs } from '../zone/slabs.ts';
import { Zone } from '../zone/zone.ts';
import { type ApexSettings, apexChanges, soaSet } from './apex-sets.ts';
import { Breath } from './breath.ts';
import { isFresh, isMade, type KeptZone, type OwnerChange } from './kept-zone.ts';
import type { ZoneRecord } from './zone-record.ts';
import { idOf, openZoneSigner, type ZoneSigner } from './zone-signer.ts';

export interface OnlineZoneDeps {
  readonly settings: ApexSettings;
  readonly keyring: Pick<Keyring, 'unwrap'>;
  readonly clock: Clock;
  readonly slabs: Slabs;
}

/** A zone that signs as it answers. Nothing of it is kept: its keys are in the store, its signatures are made anew. */
export class OnlineZone implements KeptZone {
  readonly zone: Zone;
  readonly versions = null;
  #record: ZoneRecord;
  #signer: ZoneSigner | null = null;
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
    const signer = this.#signerOf(record);
    const isChanged = await this.#applyOwners(changes);
    // From here on nothing waits: an answer sees DNSKEY and its signer, or those before.
    const { settings } = this.#deps;
    const isOther = this.#apply(apexChanges(zone.apex, record, settings)) || isChanged;
    const isOtherSoa = !zone.has(soaSet(zone.apex, zone.serial, settings));
    if (isOther || isOtherSoa) zone.put(soaSet(zone.apex, this.#nextSerial(), settings));
    const isOtherSigner = zone.signer !== signer;
    if (isOtherSigner) zone.signer = signer;
    this.#signer = signer;
    this.#record = record;
    // A denial needs that of SOA and one more; the others are made when somebody asks.
    if (isOther || isOtherSoa || isOtherSigner) signSet(zone, zone.soaRef, this.#seconds());
  }

  /** Answers see to it that signatures are good. */
  async renew(): Promise<number> {
    return Number.POSITIVE_INFINITY;
  }

  async remove(): Promise<void> {
    this.zone.release();
  }

  #signerOf(record: ZoneRecord): ZoneSigner {
    const known = this.#signer;
    if (known?.id !== idOf(record.keys)) {
      const signer = openZoneSigner(record, { apex: this.zone.apex, keyring: this.#deps.keyring });
      signer.open();
      return signer;
    }
    known.follow(record.keys);
    return known;
  }

  /** Owners do not hang together, so answers may be given between them. */
  async #applyOwners(changes: readonly OwnerChange[]): Promise<boolean> {
    const breath = new Breath();
    let isChanged = false;
    for (const change of changes) {
      if (this.#apply([change])) isChanged = true;
      if (changes.length > 1) await breath.take();
    }
    return isChanged;
  }

  #apply(changes: readonly OwnerChange[]): boolean {
    let isChanged = false;
    for (const change of changes) {
      if (isMade(change, this.zone)) continue;
      isChanged = true;
      if (change.set) this.zone.put(change.set);
      else this.zone.remove(change.owner, change.type);
    }
    return isChanged;
  }

  /** The time in seconds, and always another one. */
  #nextSerial(): number {
    return nextSerial(this.#seconds() % 2 ** 32, isFresh(this) ? null : this.zone.serial);
  }

  #seconds(): number {
    return unixSeconds(this.#deps.clock.now());
  }
}
