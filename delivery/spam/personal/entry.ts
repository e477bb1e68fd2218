import { maxSketch } from './slot-classes.ts';

/** Why a message was learned, and whose word weighs how much (`opinion.ts`). */
export const sources = ['owner', 'reply', 'correspondent'] as const;
export type Source = (typeof sources)[number];

/** One message that was learned. The octets say it all; the rest is read from them. */
export interface Entry {
  /** 16 hexadecimal digits, the same for the same message of the same account. */
  readonly id: string;
  readonly isSpam: boolean;
  readonly source: Source;
  /** It also teaches the others of this instance. */
  readonly isShared: boolean;
  /** Seconds since 1970. */
  readonly at: number;
  /** Log-odds of spam that it was given by everything but what was learned, -16..16. */
  readonly logOdds: number;
  /** Whose it is, in the entries of all: 16 bits; 0 in those of an account. */
  readonly owner: number;
  /** As stored, at most `maxEntry`. */
  readonly octets: Uint8Array;
}

const head = 17;
/** Octets of an entry without slots. */
export const leastEntry: number = head;
/** Log-odds are kept in steps of one eighth. */
const steps = 8;
/** Gaps between slots are written by Golomb and Rice with so many low bits: they are about 250 on average. */
const riceBits = 7;

/** Octets of an entry at most. */
export const maxEntry = head + Math.ceil((maxSketch * (riceBits + 1) + 2 ** (15 - riceBits)) / 8);

/** An entry as it will be kept. */
export function newEntry(
  { id, isSpam, source, isShared, at, logOdds, owner }: Omit<Entry, 'octets'>,
  slots: Uint16Array,
): Entry {
  const octets = new Uint8Array(maxEntry);
  const view = viewOf(octets);
  view.setBigUint64(0, BigInt(`0x${id}`));
  octets[8] = (isSpam ? 1 : 0) | (sources.indexOf(source) << 1) | (isShared ? 8 : 0);
  view.setUint32(9, at, true);
  view.setInt8(13, Math.max(-128, Math.min(127, Math.round(logOdds * steps))));
  view.setUint16(14, owner, true);
  octets[16] = slots.length;
  const end = writeSlots(octets, slots);
  return readEntry(octets.subarray(0, end));
}

/** The entry in these octets, which `newEntry` made. */
export function readEntry(octets: Uint8Array): Entry {
  const view = viewOf(octets);
  const flags = view.getUint8(8);
  return {
    id: view.getBigUint64(0).toString(16).padStart(16, '0'),
    isSpam: (flags & 1) === 1,
    source: sources[(flags >> 1) & 3] ?? 'correspondent',
    isShared: (flags & 8) === 8,
    at: view.getUint32(9, true),
    logOdds: view.getInt8(13) / steps,
    owner: view.getUint16(14, true),
    octets: new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength),
  };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function writeSlots(octets: Uint8Array, slots: Uint16Array): number {
  let bit = head * 8;
  let before = -1;
  for (const slot of slots) {
    const gap = slot - before - 1;
    before = slot;
    for (let high = gap >> riceBits; high > 0; high--) setBit(octets, bit++);
    bit++;
    for (let low = riceBits - 1; low >= 0; low--, bit++) if ((gap >> low) & 1) setBit(octets, bit);
  }
  return Math.ceil(bit / 8);
}

function setBit(octets: Uint8Array, bit: number): void {
  const at = bit >> 3;
  octets[at] = (octets[at] ?? 0) | (128 >> (bit & 7));
}

/** The slots of an entry, ascending. */
export function slotsOfEntry({ octets }: Pick<Entry, 'octets'>): Uint16Array {
  const slots = new Uint16Array(octets[16] ?? 0);
  const end = octets.length * 8;
  let bit = head * 8;
  let before = -1;
  for (let at = 0; at < slots.length; at++) {
    let gap = 0;
    while (bit < end && bitAt(octets, bit++)) gap++;
    for (let low = 0; low < riceBits; low++) gap = (gap << 1) | bitAt(octets, bit++);
    before += gap + 1;
    slots[at] = before;
  }
  return slots;
}

function bitAt(octets: Uint8Array, bit: number): number {
  return ((octets[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
}
