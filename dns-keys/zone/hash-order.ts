const chunkSize = 512;

interface Chunk {
  /** The first 32 bits of the hashes, ascending; equal ones in the order of the whole hashes. */
  prefixes: Uint32Array;
  refs: Uint32Array;
  count: number;
}

/** The hash looked for. */
export interface Target {
  /** Its first 32 bits. */
  readonly prefix: number;
  /** How the hash behind a reference compares with it: below 0 before, 0 the same. */
  readonly compare: (ref: number) => number;
}

/**
 * References in the order of their hashes, for the nearest NSEC3 record before a hash (RFC 5155 §7.2): pieces of up to
 * 512, so that finding and adding cost little at any size.
 */
export class HashOrder {
  readonly #chunks: Chunk[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The last reference whose hash is not behind the one looked for; 0 where all are. */
  atOrBefore(target: Target): number {
    const place = this.#place(target);
    return place === null ? 0 : (place.chunk.refs[place.at] ?? 0);
  }

  /** The last reference of all: what covers the hashes before the first. 0 when empty. */
  last(): number {
    const chunk = this.#chunks.at(-1);
    return chunk?.refs[chunk.count - 1] ?? 0;
  }

  /** Adds a reference whose hash is not there yet. */
  add(ref: number, target: Target): void {
    this.#size += 1;
    const place = this.#place(target);
    const index = place?.index ?? 0;
    const chunk = place?.chunk ?? this.#chunks[0] ?? this.#newChunk();
    insertInto(chunk, place === null ? 0 : place.at + 1, { prefix: target.prefix, ref });
    if (chunk.count === chunkSize) this.#chunks.splice(index + 1, 0, splitOff(chunk));
  }

  /** Removes the reference whose hash compares as the same. */
  remove(target: Target): void {
    const place = this.#place(target);
    if (place === null || target.compare(place.chunk.refs[place.at] ?? 0) !== 0) return;
    const { chunk, at, index } = place;
    chunk.prefixes.copyWithin(at, at + 1, chunk.count);
    chunk.refs.copyWithin(at, at + 1, chunk.count);
    chunk.count -= 1;
    this.#size -= 1;
    if (chunk.count === 0) this.#chunks.splice(index, 1);
  }

  *refs(): Iterable<number> {
    for (const chunk of this.#chunks) yield* chunk.refs.subarray(0, chunk.count);
  }

  #newChunk(): Chunk {
    const chunk = { prefixes: new Uint32Array(16), refs: new Uint32Array(16), count: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  #place(target: Target): { chunk: Chunk; at: number; index: number } | null {
    let [low, high] = [0, this.#chunks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle];
      if (chunk !== undefined && isNotBehind(chunk, 0, target)) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#chunks[low - 1];
    if (chunk === undefined) return null;
    return { chunk, at: lastNotBehind(chunk, target), index: low - 1 };
  }
}

function lastNotBehind(chunk: Chunk, target: Target): number {
  let [low, high] = [0, chunk.count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isNotBehind(chunk, middle, target)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isNotBehind(chunk: Chunk, at: number, { prefix, compare }: Target): boolean {
  const found = chunk.prefixes[at] ?? 0;
  return found === prefix ? compare(chunk.refs[at] ?? 0) <= 0 : found < prefix;
}

function insertInto(chunk: Chunk, at: number, { prefix, ref }: { prefix: number; ref: number }): void {
  if (chunk.count === chunk.refs.length) {
    chunk.prefixes = grown(chunk.prefixes);
    chunk.refs = grown(chunk.refs);
  }
  chunk.prefixes.copyWithin(at + 1, at, chunk.count);
  chunk.refs.copyWithin(at + 1, at, chunk.count);
  chunk.prefixes[at] = prefix;
  chunk.refs[at] = ref;
  chunk.count += 1;
}

function grown(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function splitOff(chunk: Chunk): Chunk {
  const half = chunk.count >>> 1;
  const rest = {
    prefixes: new Uint32Array(chunkSize),
    refs: new Uint32Array(chunkSize),
    count: chunk.count - half,
  };
  rest.prefixes.set(chunk.prefixes.subarray(half, chunk.count));
  rest.refs.set(chunk.refs.subarray(half, chunk.count));
  chunk.count = half;
  return rest;
}
