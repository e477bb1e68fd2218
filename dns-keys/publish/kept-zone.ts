import type { Name } from '../name.ts';
import type { ZoneVersions } from '../transfer/zone-versions.ts';
import type { RecordSet } from '../zone/record-set.ts';
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
  readonly zone: Zone;
  /** For transfers; null where there are none. */
  readonly versions: ZoneVersions | null;
  /** The record that it was brought to last. */
  readonly record: ZoneRecord;
  /**
   * Brings the zone to a record and its owners to these changes; what is so already costs nothing. Resolves when it is
   * answered from. Throws when it can't be signed or written; the zone then stays as it was, and the same may be tried
   * again.
   */
  update(record: ZoneRecord, changes: readonly OwnerChange[]): Promise<void>;
  /** Makes signatures anew that end soon; gives when to call again, Unix seconds. */
  renew(): Promise<number>;
  /** The zone is ours no more. */
  remove(): Promise<void>;
}

/** Whether two sets have the same records; signatures are left aside. Both in canonical order. */
export function hasSameRecords(one: RecordSet | null, other: RecordSet | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.ttlSeconds === other.ttlSeconds &&
    one.rdatas.length === other.rdatas.length &&
    one.rdatas.every((rdata, at) => Buffer.compare(rdata, other.rdatas[at] ?? new Uint8Array()) === 0)
  );
}
