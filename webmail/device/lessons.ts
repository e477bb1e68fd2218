import { DeliveryError } from '../../delivery/errors.ts';
import {
  accountCapacity,
  active,
  emptyMemory,
  type Memory,
  readMemory,
  writeMemory,
} from '../../delivery/spam/personal/memory.ts';
import { wordWeightsOf } from '../../delivery/spam/personal/word-weights.ts';

/** What a device has learned, and what of it the weights that the server has do not know. */
export interface Lessons {
  readonly memory: Memory;
  /** Entries by their ids that those weights know otherwise, and as what: none, ham or spam. */
  readonly untold: ReadonlyMap<string, Label>;
}

const labels = ['none', 'ham', 'spam'] as const;
type Label = (typeof labels)[number];

export const noLessons: Lessons = { memory: emptyMemory, untold: new Map() };

/**
 * Messages by which new weights must differ from those before: whoever sees both learns something of these messages
 * together. Each counts once, however often its owner has changed their mind, and not at all when it is as it was.
 */
export const leastUntold = 10;

/** The lessons when the entry of this id is as `memory` has it. */
export function withLesson({ memory: before, untold }: Lessons, id: string, memory: Memory): Lessons {
  const [was, is] = [labelOf(before, id), labelOf(memory, id)];
  if (was === is) return { memory, untold };
  const changed = new Map(untold);
  const told = untold.get(id) ?? was;
  if (told === is) changed.delete(id);
  else changed.set(id, told);
  return { memory, untold: changed };
}

function labelOf({ entries }: Memory, id: string): Label {
  const entry = entries.find(one => one.id === id);
  if (!entry) return 'none';
  return entry.isSpam ? 'spam' : 'ham';
}

/** The weights to give away, null when there must be none any more; left out while too few messages are untold. */
export function toldBy(
  lessons: Lessons,
  at: Date,
): { readonly lessons: Lessons; readonly weights?: Uint8Array | null } {
  const { memory, untold } = lessons;
  const entries = active(memory, accountCapacity);
  const spam = entries.filter(({ isSpam }) => isSpam).length;
  // Those before are of what was taken back.
  if (spam === 0 || spam === entries.length) return { lessons, weights: null };
  if (untold.size < leastUntold) return { lessons };
  return { lessons: { memory, untold: new Map() }, weights: wordWeightsOf(memory, at) };
}

/** `cdls`, and the version of the form. */
const magic = [0x63, 0x64, 0x6c, 0x73, 1] as const;
const head = magic.length + 1;
const idOctets = 8;
const rowOctets = idOctets + 1;
/** More need not be known to be more than enough. */
const maxUntold = 64;

/** As octets: `cdls`, the version, how many are untold, each by id and label in nine octets, then the memory. */
export function writeLessons({ memory, untold }: Lessons): Uint8Array {
  const rows = [...untold].sort(([one], [other]) => (one < other ? -1 : 1)).slice(0, maxUntold);
  const learned = writeMemory(memory);
  const start = head + rows.length * rowOctets;
  const octets = new Uint8Array(start + learned.length);
  octets.set([...magic, rows.length]);
  const view = new DataView(octets.buffer);
  for (const [row, [id, label]] of rows.entries()) {
    view.setBigUint64(head + row * rowOctets, BigInt(`0x${id}`));
    view.setUint8(head + row * rowOctets + idOctets, labels.indexOf(label));
  }
  octets.set(learned, start);
  return octets;
}

/** What `writeLessons` wrote. Throws `badInput` for anything else. */
export function readLessons(octets: Uint8Array): Lessons {
  const start = head + (octets[magic.length] ?? 0) * rowOctets;
  if (octets.length < start || !magic.every((octet, at) => octets[at] === octet)) throw damaged();
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const untold = new Map<string, Label>();
  for (let at = head; at < start; at += rowOctets) {
    const label = labels[view.getUint8(at + idOctets)];
    if (!label) throw damaged();
    untold.set(
      view
        .getBigUint64(at)
        .toString(16)
        .padStart(2 * idOctets, '0'),
      label,
    );
  }
  return { memory: readMemory(octets.subarray(start)), untold };
}

function damaged(): DeliveryError {
  return new DeliveryError('badInput', 'the octets are no lessons of a device');
}
