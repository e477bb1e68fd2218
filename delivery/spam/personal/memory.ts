import { DeliveryError } from '../../errors.ts';
import { type Entry, leastEntry, readEntry } from './entry.ts';

/**
 * What an account, or the instance, has learned by acts: nothing but the set of the messages learned, and all that is
 * judged by it is a function of this set. So learning a message twice is learning it once, taking one back leaves
 * exactly what there would be without it, whatever was learned since, and what several processes learned at once is the
 * union of it.
 */
export interface Memory {
  /** By time, then by id. */
  readonly entries: readonly Entry[];
}

export const emptyMemory: Memory = { entries: [] };

/** How many messages are judged by, the newest: the owner's own acts, and what came of itself. */
export interface Capacity {
  readonly owner: number;
  readonly automatic: number;
}

/** 1,000 acts of an owner's and 150 of the rest take 215 kB at most. */
export const accountCapacity: Capacity = { owner: 1000, automatic: 150 };
/** The acts of all that everybody is judged by; 600 kB. */
export const sharedCapacity: Capacity = { owner: 3000, automatic: 0 };

/** So many more are kept, to stand in for those that are taken back. */
const spare = 24;

/** Adds an entry, or puts it in the place of the one with its id. What falls out is given, to be put back by `without`. */
export function withEntry(
  { entries }: Memory,
  entry: Entry,
  capacity: Capacity,
): { memory: Memory; dropped: readonly Entry[] } {
  const all = [...entries.filter(({ id }) => id !== entry.id), entry].sort(older);
  const kept = newest(all, { owner: capacity.owner + spare, automatic: capacity.automatic + spare });
  const stays = new Set(kept);
  return { memory: { entries: kept }, dropped: all.filter(one => !stays.has(one)) };
}

/** Takes an entry back; what its learning had pushed out comes back where there is room for it. */
export function without(
  { entries }: Memory,
  id: string,
  { dropped, capacity }: { dropped: readonly Entry[]; capacity: Capacity },
): Memory {
  if (!entries.some(entry => entry.id === id)) return { entries };
  const left = entries.filter(entry => entry.id !== id);
  const known = new Set(left.map(entry => entry.id));
  const back = dropped.filter(entry => entry.id !== id && !known.has(entry.id));
  const all = [...left, ...back].sort(older);
  return {
    entries: newest(all, { owner: capacity.owner + spare, automatic: capacity.automatic + spare }),
  };
}

/** The entries that are judged by. */
export function active({ entries }: Memory, capacity: Capacity): readonly Entry[] {
  return newest(entries, capacity);
}

function newest(entries: readonly Entry[], { owner, automatic }: Capacity): readonly Entry[] {
  const room = { owner, automatic };
  const kept: Entry[] = [];
  for (const entry of entries.toReversed()) {
    if (room[entry.source === 'owner' ? 'owner' : 'automatic']-- > 0) kept.push(entry);
  }
  return kept.reverse();
}

function older(one: Entry, other: Entry): number {
  return one.at - other.at || (one.id < other.id ? -1 : 1);
}

/** `clrn`, and the version of the form. */
const magic = [0x63, 0x6c, 0x72, 0x6e, 1] as const;
const head: number = magic.length;

/** The memory as octets: `clrn`, the version, then each entry behind its length in one octet. The same set, the same octets. */
export function writeMemory({ entries }: Memory): Uint8Array {
  const octets = new Uint8Array(entries.reduce((sum, entry) => sum + 1 + entry.octets.length, head));
  octets.set(magic);
  let at = head;
  for (const entry of entries) {
    octets[at] = entry.octets.length;
    octets.set(entry.octets, at + 1);
    at += 1 + entry.octets.length;
  }
  return octets;
}

/** What `writeMemory` wrote; nothing where there is none. Throws `badInput` for anything else. */
export function readMemory(octets: Uint8Array | null): Memory {
  if (octets === null) return emptyMemory;
  if (!magic.every((octet, at) => octets[at] === octet)) throw damaged();
  const entries: Entry[] = [];
  for (let at = head; at < octets.length; ) {
    const end = at + 1 + (octets[at] ?? 0);
    if (end > octets.length || end < at + 1 + leastEntry) throw damaged();
    entries.push(readEntry(octets.subarray(at + 1, end)));
    at = end;
  }
  return { entries };
}

function damaged(): DeliveryError {
  return new DeliveryError('badInput', 'the octets are no memory of learned messages');
}
