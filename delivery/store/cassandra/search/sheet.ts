import { compress, decompress } from '../../packing.ts';
import { OctetReader, pushVarint } from './varint.ts';

/** A term as octet text, and its hits as `encodeHits` writes them. */
export interface Entry {
  readonly term: string;
  readonly hits: Uint8Array;
}

/** Octets of terms and hits that a sheet holds before it is full: reading one costs little, and there are few. */
const sheetOctets = 16 * 1024;

/** Gathers entries, which come in order of their terms, into sheets. */
export class SheetWriter {
  #octets: number[] = [];
  #first: string | null = null;
  #last = '';

  /**
   * Adds an entry: how many octets its term has in common with the one before it, the others and the hits, each behind
   * their number.
   */
  add({ term, hits }: Entry): void {
    this.#first ??= term;
    const shared = sharedLength(this.#last, term);
    pushVarint(this.#octets, shared);
    pushVarint(this.#octets, term.length - shared);
    for (let at = shared; at < term.length; at++) this.#octets.push(term.charCodeAt(at));
    pushVarint(this.#octets, hits.byteLength);
    for (const octet of hits) this.#octets.push(octet);
    this.#last = term;
  }

  get isFull(): boolean {
    return this.#octets.length >= sheetOctets;
  }

  /** The sheet, compressed, with its first term; null when it has no entry. The writer is empty afterwards. */
  finish(): Sheet | null {
    if (this.#first === null) return null;
    const sheet = { first: this.#first, octets: compress(Uint8Array.from(this.#octets)) };
    this.#octets = [];
    this.#first = null;
    this.#last = '';
    return sheet;
  }
}

/** A piece of the dictionary of a block, which lies in one row: all terms from `first` to the next sheet's. */
export interface Sheet {
  readonly first: string;
  readonly octets: Uint8Array;
}

/** The entries of a sheet, in order. Throws `storeUnavailable` when its octets are damaged. */
export function* readSheet(octets: Uint8Array): Iterable<Entry> {
  const frame = decompress(octets);
  const reader = new OctetReader(frame);
  let term = '';
  while (!reader.isAtEnd) {
    const shared = reader.varint();
    const { buffer, byteOffset, byteLength } = reader.take(reader.varint());
    term = term.slice(0, shared) + Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    yield { term, hits: reader.take(reader.varint()) };
  }
}

function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
}
