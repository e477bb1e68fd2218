import { HashedName } from './hashed-name.ts';
import { OwnerIndex } from './owner-index.ts';
import { nextRef, ownerAt, ownerOctets, slabOctets, writeWord } from './set-block.ts';
import type { Slabs } from './slabs.ts';

/** The record sets of a zone by their owners, but for NSEC3: those of one owner are chained from block to block. */
export class OwnerSets {
  readonly #slabs: Slabs;
  readonly #apex: { readonly octets: number; readonly labels: number };
  readonly #first = new OwnerIndex();
  /** Names between owners and the apex, and how many owners each has below; by their octets. */
  readonly #inner = new Map<string, number>();

  /** Octets and labels of the apex: what stands left of it is compared. */
  constructor(slabs: Slabs, apex: { octets: number; labels: number }) {
    this.#slabs = slabs;
    this.#apex = apex;
  }

  /** Owners. */
  get size(): number {
    return this.#first.size;
  }

  /** Names without records that have names below (RFC 4592 §2.2.2). */
  get emptyCount(): number {
    const name = new HashedName();
    let count = 0;
    for (const octets of this.#inner.keys()) {
      name.read(Buffer.from(octets, 'latin1'), 0);
      if (this.first(name, 0) === 0) count += 1;
    }
    return count;
  }

  /** First block of the owner that is the name from a label on; 0 where it has none. The name is in the zone. */
  first(name: HashedName, label: number): number {
    const place = this.#placeOf(name, label);
    return place === -1 ? 0 : this.#first.refAt(place);
  }

  /** Whether there are owners below the name from a label on. */
  isInner(name: HashedName, label: number): boolean {
    return this.#inner.size > 0 && this.#inner.has(textOf(name, label));
  }

  add(name: HashedName, ref: number): void {
    const first = this.first(name, 0);
    if (first === 0) {
      this.#first.add(name.hashAt[0] ?? 0, ref);
      this.#countAbove(name, 1);
      return;
    }
    this.#setNext(ref, nextRef(this.#slabs, first));
    this.#setNext(first, ref);
  }

  /** Takes out a block that the name has. */
  remove(name: HashedName, ref: number): void {
    const place = this.#placeOf(name, 0);
    const first = this.#first.refAt(place);
    if (first === ref) {
      this.#replaceFirst(name, place, nextRef(this.#slabs, ref));
      return;
    }
    let before = first;
    while (nextRef(this.#slabs, before) !== ref) before = nextRef(this.#slabs, before);
    this.#setNext(before, nextRef(this.#slabs, ref));
  }

  /** The first block of each owner. */
  firsts(): Iterable<number> {
    return this.#first.refs();
  }

  /** All blocks. Whoever takes one may free it. */
  *refs(): Iterable<number> {
    for (const first of this.firsts())
      for (let ref = first, next = 0; ref !== 0; ref = next) {
        next = nextRef(this.#slabs, ref);
        yield ref;
      }
  }

  #setNext(ref: number, next: number): void {
    writeWord(this.#slabs, ref, 'next', next);
  }

  #placeOf(name: HashedName, label: number): number {
    const hash = name.hashAt[label] ?? 0;
    let place = this.#first.candidate(hash, this.#first.firstPlace(hash));
    while (place !== -1 && !this.#owns(this.#first.refAt(place), name, label))
      place = this.#first.candidate(hash, place + 1);
    return place;
  }

  #owns(ref: number, name: HashedName, label: number): boolean {
    const start = name.labelAt[label] ?? 0;
    const length = name.length - this.#apex.octets - start;
    if (ownerOctets(this.#slabs, ref) !== length) return false;
    const octets = slabOctets(this.#slabs, ref);
    const at = ownerAt(ref);
    for (let index = 0; index < length; index += 1)
      if (octets[at + index] !== name.octets[start + index]) return false;
    return true;
  }

  #replaceFirst(name: HashedName, place: number, ref: number): void {
    if (ref !== 0) this.#first.setRef(place, ref);
    else {
      this.#first.removeAt(place);
      this.#countAbove(name, -1);
    }
  }

  /** Counts an owner in all names between it and the apex. */
  #countAbove(name: HashedName, by: number): void {
    for (let label = 1; label < name.labels - this.#apex.labels; label += 1) {
      const key = textOf(name, label);
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
