import { type Name, nameKey } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { serialOf } from './serial.ts';

/**
 * Records of one owner name and type that come or go together. As a `RecordSet`, but for this: `rdatas` is empty where
 * only signatures come or go.
 */
export type RecordPart = RecordSet;

/** What makes one version of a zone of the one before (RFC 1995 §4), both SOA records among it. */
export interface ZoneChange {
  readonly fromSerial: number;
  readonly serial: number;
  readonly removed: readonly RecordPart[];
  readonly added: readonly RecordPart[];
}

/** One record set before and after; null where there was or is none. */
export interface SetChange {
  readonly before: RecordSet | null;
  readonly after: RecordSet | null;
}

/** A string that is equal for the sets of one owner and type. */
export function setKey({ owner, type }: Pick<RecordSet, 'owner' | 'type'>): string {
  return `${type} ${nameKey(owner)}`;
}

/**
 * The change of a zone, of all its sets that changed; the SOA set must be one of them. Throws `TypeError` when it is
 * not.
 */
export function zoneChangeOf(changes: Iterable<SetChange>): ZoneChange {
  const [removed, added]: [RecordPart[], RecordPart[]] = [[], []];
  for (const { before, after } of changes) {
    const gone = before && withoutRecords(before, after);
    const come = after && withoutRecords(after, before);
    if (gone) removed.push(gone);
    if (come) added.push(come);
  }
  return { fromSerial: soaSerialIn(removed), serial: soaSerialIn(added), removed, added };
}

/** The change that makes `after` of `before`, both whole zones with their SOA. */
export function diffZones(before: Iterable<RecordSet>, after: Iterable<RecordSet>): ZoneChange {
  const old = new Map([...before].map(set => [setKey(set), set]));
  const changes: SetChange[] = [];
  for (const set of after) {
    const key = setKey(set);
    changes.push({ before: old.get(key) ?? null, after: set });
    old.delete(key);
  }
  for (const set of old.values()) changes.push({ before: set, after: null });
  return zoneChangeOf(changes);
}

function soaSerialIn(parts: readonly RecordPart[]): number {
  const soa = parts.find(part => part.type === rrTypes.SOA)?.rdatas[0];
  if (!soa) throw new TypeError('a zone changes with its SOA record only');
  return serialOf(soa);
}

/** The records of `set` that `other` lacks; null when it lacks none. A record of another TTL is another record. */
function withoutRecords(set: RecordSet, other: RecordSet | null): RecordPart | null {
  const isComparable = other !== null && other.ttlSeconds === set.ttlSeconds;
  const rdatas = isComparable ? withoutOctets(set.rdatas, other.rdatas) : set.rdatas;
  const signatures = isComparable ? withoutOctets(set.signatures, other.signatures) : set.signatures;
  return rdatas.length === 0 && signatures.length === 0 ? null : { ...set, rdatas, signatures };
}

function withoutOctets(list: readonly Uint8Array[], taken: readonly Uint8Array[]): readonly Uint8Array[] {
  if (taken.length === 0) return list;
  return list.filter(octets => !taken.some(other => Buffer.compare(octets, other) === 0));
}

/** The zone's sets after a change, by `setKey`; the map itself is changed. Sets that are left without records go. */
export function applyChange(sets: Map<string, RecordSet>, change: ZoneChange): void {
  for (const part of change.removed) applyRemoval(sets, part);
  for (const part of change.added) applyAddition(sets, part);
}

/** Sets that can be changed in their place. */
export interface SetsToChange {
  get(owner: Name, type: number): RecordSet | null;
  put(set: RecordSet): void;
  remove(owner: Name, type: number): boolean;
}

/** Makes changes that follow each other in a zone. */
export function applyChanges(zone: SetsToChange, changes: readonly ZoneChange[]): void {
  const touched = new Map<string, RecordPart>();
  for (const { removed, added } of changes)
    for (const part of [...removed, ...added]) touched.set(setKey(part), part);
  const sets = new Map<string, RecordSet>();
  for (const [key, { owner, type }] of touched) {
    const set = zone.get(owner, type);
    if (set) sets.set(key, set);
  }
  for (const change of changes) applyChange(sets, change);
  for (const [key, { owner, type }] of touched) {
    const set = sets.get(key);
    if (set) zone.put(set);
    else zone.remove(owner, type);
  }
}

function applyRemoval(sets: Map<string, RecordSet>, part: RecordPart): void {
  const key = setKey(part);
  const set = sets.get(key);
  if (!set) return;
  const rdatas = withoutOctets(set.rdatas, part.rdatas);
  const signatures = withoutOctets(set.signatures, part.signatures);
  // Kept without records when only they went: their successors may come with the same change.
  if (rdatas.length === 0 && signatures.length === 0) sets.delete(key);
  else sets.set(key, { ...set, rdatas, signatures });
}

function applyAddition(sets: Map<string, RecordSet>, part: RecordPart): void {
  const key = setKey(part);
  const set = sets.get(key);
  sets.set(key, {
    ...part,
    rdatas: joined(set?.rdatas ?? [], part.rdatas),
    signatures: joined(set?.signatures ?? [], part.signatures),
  });
}

/** In canonical order (RFC 4034 §6.3), each once. */
function joined(list: readonly Uint8Array[], more: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...withoutOctets(list, more), ...more].sort(Buffer.compare);
}

/** One change of several that follow each other (RFC 1995 §5): what came and went between is left out. */
export function condenseChanges(changes: readonly ZoneChange[]): ZoneChange {
  const [first] = changes;
  const last = changes.at(-1);
  if (!first || !last) throw new TypeError('nothing to condense');
  if (changes.length === 1) return first;
  const net = new NetRecords();
  for (const change of changes) {
    for (const part of change.removed) net.add(part, -1);
    for (const part of change.added) net.add(part, 1);
  }
  return { fromSerial: first.fromSerial, serial: last.serial, removed: net.parts(-1), added: net.parts(1) };
}

interface NetRecord {
  readonly part: RecordPart;
  readonly isSignature: boolean;
  readonly octets: Uint8Array;
  sum: number;
}

/** Counts each record up and down; what stands at zero did not change. */
class NetRecords {
  readonly #records = new Map<string, NetRecord>();

  add(part: RecordPart, step: number): void {
    for (const octets of part.rdatas) this.#count({ part, isSignature: false, octets, sum: step });
    for (const octets of part.signatures) this.#count({ part, isSignature: true, octets, sum: step });
  }

  #count(record: NetRecord): void {
    const { part, isSignature, octets, sum } = record;
    const data = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
    const key = `${isSignature ? 's' : 'r'} ${part.ttlSeconds} ${setKey(part)} ${data}`;
    const known = this.#records.get(key);
    if (known) known.sum += sum;
    else this.#records.set(key, record);
  }

  parts(sign: -1 | 1): RecordPart[] {
    const parts = new Map<string, { part: RecordPart; rdatas: Uint8Array[]; signatures: Uint8Array[] }>();
    for (const { part, isSignature, octets, sum } of this.#records.values()) {
      if (Math.sign(sum) !== sign) continue;
      const key = `${part.ttlSeconds} ${setKey(part)}`;
      const gathered = parts.get(key) ?? { part, rdatas: [], signatures: [] };
      parts.set(key, gathered);
      (isSignature ? gathered.signatures : gathered.rdatas).push(octets);
    }
    return [...parts.values()].map(({ part, rdatas, signatures }) => ({
      ...part,
      rdatas: rdatas.sort(Buffer.compare),
      signatures: signatures.sort(Buffer.compare),
    }));
  }
}
