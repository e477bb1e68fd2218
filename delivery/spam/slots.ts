/** Bits of a slot number: every hashed feature falls into one of 2^19 slots. */
export const slotBits = 19;
export const slotCount = 2 ** slotBits;
const slotMask = slotCount - 1;

/** Mixes a 32-bit number so that each bit of it reaches the low `slotBits` bits (finalizer of MurmurHash3). */
export function mix(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** The prime of 32-bit FNV. */
export const fnvPrime = 0x01000193;

/** FNV-1a of UTF-16 code units from `seed` on; at most `limit` units are read. */
export function hashText(text: string, seed = 0x811c9dc5, limit = 64): number {
  const length = Math.min(text.length, limit);
  let hash = seed;
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), fnvPrime);
  return hash;
}

/** Collects distinct slots; a feature is there or not, however often it occurs. */
export class SlotSet {
  readonly #seen = new Uint32Array(slotCount / 32);
  #slots: Uint32Array;
  #size = 0;
  readonly #limit: number;

  /** Slots beyond `limit` are dropped. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#slots = new Uint32Array(Math.min(limit, 1024));
  }

  /** Adds the slot of a 32-bit hash. */
  add(hash: number): void {
    const slot = mix(hash) & slotMask;
    const word = slot >>> 5;
    const bit = 1 << (slot & 31);
    // `word` is below slotCount / 32, so the reading is a number.
    const seen = this.#seen[word] as number;
    if (seen & bit || this.#size >= this.#limit) return;
    this.#seen[word] = seen | bit;
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[this.#size++] = slot;
  }

  /** How many slots there are so far. */
  get size(): number {
    return this.#size;
  }

  /** The slots in the order of first sight; the set is empty then and can be used again. */
  take(): Uint32Array {
    const taken = this.#slots.slice(0, this.#size);
    // `at` is below the length.
    for (let at = 0; at < taken.length; at++) this.#seen[(taken[at] as number) >>> 5] = 0;
    this.#size = 0;
    return taken;
  }

  #grow(): void {
    const wider = new Uint32Array(Math.min(this.#limit, this.#slots.length * 2));
    wider.set(this.#slots);
    this.#slots = wider;
  }
}
