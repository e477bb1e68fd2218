import { hash } from 'node:crypto';
import type { Name } from '../name.ts';
import { HashOrder, type Target } from './hash-order.ts';
import { ownerAt, slabOctets } from './set-block.ts';
import type { Slabs } from './slabs.ts';

const labelOctets = 32;
const wildcardLabel = Uint8Array.of(1, 0x2a);
const digits = '0123456789abcdefghijklmnopqrstuv';
const digitOctets = Uint8Array.from(digits, digit => digit.charCodeAt(0));
const digitValues = new Uint8Array(256);
for (const [value, digit] of digitOctets.entries()) digitValues[digit] = value;

/**
 * The NSEC3 record sets of a zone in the order of their hashes. Base 32 with the extended hex alphabet keeps that order
 * (RFC 5155 §1.3), so labels are compared as they stand in the blocks.
 */
export class HashedOwners {
  readonly #slabs: Slabs;
  readonly #order = new HashOrder();
  /** The label looked for. */
  readonly #label = new Uint8Array(labelOctets);
  readonly #target = { prefix: 0, compare: (ref: number) => this.#compareLabel(ref) };

  constructor(slabs: Slabs) {
    this.#slabs = slabs;
  }

  get size(): number {
    return this.#order.size;
  }

  add(ref: number): void {
    this.#lookFor(ref);
    this.#order.add(ref, this.#aim());
  }

  remove(ref: number): void {
    this.#lookFor(ref);
    this.#order.remove(this.#aim());
  }

  /** Block of the NSEC3 set of an owner name in lower case; 0 where there is none. */
  named(name: Name): number {
    if (name[0] !== labelOctets) return 0;
    this.#label.set(name.subarray(1, 1 + labelOctets));
    return this.#same();
  }

  matching(hash: Uint8Array): number {
    writeLabel(hash, this.#label);
    return this.#same();
  }

  /** Of a hash before the first, the last record: its span goes round (RFC 5155 §3.1.7). */
  covering(hash: Uint8Array): number {
    writeLabel(hash, this.#label);
    return this.#order.atOrBefore(this.#aim()) || this.#order.last();
  }

  refs(): Iterable<number> {
    return this.#order.refs();
  }

  #lookFor(ref: number): void {
    const at = ownerAt(ref) + 1;
    this.#label.set(slabOctets(this.#slabs, ref).subarray(at, at + labelOctets));
  }

  #same(): number {
    const ref = this.#order.atOrBefore(this.#aim());
    return ref !== 0 && this.#compareLabel(ref) === 0 ? ref : 0;
  }

  #aim(): Target {
    this.#target.prefix = labelPrefix(this.#label);
    return this.#target;
  }

  #compareLabel(ref: number): number {
    const octets = slabOctets(this.#slabs, ref);
    const at = ownerAt(ref) + 1;
    for (let index = 0; index < labelOctets; index += 1) {
      const difference = (octets[at + index] ?? 0) - (this.#label[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/** Hash of an owner in lower case: one round without salt, as all our zones have it (RFC 9276 §3.1). */
export function nameHash(lower: Name): Uint8Array {
  return hash('sha1', lower, 'buffer');
}

/** Hash of the wildcard below a name in lower case. */
export function wildcardHash(lower: Name): Uint8Array {
  return nameHash(Buffer.concat([wildcardLabel, lower]));
}

/** The first 32 bits of the hash that a label writes. */
function labelPrefix(label: Uint8Array): number {
  let prefix = 0;
  for (let index = 0; index < 6; index += 1) prefix = prefix * 32 + (digitValues[label[index] ?? 0] ?? 0);
  return prefix * 4 + ((digitValues[label[6] ?? 0] ?? 0) >>> 3);
}

/** Base 32 of 20 octets: four pieces of five octets, eight digits each. */
function writeLabel(hash: Uint8Array, label: Uint8Array): void {
  for (let piece = 0; piece < 4; piece += 1) {
    let [bits, value, at] = [0, 0, piece * 8];
    for (let index = piece * 5; index < piece * 5 + 5; index += 1) {
      value = ((value & 0x1f) << 8) | (hash[index] ?? 0);
      for (bits += 8; bits >= 5; bits -= 5, at += 1)
        label[at] = digitOctets[(value >> (bits - 5)) & 0x1f] ?? 0;
    }
  }
}
