import type { FileHandle } from 'node:fs/promises';
import { rrTypes } from '../rr/type-name.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { soaSerial } from './serial.ts';
import { applyChange, setKey, type ZoneChange } from './zone-change.ts';
import { imageSets, type ZoneImage } from './zone-image.ts';

/** One version of a zone, whole; what changes meanwhile does not show in it. To be closed. */
export interface ZoneSnapshot {
  readonly serial: number;
  readonly soa: RecordSet;
  /** Octets of its sets, about. */
  readonly octets: number;
  /** Its sets but for the SOA, some at a time. Once only. Throws `DamagedFileError` when the disk lost them. */
  sets(): AsyncIterable<readonly RecordSet[]>;
  close(): Promise<void>;
}

/** The version that an open image and the changes after it make, `soa` its SOA. Closing it closes the image. */
export function snapshotOf(
  handle: FileHandle,
  { image, changes, soa }: { image: ZoneImage; changes: readonly ZoneChange[]; soa: RecordSet },
): ZoneSnapshot {
  return {
    serial: soaSerial(soa),
    soa,
    octets: image.octets,
    sets: () => changedSets(handle, changes),
    close: () => handle.close(),
  };
}

/** The sets of an image after changes: those that changed come last. */
async function* changedSets(
  handle: FileHandle,
  changes: readonly ZoneChange[],
): AsyncGenerator<readonly RecordSet[]> {
  const touched = new Set(changes.flatMap(change => [...change.removed, ...change.added].map(setKey)));
  const apart = new Map<string, RecordSet>();
  for await (const sets of imageSets(handle)) {
    if (touched.size === 0) yield sets;
    else yield sets.filter(set => !isTouched(set));
  }
  for (const change of changes) applyChange(apart, change);
  yield [...apart.values()].filter(set => set.type !== rrTypes.SOA);

  function isTouched(set: RecordSet): boolean {
    const key = setKey(set);
    const found = touched.has(key);
    if (found) apart.set(key, set);
    return found;
  }
}

/** The sets of a snapshot each by itself. */
export async function* oneByOne(snapshot: ZoneSnapshot): AsyncGenerator<RecordSet> {
  for await (const sets of snapshot.sets()) yield* sets;
}
