import type { RecordSet } from './record-set.ts';
import { offsetOf, type Slabs, slabOf } from './slabs.ts';

/*
 * One record set in a block of the slabs: ten words of 32 bits, the owner relative to the apex, its records, and the
 * RRSIG records that cover it, both as they stand in an answer whose question asked for the owner: each record's owner
 * is a pointer to the question's name.
 */
const word = {
  /** The owner's next record set. */
  next: 0,
  /** Type, and octets of the relative owner in the upper half. */
  typeAndOwner: 1,
  ttl: 2,
  /** Number of records, and of signatures in the upper half. */
  counts: 3,
  recordOctets: 4,
  /** Octets of the signatures, wherever they are. */
  signatureOctets: 5,
  /** Block of signatures that were made later; 0 where they stand behind the records. */
  signatureBlock: 6,
  /** Unix time from which new ones should be made, and from which they are void; of those made later only. */
  refreshAt: 7,
  expiresAt: 8,
  /** Octets of the whole block. */
  blockOctets: 9,
} as const;

type Word = keyof typeof word;

const frontOctets = 40;
const rrsig = 46;
/** Owner pointer, type, class, TTL and RDATA length (RFC 1035 §3.2.1). */
export const recordFrontOctets = 12;
/** Records of one set with their signatures: what a TCP message can hold with a question and OPT beside them. */
const maxSetOctets = 64_500;

/** Writes the set into a new block; `owner` is what its owner has left of the apex, in lower case. Throws `RangeError`. */
export function writeSetBlock(slabs: Slabs, set: RecordSet, owner: Uint8Array): number {
  const recordOctets = recordsOctets(set.rdatas);
  const signatureOctets = recordsOctets(set.signatures);
  if (set.rdatas.length === 0) throw new RangeError('a record set without records');
  if (recordOctets + signatureOctets > maxSetOctets)
    throw new RangeError(`record set over ${maxSetOctets} octets`);
  const blockOctets = frontOctets + owner.length + recordOctets + signatureOctets;
  const ref = slabs.allocate(blockOctets);
  writeWord(slabs, ref, 'next', 0);
  writeWord(slabs, ref, 'typeAndOwner', set.type | (owner.length << 16));
  writeWord(slabs, ref, 'ttl', set.ttlSeconds);
  writeWord(slabs, ref, 'counts', set.rdatas.length | (set.signatures.length << 16));
  writeWord(slabs, ref, 'recordOctets', recordOctets);
  writeWord(slabs, ref, 'signatureOctets', signatureOctets);
  writeWord(slabs, ref, 'signatureBlock', 0);
  writeWord(slabs, ref, 'refreshAt', 0);
  writeWord(slabs, ref, 'expiresAt', 0);
  writeWord(slabs, ref, 'blockOctets', blockOctets);
  const octets = slabOctets(slabs, ref);
  let at = ownerAt(ref);
  octets.set(owner, at);
  at = writeRecords(octets, at + owner.length, set);
  writeRecords(octets, at, { type: rrsig, ttlSeconds: set.ttlSeconds, rdatas: set.signatures });
  return ref;
}

type Records = Pick<RecordSet, 'type' | 'ttlSeconds' | 'rdatas'>;

/** Octets that `writeRecords` writes. */
export function recordsOctets(rdatas: readonly Uint8Array[]): number {
  let octets = 0;
  for (const rdata of rdatas) octets += recordFrontOctets + rdata.length;
  return octets;
}

/** Writes records as they stand in an answer, owned by the question's name; gives where they end. */
export function writeRecords(octets: Buffer, start: number, { type, ttlSeconds, rdatas }: Records): number {
  let at = start;
  for (const rdata of rdatas) {
    octets.writeUInt16BE(0xc00c, at);
    octets.writeUInt16BE(type, at + 2);
    octets.writeUInt16BE(1, at + 4);
    octets.writeUInt32BE(ttlSeconds, at + 6);
    octets.writeUInt16BE(rdata.length, at + 10);
    octets.set(rdata, at + recordFrontOctets);
    at += recordFrontOctets + rdata.length;
  }
  return at;
}

/** Frees the block, and that of its later signatures. */
export function freeSetBlock(slabs: Slabs, ref: number): void {
  dropSignatures(slabs, ref);
  slabs.free(ref, readWord(slabs, ref, 'blockOctets'));
}

/** Signatures made later than the set was put, and the Unix times they are good for. */
export interface LaterSignatures {
  readonly rdatas: readonly Uint8Array[];
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/** Keeps signatures beside a set that was put without. */
export function keepSignatures(slabs: Slabs, ref: number, signatures: LaterSignatures): void {
  dropSignatures(slabs, ref);
  const octets = recordsOctets(signatures.rdatas);
  const block = slabs.allocate(octets);
  const ttlSeconds = readWord(slabs, ref, 'ttl');
  writeRecords(slabOctets(slabs, block), offsetOf(block), {
    type: rrsig,
    ttlSeconds,
    rdatas: signatures.rdatas,
  });
  writeWord(slabs, ref, 'signatureOctets', octets);
  writeWord(slabs, ref, 'signatureBlock', block);
  writeWord(slabs, ref, 'counts', recordCount(slabs, ref) | (signatures.rdatas.length << 16));
  writeWord(slabs, ref, 'refreshAt', signatures.refreshAt);
  writeWord(slabs, ref, 'expiresAt', signatures.expiresAt);
}

/** Forgets signatures that were kept beside the set. */
export function dropSignatures(slabs: Slabs, ref: number): void {
  const block = readWord(slabs, ref, 'signatureBlock');
  if (block === 0) return;
  slabs.free(block, readWord(slabs, ref, 'signatureOctets'));
  writeWord(slabs, ref, 'signatureOctets', 0);
  writeWord(slabs, ref, 'signatureBlock', 0);
  writeWord(slabs, ref, 'counts', recordCount(slabs, ref));
  writeWord(slabs, ref, 'refreshAt', 0);
  writeWord(slabs, ref, 'expiresAt', 0);
}

export function readWord(slabs: Slabs, ref: number, name: Word): number {
  return slabs.words[slabOf(ref)]?.[(offsetOf(ref) >>> 2) + word[name]] ?? 0;
}

export function writeWord(slabs: Slabs, ref: number, name: Word, value: number): void {
  const words = slabs.words[slabOf(ref)];
  if (words !== undefined) words[(offsetOf(ref) >>> 2) + word[name]] = value;
}

/** The slab that the block is in. */
export function slabOctets(slabs: Slabs, ref: number): Buffer {
  const octets = slabs.octets[slabOf(ref)];
  if (octets === undefined) throw new RangeError('no such block');
  return octets;
}

export function setType(slabs: Slabs, ref: number): number {
  return readWord(slabs, ref, 'typeAndOwner') & 0xffff;
}

/** The owner's next block; 0 behind the last. */
export function nextRef(slabs: Slabs, ref: number): number {
  return readWord(slabs, ref, 'next');
}

/** The block of a type among those of an owner from `first` on; 0 where there is none. */
export function findType(slabs: Slabs, first: number, type: number): number {
  let ref = first;
  while (ref !== 0 && setType(slabs, ref) !== type) ref = nextRef(slabs, ref);
  return ref;
}

/** Types of an owner's blocks from `first` on. */
export function typesFrom(slabs: Slabs, first: number): number[] {
  const types: number[] = [];
  for (let ref = first; ref !== 0; ref = nextRef(slabs, ref)) types.push(setType(slabs, ref));
  return types;
}

/** Octets of the owner left of the apex. */
export function ownerOctets(slabs: Slabs, ref: number): number {
  return readWord(slabs, ref, 'typeAndOwner') >>> 16;
}

/** Where the relative owner begins in the block's slab. */
export function ownerAt(ref: number): number {
  return offsetOf(ref) + frontOctets;
}

/** Where the records begin in the block's slab; they take `recordOctets`. */
export function recordsAt(slabs: Slabs, ref: number): number {
  return ownerAt(ref) + ownerOctets(slabs, ref);
}

export function recordCount(slabs: Slabs, ref: number): number {
  return readWord(slabs, ref, 'counts') & 0xffff;
}

export function signatureCount(slabs: Slabs, ref: number): number {
  return readWord(slabs, ref, 'counts') >>> 16;
}

/** The records and signatures as RDATA, copied. */
export function readSet(slabs: Slabs, ref: number): Omit<RecordSet, 'owner'> {
  const at = recordsAt(slabs, ref);
  const records = { octets: slabOctets(slabs, ref), at, end: at + readWord(slabs, ref, 'recordOctets') };
  return {
    type: setType(slabs, ref),
    ttlSeconds: readWord(slabs, ref, 'ttl'),
    rdatas: readRdatas(records),
    signatures: readRdatas(signaturesOf(slabs, ref)),
  };
}

/** Whether the block has the very records of a set, in the same order, and its TTL; signatures are left aside. */
export function hasRecords(
  slabs: Slabs,
  ref: number,
  { ttlSeconds, rdatas }: Omit<RecordSet, 'owner'>,
): boolean {
  if (readWord(slabs, ref, 'ttl') !== ttlSeconds || recordCount(slabs, ref) !== rdatas.length) return false;
  if (readWord(slabs, ref, 'recordOctets') !== recordsOctets(rdatas)) return false;
  const octets = slabOctets(slabs, ref);
  let at = recordsAt(slabs, ref);
  for (const rdata of rdatas) {
    const start = at + recordFrontOctets;
    at = start + octets.readUInt16BE(start - 2);
    if (octets.compare(rdata, 0, rdata.length, start, at) !== 0) return false;
  }
  return true;
}

/** The signatures of a block one after the other, each a view that is good until the zone changes. */
export function* signatureViews(slabs: Slabs, ref: number): Iterable<Uint8Array> {
  const { octets, at, end } = signaturesOf(slabs, ref);
  for (let from = at; from < end; ) {
    const start = from + recordFrontOctets;
    from = start + octets.readUInt16BE(start - 2);
    yield octets.subarray(start, from);
  }
}

/** A stretch of a slab. */
export interface Stretch {
  octets: Buffer;
  at: number;
  end: number;
}

/** Where the set's signatures stand; empty where there are none. */
export function signaturesOf(slabs: Slabs, ref: number): Stretch {
  const block = readWord(slabs, ref, 'signatureBlock');
  const length = readWord(slabs, ref, 'signatureOctets');
  const at = block === 0 ? recordsAt(slabs, ref) + readWord(slabs, ref, 'recordOctets') : offsetOf(block);
  return { octets: slabOctets(slabs, block === 0 ? ref : block), at, end: at + length };
}

function readRdatas({ octets, at, end }: Stretch): Uint8Array[] {
  const rdatas: Uint8Array[] = [];
  for (let from = at; from < end; ) {
    const length = octets.readUInt16BE(from + recordFrontOctets - 2);
    from += recordFrontOctets + length;
    rdatas.push(Uint8Array.from(octets.subarray(from - length, from)));
  }
  return rdatas;
}
