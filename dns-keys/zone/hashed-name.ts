import { maxLabelOctets, maxNameOctets, type Name } from '../name.ts';

const maxLabels = 128;
/** FNV-1a, 32 bits. */
const hashStart = 0x811c9dc5 | 0;
const hashFactor = 0x01000193;

/** Octets as they compare: A-Z as a-z (RFC 4343). Lengths of labels are below "A" and stay. */
const lowerOctets = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet,
);

/**
 * A name in lower case with the hash of each of its ends, so that one walk over its octets finds its zone, its owner and
 * the names above it. One object is read into again and again: a query allocates nothing.
 */
export class HashedName {
  /** In lower case; valid to `length`. */
  readonly octets = new Uint8Array(maxNameOctets);
  length = 0;
  /** Labels without the root. */
  labels = 0;
  /** Where each label begins; at index `labels` the root. */
  readonly labelAt = new Uint8Array(maxLabels);
  /** Hash of the name from that label to the root. */
  readonly hashAt = new Int32Array(maxLabels);

  /** Reads a name that is not compressed; gives the offset behind it, -1 where there is none. */
  read(message: Uint8Array, start: number): number {
    let at = start;
    let labels = 0;
    for (;;) {
      const length = message[at];
      if (length === undefined || length > maxLabelOctets) return -1;
      this.labelAt[labels] = at - start;
      at += 1 + length;
      if (at - start > maxNameOctets || at > message.length) return -1;
      if (length === 0) break;
      labels += 1;
    }
    this.labels = labels;
    this.length = at - start;
    this.#hash(message, start);
    return at;
  }

  /** The octets from a label to the root: a view, good until the next name is read. */
  from(label: number): Name {
    return this.octets.subarray(this.labelAt[label] ?? 0, this.length);
  }

  /** Names are hashed from the root to the left. */
  #hash(message: Uint8Array, start: number): void {
    const { octets, labelAt, hashAt } = this;
    let hash = hashStart;
    let at = this.length - 1;
    for (let label = this.labels; label >= 0; label -= 1) {
      const begin = labelAt[label] ?? 0;
      for (; at >= begin; at -= 1) {
        const octet = lowerOctets[message[start + at] ?? 0] ?? 0;
        octets[at] = octet;
        hash = Math.imul(hash ^ octet, hashFactor);
      }
      hashAt[label] = hash;
    }
  }
}
