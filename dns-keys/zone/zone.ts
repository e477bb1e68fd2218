import { lowerName, type Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import { HashedName } from './hashed-name.ts';
import { HashedOwners, nameHash, wildcardHash } from './hashed-owners.ts';
import { OwnerIndex } from './owner-index.ts';
import type { RecordSet } from './record-set.ts';
import {
  dropSignatures,
  freeSetBlock,
  keepSignatures,
  type LaterSignatures,
  ownerAt,
  ownerOctets,
  readSet,
  readWord,
  recordCount,
  recordsAt,
  setType,
  signatureCount,
  slabOctets,
  writeSetBlock,
  writeWord,
} from './set-block.ts';
import type { SetSigner } from './set-signer.ts';
import { Slabs } from './slabs.ts';

export type ZoneMode = 'online' | 'presigned';

export interface ZoneSettings {
  readonly apex: Name;
  readonly mode: ZoneMode;
  /** Shared by the zones of a process. */
  readonly slabs?: Slabs;
}

/** Types that would make names stand for others or for other zones: our zones have none, and answers rest on it. */
const refusedTypes: readonly number[] = [
  rrTypes.CNAME,
  rrTypes.DNAME,
  rrTypes.NSEC,
  rrTypes.RRSIG,
  rrTypes.NXNAME,
];

/**
 * The records of one zone in slabs, ready to be copied into answers. Owners are found by hash, NSEC3 records by the
 * order of theirs. Without SOA at its apex it is not answered from.
 */
export class Zone {
  /** Lower case. */
  readonly apex: Name;
  readonly mode: ZoneMode;
  readonly slabs: Slabs;
  /** NSEC3 hash of the apex, and of the wildcard below it, which no zone of ours has. */
  readonly apexHash: Uint8Array;
  readonly wildcardHash: Uint8Array;
  /** Makes signatures in mode online; null leaves answers unsigned. */
  #signer: SetSigner | null = null;
  #owners = new OwnerIndex();
  #hashedOwners: HashedOwners;
  /** Names without records that have names below, and how many; by their octets. */
  readonly #inner = new Map<string, number>();
  readonly #apexLabels: number;
  /** The name that is worked on. */
  readonly #name = new HashedName();
  #soa = 0;
  #setCount = 0;
  #recordCount = 0;
  #version = 0;

  constructor({ apex, mode, slabs = new Slabs() }: ZoneSettings) {
    this.apex = lowerName(apex);
    this.mode = mode;
    this.slabs = slabs;
    this.apexHash = nameHash(this.apex);
    this.wildcardHash = wildcardHash(this.apex);
    this.#hashedOwners = new HashedOwners(slabs);
    this.#read(this.apex);
    this.#apexLabels = this.#name.labels;
  }

  get signer(): SetSigner | null {
    return this.#signer;
  }

  /** Another signer; signatures of the one before are forgotten. Throws `RangeError` for a presigned zone. */
  set signer(signer: SetSigner | null) {
    if (this.mode === 'presigned' && signer !== null) throw new RangeError('presigned zones have no signer');
    this.#signer = signer;
    this.#version += 1;
    for (const ref of this.#refs()) {
      const before = signatureCount(this.slabs, ref);
      dropSignatures(this.slabs, ref);
      this.#recordCount -= before - signatureCount(this.slabs, ref);
    }
  }

  /** Counts changes: whoever walks `sets()` piece by piece sees by it that the walk is void. */
  get version(): number {
    return this.#version;
  }

  /** Record sets, NSEC3 among them. */
  get setCount(): number {
    return this.#setCount;
  }

  /** Records, signatures among them. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Block of the SOA record; 0 when there is none. */
  get soaRef(): number {
    return this.#soa;
  }

  /** Of the SOA record; 0 without one. */
  get serial(): number {
    return this.#soaNumber(20);
  }

  /** TTL of negative answers: the lesser of SOA's TTL and its minimum (RFC 2308 §5, RFC 9077 §3). */
  get negativeTtlSeconds(): number {
    return this.#soa === 0 ? 0 : Math.min(readWord(this.slabs, this.#soa, 'ttl'), this.#soaNumber(4));
  }

  /**
   * Adds a record set, in place of one of the same owner and type. Throws `RangeError` for an owner outside, a wildcard,
   * a type that makes other names (CNAME, DNAME, NS below the apex) or is made here, and more than fits in a message.
   */
  put(set: RecordSet): void {
    this.#read(set.owner);
    this.#check(set.type);
    const relative = this.#name.octets.subarray(0, this.#name.length - this.apex.length);
    const ref = writeSetBlock(this.slabs, set, relative);
    this.#remove(set.type);
    if (set.type === rrTypes.NSEC3) this.#hashedOwners.add(ref);
    else this.#add(ref);
    if (set.type === rrTypes.SOA) this.#soa = ref;
    this.#setCount += 1;
    this.#recordCount += set.rdatas.length + set.signatures.length;
    this.#version += 1;
  }

  /** Removes a record set; says whether it was there. */
  remove(owner: Name, type: number): boolean {
    this.#read(owner);
    return this.#remove(type);
  }

  get(owner: Name, type: number): RecordSet | null {
    this.#read(owner);
    const ref = this.#find(type);
    return ref === 0 ? null : this.read(ref);
  }

  /** All record sets, SOA first, the rest in no order. Copies, but the walk ends being whole once the zone changes. */
  *sets(): Iterable<RecordSet> {
    if (this.#soa !== 0) yield this.read(this.#soa);
    for (const ref of this.#refs()) if (ref !== this.#soa) yield this.read(ref);
  }

  /** Gives the zone's blocks back; it is empty then. */
  release(): void {
    for (const ref of this.#refs()) freeSetBlock(this.slabs, ref);
    this.#owners = new OwnerIndex();
    this.#hashedOwners = new HashedOwners(this.slabs);
    this.#inner.clear();
    this.#soa = 0;
    this.#setCount = 0;
    this.#recordCount = 0;
    this.#version += 1;
  }

  /** The record set of a block. */
  read(ref: number): RecordSet {
    const at = ownerAt(ref);
    const relative = slabOctets(this.slabs, ref).subarray(at, at + ownerOctets(this.slabs, ref));
    return { owner: new Uint8Array(Buffer.concat([relative, this.apex])), ...readSet(this.slabs, ref) };
  }

  /** First block of the owner that is the name from a label on; 0 where it has none, or is not in the zone. */
  findOwner(name: HashedName, label: number): number {
    const place = this.#placeOf(name, label);
    return place === -1 ? 0 : this.#owners.refAt(place);
  }

  /** The block of a type among those of an owner from `ref` on; 0 where there is none. */
  findType(first: number, type: number): number {
    let ref = first;
    while (ref !== 0 && setType(this.slabs, ref) !== type) ref = this.next(ref);
    return ref;
  }

  /** The owner's next block; 0 behind the last. */
  next(ref: number): number {
    return readWord(this.slabs, ref, 'next');
  }

  /** Types of an owner's blocks from `ref` on. */
  typesFrom(ref: number): number[] {
    const types: number[] = [];
    for (let at = ref; at !== 0; at = this.next(at)) types.push(setType(this.slabs, at));
    return types;
  }

  /** Whether the name from a label on has no records but names below it (RFC 4592 §2.2.2). */
  isInner(name: HashedName, label: number): boolean {
    return this.#inner.size > 0 && this.#inner.has(textOf(name, label));
  }

  /** Block of the NSEC3 record of a hash, 0 where there is none (RFC 5155 §7.2.1). */
  nsec3Matching(hash: Uint8Array): number {
    return this.#hashedOwners.matching(hash);
  }

  /** Block of the NSEC3 record whose span holds a hash; 0 without any (RFC 5155 §7.2.1). */
  nsec3Covering(hash: Uint8Array): number {
    return this.#hashedOwners.covering(hash);
  }

  /** Keeps signatures beside a set that was put without. */
  keepSignatures(ref: number, signatures: LaterSignatures): void {
    this.#recordCount -= signatureCount(this.slabs, ref);
    keepSignatures(this.slabs, ref, signatures);
    this.#recordCount += signatures.rdatas.length;
  }

  *#refs(): Iterable<number> {
    for (const first of this.#owners.refs())
      for (let ref = first, next = 0; ref !== 0; ref = next) {
        // Whoever takes the reference may free its block.
        next = this.next(ref);
        yield ref;
      }
    yield* this.#hashedOwners.refs();
  }

  #read(name: Name): void {
    if (this.#name.read(name, 0) !== name.length) throw new RangeError('not a name');
  }

  /** Whether a set of that type may be put at the name that was read. */
  #check(type: number): void {
    const { octets, labels } = this.#name;
    const below = labels - this.#apexLabels;
    if (!this.#isInside(this.#name)) throw new RangeError('owner outside the zone');
    if (octets[0] === 1 && octets[1] === 0x2a) throw new RangeError('wildcard owner');
    if (refusedTypes.includes(type)) throw new RangeError(`type ${type} is not kept in a zone`);
    if (below > 0 && (type === rrTypes.NS || type === rrTypes.SOA))
      throw new RangeError('zone within the zone');
    if (type === rrTypes.NSEC3 && (below !== 1 || octets[0] !== 32))
      throw new RangeError('owner of no NSEC3');
  }

  #isInside(name: HashedName): boolean {
    const start = name.length - this.apex.length;
    if (start < 0 || name.labelAt[name.labels - this.#apexLabels] !== start) return false;
    return isSame(this.apex, name.octets, start);
  }

  #soaNumber(fromEnd: number): number {
    if (this.#soa === 0) return 0;
    const end = recordsAt(this.slabs, this.#soa) + readWord(this.slabs, this.#soa, 'recordOctets');
    return slabOctets(this.slabs, this.#soa).readUInt32BE(end - fromEnd);
  }

  /** Removes the set of the name that was read. */
  #remove(type: number): boolean {
    const ref = this.#find(type);
    if (ref === 0) return false;
    if (type === rrTypes.NSEC3) this.#hashedOwners.remove(ref);
    else this.#unlink(ref);
    if (ref === this.#soa) this.#soa = 0;
    this.#setCount -= 1;
    this.#recordCount -= recordCount(this.slabs, ref) + signatureCount(this.slabs, ref);
    this.#version += 1;
    freeSetBlock(this.slabs, ref);
    return true;
  }

  /** Block of the set of the name that was read; 0 where there is none. */
  #find(type: number): number {
    if (!this.#isInside(this.#name)) return 0;
    if (type === rrTypes.NSEC3) return this.#hashedOwners.named(this.#name.octets);
    return this.findType(this.findOwner(this.#name, 0), type);
  }

  #placeOf(name: HashedName, label: number): number {
    const hash = name.hashAt[label] ?? 0;
    let place = this.#owners.candidate(hash, this.#owners.firstPlace(hash));
    while (place !== -1 && !this.#owns(this.#owners.refAt(place), name, label))
      place = this.#owners.candidate(hash, place + 1);
    return place;
  }

  /** Octets left of the apex are compared: the caller knows that the name is in the zone. */
  #owns(ref: number, name: HashedName, label: number): boolean {
    const start = name.labelAt[label] ?? 0;
    const length = name.length - this.apex.length - start;
    if (ownerOctets(this.slabs, ref) !== length) return false;
    const octets = slabOctets(this.slabs, ref);
    const at = ownerAt(ref);
    for (let index = 0; index < length; index += 1)
      if (octets[at + index] !== name.octets[start + index]) return false;
    return true;
  }

  #add(ref: number): void {
    const first = this.findOwner(this.#name, 0);
    if (first === 0) {
      this.#owners.add(this.#name.hashAt[0] ?? 0, ref);
      this.#countAbove(1);
      return;
    }
    writeWord(this.slabs, ref, 'next', this.next(first));
    writeWord(this.slabs, first, 'next', ref);
  }

  #unlink(ref: number): void {
    const place = this.#placeOf(this.#name, 0);
    const first = this.#owners.refAt(place);
    if (first === ref) {
      this.#replaceFirst(place, this.next(ref));
      return;
    }
    let before = first;
    while (this.next(before) !== ref) before = this.next(before);
    writeWord(this.slabs, before, 'next', this.next(ref));
  }

  #replaceFirst(place: number, ref: number): void {
    if (ref !== 0) this.#owners.setRef(place, ref);
    else {
      this.#owners.removeAt(place);
      this.#countAbove(-1);
    }
  }

  /** Counts the owner that was read in all names between it and the apex. */
  #countAbove(by: number): void {
    for (let label = 1; label < this.#name.labels - this.#apexLabels; label += 1) {
      const key = textOf(this.#name, label);
      const count = (this.#inner.get(key) ?? 0) + by;
      if (count === 0) this.#inner.delete(key);
      else this.#inner.set(key, count);
    }
  }
}

function textOf(name: HashedName, label: number): string {
  const { buffer, byteOffset, length } = name.from(label);
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}

function isSame(apex: Name, octets: Uint8Array, start: number): boolean {
  for (let at = 0; at < apex.length; at += 1) if (apex[at] !== octets[start + at]) return false;
  return true;
}
