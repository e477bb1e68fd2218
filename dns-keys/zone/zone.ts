import { lowerName, type Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import type { HashedName } from './hashed-name.ts';
import { HashedOwners, nameHash, wildcardHash } from './hashed-owners.ts';
import { OwnerSets } from './owner-sets.ts';
import type { RecordSet } from './record-set.ts';
import {
  dropSignatures,
  findType,
  freeSetBlock,
  hasRecords,
  keepSignatures,
  type LaterSignatures,
  ownerAt,
  ownerOctets,
  readSet,
  readWord,
  recordCount,
  recordsAt,
  signatureCount,
  slabOctets,
  typesFrom,
  writeSetBlock,
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
  #owners: OwnerSets;
  #hashedOwners: HashedOwners;
  readonly #apexLabels: number;
  /** The name that is worked on: nothing waits while it is. */
  readonly #name: HashedName;
  #soa = 0;
  #setCount = 0;
  #recordCount = 0;
  #version = 0;

  constructor({ apex, mode, slabs = new Slabs() }: ZoneSettings) {
    this.apex = lowerName(apex);
    this.mode = mode;
    this.slabs = slabs;
    this.#name = slabs.name;
    this.apexHash = nameHash(this.apex);
    this.wildcardHash = wildcardHash(this.apex);
    this.#read(this.apex);
    this.#apexLabels = this.#name.labels;
    this.#owners = this.#noOwners();
    this.#hashedOwners = new HashedOwners(slabs);
  }

  get signer(): SetSigner | null {
    return this.#signer;
  }

  /** Another signer; signatures of the one before are forgotten. Throws `RangeError` for a presigned zone. */
  set signer(signer: SetSigner | null) {
    if (this.mode === 'presigned' && signer !== null) throw new RangeError('presigned zones have no signer');
    this.#signer = signer;
    this.#version += 1;
    for (const ref of this.refs()) {
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

  /** Whether there are as many NSEC3 records as names (RFC 5155 §7.1). */
  get hasWholeChain(): boolean {
    return this.#hashedOwners.size === this.#owners.size + this.#owners.emptyCount;
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
    else this.#owners.add(this.#name, ref);
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

  /** Whether it has a set of that owner and type with the very same records; signatures are left aside. */
  has(set: RecordSet): boolean {
    this.#read(set.owner);
    const ref = this.#find(set.type);
    return ref !== 0 && hasRecords(this.slabs, ref, set);
  }

  /** All record sets, SOA first, the rest in no order. Copies, but the walk ends being whole once the zone changes. */
  *sets(): Iterable<RecordSet> {
    if (this.#soa !== 0) yield this.read(this.#soa);
    for (const ref of this.refs()) if (ref !== this.#soa) yield this.read(ref);
  }

  /** The blocks of all record sets, in no order. Whoever takes one may free it. */
  *refs(): Iterable<number> {
    yield* this.#owners.refs();
    yield* this.#hashedOwners.refs();
  }

  /** All owners but those of NSEC3 records, and the types at each, in no order. */
  *owners(): Iterable<{ owner: Name; types: number[] }> {
    for (const first of this.#owners.firsts())
      yield { owner: this.ownerOf(first), types: typesFrom(this.slabs, first) };
  }

  /** Gives the zone's blocks back; it is empty then. */
  release(): void {
    for (const ref of this.refs()) freeSetBlock(this.slabs, ref);
    this.#owners = this.#noOwners();
    this.#hashedOwners = new HashedOwners(this.slabs);
    this.#soa = 0;
    this.#setCount = 0;
    this.#recordCount = 0;
    this.#version += 1;
  }

  /** The record set of a block. */
  read(ref: number): RecordSet {
    return { owner: this.ownerOf(ref), ...readSet(this.slabs, ref) };
  }

  /** Owner of the record set of a block. */
  ownerOf(ref: number): Name {
    const at = ownerAt(ref);
    const length = ownerOctets(this.slabs, ref);
    const owner = new Uint8Array(length + this.apex.length);
    owner.set(slabOctets(this.slabs, ref).subarray(at, at + length));
    owner.set(this.apex, length);
    return owner;
  }

  /** First block of the owner that is the name from a label on; 0 where it has none. The name is in the zone. */
  findOwner(name: HashedName, label: number): number {
    return this.#owners.first(name, label);
  }

  /** Whether the name from a label on has no records but names below it (RFC 4592 §2.2.2). */
  isInner(name: HashedName, label: number): boolean {
    return this.#owners.isInner(name, label);
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

  #noOwners(): OwnerSets {
    return new OwnerSets(this.slabs, { octets: this.apex.length, labels: this.#apexLabels });
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
    else this.#owners.remove(this.#name, ref);
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
    return findType(this.slabs, this.findOwner(this.#name, 0), type);
  }
}

function isSame(apex: Name, octets: Uint8Array, start: number): boolean {
  for (let at = 0; at < apex.length; at += 1) if (apex[at] !== octets[start + at]) return false;
  return true;
}
