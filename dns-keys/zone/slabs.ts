import { HashedName } from './hashed-name.ts';

/** Octets of a slab. */
const slabOctets = 4 * 1024 * 1024;
/** A block begins at a multiple of this many octets, so that 32 bits reach 64 GB. */
const unitOctets = 16;
const unitsPerSlab = slabOctets / unitOctets;
const slabShift = Math.log2(unitsPerSlab);
const none = Buffer.alloc(0);

/** The longest block. */
export const maxBlockOctets = 256 * 1024;

/**
 * Memory for many blocks of octets outside the heap that the garbage collector walks. A block is told by its reference,
 * a number of 32 bits; 0 is no block. Freed blocks are given out again, a slab that has none left in use goes back
 * whole. Blocks begin at a multiple of 16 octets, so their front can be read as words of 32 bits.
 */
export class Slabs {
  /** For zones to read names into: each use ends before another begins. */
  readonly name = new HashedName();
  /** The octets of each slab; read with `slabOf` and `offsetOf`. */
  readonly octets: Buffer[] = [];
  /** The same octets as words of 32 bits in the machine's order; a block's begin at `offsetOf(ref) / 4`. */
  readonly words: Uint32Array[] = [];
  readonly #inUse: number[] = [];
  readonly #empty: number[] = [];
  /** Freed blocks by their units. */
  readonly #free = new Map<number, number[]>();
  #current = -1;
  /** Units given out in the current slab. */
  #used = unitsPerSlab;

  /** Octets that the slabs hold, used or not. */
  get sizeOctets(): number {
    return this.octets.reduce((sum, slab) => sum + slab.length, 0);
  }

  /** A block of at least so many octets, its content whatever was there. Throws `RangeError` beyond `maxBlockOctets`. */
  allocate(octets: number): number {
    if (octets > maxBlockOctets) throw new RangeError(`block over ${maxBlockOctets} octets`);
    const units = unitsFor(octets);
    const freed = this.#free.get(units)?.pop();
    const ref = freed ?? this.#take(units);
    this.#count(ref, 1);
    return ref;
  }

  /** Gives back a block that was allocated with so many octets. */
  free(ref: number, octets: number): void {
    const units = unitsFor(octets);
    const list = this.#free.get(units);
    if (list === undefined) this.#free.set(units, [ref]);
    else list.push(ref);
    const slab = slabOf(ref);
    if (this.#count(ref, -1) === 0 && slab !== this.#current) this.#giveBack(slab);
  }

  #count(ref: number, by: number): number {
    const slab = slabOf(ref);
    const count = (this.#inUse[slab] ?? 0) + by;
    this.#inUse[slab] = count;
    return count;
  }

  #take(units: number): number {
    if (this.#used + units > unitsPerSlab) this.#nextSlab();
    const ref = this.#current * unitsPerSlab + this.#used;
    this.#used += units;
    return ref;
  }

  #nextSlab(): void {
    const left = this.#current;
    const slab = this.#empty.pop() ?? this.octets.length;
    const octets = Buffer.allocUnsafeSlow(slabOctets);
    this.octets[slab] = octets;
    this.words[slab] = new Uint32Array(octets.buffer);
    this.#inUse[slab] = 0;
    this.#current = slab;
    // The first unit of all stays unused: reference 0 is no block.
    this.#used = slab === 0 ? 1 : 0;
    if (left >= 0 && this.#inUse[left] === 0) this.#giveBack(left);
  }

  #giveBack(slab: number): void {
    for (const [units, list] of this.#free) {
      const kept = list.filter(ref => slabOf(ref) !== slab);
      if (kept.length === 0) this.#free.delete(units);
      else this.#free.set(units, kept);
    }
    this.octets[slab] = none;
    this.words[slab] = new Uint32Array(0);
    this.#empty.push(slab);
  }
}

/** Index of the slab that a block is in. */
export function slabOf(ref: number): number {
  return ref >>> slabShift;
}

/** Where in its slab a block begins, in octets. */
export function offsetOf(ref: number): number {
  return (ref & (unitsPerSlab - 1)) * unitOctets;
}

/** Sizes are rounded up to eighths of a power of two, so that a freed block fits many later ones; an eighth is lost at most. */
function unitsFor(octets: number): number {
  const units = Math.max(1, Math.ceil(octets / unitOctets));
  if (units <= 16) return units;
  const step = 2 ** (28 - Math.clz32(units - 1));
  return Math.ceil(units / step) * step;
}
