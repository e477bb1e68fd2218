import type { Name } from '../name.ts';
import type { ZoneVersions } from '../transfer/zone-versions.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { ownerAt, ownerOctets, setType, slabOctets } from '../zone/set-block.ts';
import type { Zone } from '../zone/zone.ts';
import type { ZoneRecord } from './zone-record.ts';

/** What an owner has from now on: one set in canonical order without signatures, or nothing of that type. */
export interface OwnerChange {
  readonly owner: Name;
  readonly type: number;
  readonly set: RecordSet | null;
}

/** One zone of ours, as it is answered from and kept. Its methods are called one after the other. */
export interface KeptZone {
  /** Another one after a change that replaced most of it. */
  readonly zone: Zone;
  /** For transfers; null where there are none. */
  readonly versions: ZoneVersions | null;
  /** The record that it was brought to last. */
  readonly record: ZoneRecord;
  /**
   * Brings the zone to a record and its owners to these changes; what is so already costs nothing. Resolves when it is
   * answered from. Throws when it can't be signed or written: the zone is then as valid as it was, some of the changes
   * may have been made, and the same may be tried again.
   */
  update(record: ZoneRecord, changes: readonly OwnerChange[]): Promise<void>;
  /** Makes signatures anew that end soon; gives when to call again, Unix seconds. */
  renew(): Promise<number>;
  /** The zone is ours no more. */
  remove(): Promise<void>;
}

/** Whether it was never signed and can't be answered from: its keys may be put as they are read. */
export function isFresh({ zone }: KeptZone): boolean {
  return zone.soaRef === 0;
}

/** Whether a zone is so already; signatures are left aside. */
export function isMade({ owner, type, set }: OwnerChange, zone: Zone): boolean {
  return set === null ? zone.get(owner, type) === null : zone.has(set);
}

/** The blocks of a zone's key sets. */
export function* keyRefs(zone: Zone): Generator<number> {
  for (const ref of zone.refs()) if (isKeyRef(zone, ref)) yield ref;
}

/** What makes the owners of one zone those of another. */
export function* changesBetween(zone: KeptZone, wanted: KeptZone): Generator<OwnerChange> {
  for (const ref of keyRefs(wanted.zone)) {
    const set = { ...wanted.zone.read(ref), signatures: [] };
    yield { ...set, set };
  }
  for (const ref of keyRefs(zone.zone)) {
    const [owner, type] = [zone.zone.ownerOf(ref), setType(zone.zone.slabs, ref)];
    if (wanted.zone.get(owner, type) === null) yield { owner, type, set: null };
  }
}

/** Owners of keys are one label of 56 octets below the apex; those of NSEC3 have 32. */
function isKeyRef({ slabs }: Zone, ref: number): boolean {
  return ownerOctets(slabs, ref) > 0 && slabOctets(slabs, ref)[ownerAt(ref)] === 56;
}
