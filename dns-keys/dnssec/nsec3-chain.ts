import { equalNames, isAtOrBelow, type Name, parentName } from '../name.ts';
import { encodeData, rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { nsec3Hash, nsec3Owner, nsec3Parameters } from './nsec3.ts';

/** What a change does to the NSEC3 records of a zone. */
export interface Nsec3Change {
  /** Sets that are new or differ, to be signed and put. */
  readonly put: RecordSet[];
  /** Owners of sets that are gone. */
  readonly removed: Name[];
}

interface Entry {
  /** Types of the owner, ascending, without NSEC3 and RRSIG; empty for an empty non-terminal. */
  types: readonly number[];
  /** Names with records anywhere below. */
  below: number;
}

/**
 * The NSEC3 chain of one zone (RFC 5155 §7.1), for all its names and the empty ones between them. Holds hashes, not
 * names: 20 octets and its types for an owner. The zone has no cuts below it.
 */
export class Nsec3Chain {
  readonly #apex: Name;
  readonly #ttlSeconds: number;
  /** By hash, its octets as latin1. */
  readonly #entries = new Map<string, Entry>();
  /** Hashes, ascending. Code units of latin1 sort as octets do. */
  #order: string[] = [];
  /** Equal lists of types are one list. */
  readonly #lists = new Map<string, readonly number[]>();

  /** `ttlSeconds` is that of negative answers, `denialTtl` (RFC 9077). */
  constructor(apex: Name, ttlSeconds: number) {
    this.#apex = apex;
    this.#ttlSeconds = ttlSeconds;
  }

  get size(): number {
    return this.#order.length;
  }

  /** Takes a whole zone in place of what it held. Gives all sets of the chain, by hash. */
  load(owners: Iterable<{ owner: Name; types: readonly number[] }>): RecordSet[] {
    return [...this.loading(owners)].filter(set => set !== null);
  }

  /** As `load`, a piece at a time, with null where others may go on; the chain is whole at the end. */
  *loading(owners: Iterable<{ owner: Name; types: readonly number[] }>): Generator<RecordSet | null> {
    this.#entries.clear();
    for (const { owner, types } of owners) {
      this.#enter(owner, this.#kept(types));
      yield null;
    }
    const byOctet = Map.groupBy(this.#entries.keys(), hash => hash.charCodeAt(0));
    const order: string[] = [];
    for (let octet = 0; octet < 256; octet += 1) {
      for (const hash of byOctet.get(octet)?.sort() ?? []) order.push(hash);
      yield null;
    }
    this.#order = order;
    for (let at = 0; at < order.length; at += 1) yield this.#setAt(at);
  }

  /** Types that an owner has from now on; none when its last record is gone. Gives what changes in the chain. */
  set(owner: Name, types: readonly number[]): Nsec3Change {
    const touched = this.#enter(owner, this.#kept(types));
    const removed: Name[] = [];
    const changed = new Set<string>();
    for (const hash of touched) {
      const at = this.#place(hash);
      const isThere = this.#order[at] === hash;
      const shouldBe = this.#entries.has(hash);
      if (shouldBe) changed.add(hash);
      if (shouldBe && !isThere) this.#order.splice(at, 0, hash);
      if (!shouldBe && isThere) this.#order.splice(at, 1);
      if (!shouldBe && isThere) removed.push(nsec3Owner(Buffer.from(hash, 'latin1'), this.#apex));
      const before = this.#order.at(at - 1);
      if (shouldBe !== isThere && before !== undefined) changed.add(before);
    }
    // A hash that was changed as the one before may be gone by a later turn.
    const left = [...changed].filter(hash => this.#entries.has(hash));
    return { put: left.map(hash => this.#setAt(this.#place(hash))), removed };
  }

  /** Notes types and counts; gives the hashes whose entry is another now. */
  #enter(owner: Name, types: readonly number[]): string[] {
    if (!isAtOrBelow(owner, this.#apex)) throw new RangeError('an owner outside the zone');
    const hash = hashOf(owner);
    const before = this.#entries.get(hash);
    if ((before?.types.length ?? 0) === types.length && types.every((type, at) => type === before?.types[at]))
      return [];
    const step = Number(types.length > 0) - Number((before?.types.length ?? 0) > 0);
    this.#keep(hash, { types, below: before?.below ?? 0 });
    return [hash, ...(step === 0 ? [] : this.#count(owner, step))];
  }

  /** Adds to the counts of the names above; gives those that came or went by it. */
  #count(owner: Name, step: number): string[] {
    const turned: string[] = [];
    for (let at = owner; !equalNames(at, this.#apex); ) {
      at = parentName(at);
      const hash = hashOf(at);
      const entry = this.#entries.get(hash) ?? { types: [], below: 0 };
      const wasThere = isThere(entry);
      this.#keep(hash, { types: entry.types, below: entry.below + step });
      if (wasThere !== this.#entries.has(hash)) turned.push(hash);
    }
    return turned;
  }

  #keep(hash: string, entry: Entry): void {
    if (isThere(entry)) this.#entries.set(hash, entry);
    else this.#entries.delete(hash);
  }

  #kept(types: readonly number[]): readonly number[] {
    const list = [...new Set(types)].filter(type => type !== rrTypes.NSEC3 && type !== rrTypes.RRSIG);
    list.sort((one, other) => one - other);
    const key = list.join();
    const known = this.#lists.get(key) ?? list;
    this.#lists.set(key, known);
    return known;
  }

  /** Where a hash is or would be. */
  #place(hash: string): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] ?? '') < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #setAt(at: number): RecordSet {
    const hash = this.#order[at] ?? '';
    const next = this.#order[(at + 1) % this.#order.length] ?? hash;
    const types = this.#entries.get(hash)?.types ?? [];
    const rdata = encodeData(rrTypes.NSEC3, {
      ...nsec3Parameters,
      nextHash: Buffer.from(next, 'latin1'),
      // An empty non-terminal has nothing that could be signed.
      types: types.length === 0 ? [] : [...types, rrTypes.RRSIG],
    });
    const owner = nsec3Owner(Buffer.from(hash, 'latin1'), this.#apex);
    return { owner, type: rrTypes.NSEC3, ttlSeconds: this.#ttlSeconds, rdatas: [rdata], signatures: [] };
  }
}

function isThere({ types, below }: Entry): boolean {
  return types.length > 0 || below > 0;
}

function hashOf(owner: Name): string {
  return Buffer.from(nsec3Hash(owner)).toString('latin1');
}
