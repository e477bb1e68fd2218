/**
 * References by hash in two columns of one array: no object a key, 8 octets a place, at most three places in four
 * taken. Whether a candidate is the one looked for is the caller's to say, since only its block knows the octets.
 */
export class OwnerIndex {
  /** Hash and reference of each place by turns; reference 0 is a free place. */
  #places = new Uint32Array(2 * 8);
  #mask = 7;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The place of the next candidate from `place` on, or -1. Begin with `firstPlace`, go on with the place after. */
  candidate(hash: number, place: number): number {
    const wanted = hash >>> 0;
    for (let at = place & this.#mask; ; at = (at + 1) & this.#mask) {
      if (this.#places[2 * at + 1] === 0) return -1;
      if (this.#places[2 * at] === wanted) return at;
    }
  }

  firstPlace(hash: number): number {
    return spread(hash) & this.#mask;
  }

  refAt(place: number): number {
    return this.#places[2 * place + 1] ?? 0;
  }

  setRef(place: number, ref: number): void {
    this.#places[2 * place + 1] = ref;
  }

  add(hash: number, ref: number): void {
    if (4 * (this.#size + 1) > 3 * (this.#mask + 1)) this.#grow();
    this.#insert(hash >>> 0, ref);
    this.#size += 1;
  }

  /** Frees a place; what stands behind it moves up, so that no search ends too early. */
  removeAt(place: number): void {
    let hole = place;
    for (let at = (hole + 1) & this.#mask; this.refAt(at) !== 0; at = (at + 1) & this.#mask) {
      const home = this.firstPlace(this.#places[2 * at] ?? 0);
      if (((at - home) & this.#mask) < ((at - hole) & this.#mask)) continue;
      this.#places[2 * hole] = this.#places[2 * at] ?? 0;
      this.#places[2 * hole + 1] = this.refAt(at);
      hole = at;
    }
    this.#places[2 * hole + 1] = 0;
    this.#size -= 1;
  }

  *refs(): Iterable<number> {
    for (let place = 0; place <= this.#mask; place += 1) {
      const ref = this.refAt(place);
      if (ref !== 0) yield ref;
    }
  }

  #insert(hash: number, ref: number): void {
    let at = this.firstPlace(hash);
    while (this.refAt(at) !== 0) at = (at + 1) & this.#mask;
    this.#places[2 * at] = hash;
    this.#places[2 * at + 1] = ref;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(old.length * 2);
    this.#mask = old.length - 1;
    for (let at = 0; at < old.length; at += 2) {
      const ref = old[at + 1] ?? 0;
      if (ref !== 0) this.#insert(old[at] ?? 0, ref);
    }
  }
}

/** FNV's low bits alone lie in patterns. */
function spread(hash: number): number {
  return hash ^ (hash >>> 16);
}
