import type { HashedName } from '../zone/hashed-name.ts';
import type { Stretch } from '../zone/set-block.ts';
import type { SetSigner } from '../zone/set-signer.ts';

/** A signed NSEC record as it stands in an answer, owned by QNAME; `nsecEnd` is where its signatures begin. */
export interface Denial extends Stretch {
  readonly nsecEnd: number;
  readonly signatureCount: number;
  readonly signer: SetSigner;
  readonly ttlSeconds: number;
  readonly refreshAt: number;
}

/** What is denied: a type of a name that has these, or the name where it has none and `types` is null. */
export interface Denied {
  readonly name: HashedName;
  readonly types: readonly number[] | null;
}

/** Sets of two places each. */
const setCount = 4096;
const places = 2;
/** Octets of a place: what was denied, then the records. Of a name of ours they are some 340; longer ones are not kept. */
const placeOctets = 512;
const word = { keyOctets: 0, nsecEnd: 1, end: 2, signatureCount: 3, ttlSeconds: 4, refreshAt: 5 } as const;
const words = 6;

/**
 * Denials that were signed, a bounded number. They lie in one piece of memory that the garbage collector does not walk:
 * as objects those of a flood of names would live just long enough to be costly, and answers wait while they are
 * collected. Of the two places of a set that which was found last stays, so names asked for once put out none asked for
 * again and again.
 */
export class KeptDenials {
  readonly #octets = Buffer.allocUnsafeSlow(setCount * places * placeOctets);
  readonly #words = new Uint32Array(setCount * places * words);
  readonly #signers: (SetSigner | undefined)[] = [];
  /** Of each set, the place found last. */
  readonly #found = new Uint8Array(setCount);
  /** What is looked for. */
  readonly #key = Buffer.alloc(placeOctets);

  /** A view, good until the next is kept; null where there is none. */
  find(denied: Denied): Denial | null {
    const keyOctets = this.#writeKey(denied);
    const set = setOf(denied);
    for (let way = 0; way < places; way += 1) {
      const place = set * places + way;
      if (!this.#holds(place, keyOctets)) continue;
      this.#found[set] = way;
      return this.#read(place);
    }
    return null;
  }

  keep(denied: Denied, { octets, at, end, nsecEnd, ...rest }: Denial): void {
    const keyOctets = this.#writeKey(denied);
    if (keyOctets === 0 || keyOctets + end - at > placeOctets) return;
    const place = this.#placeFor(denied, keyOctets);
    const start = place * placeOctets;
    this.#key.copy(this.#octets, start, 0, keyOctets);
    octets.copy(this.#octets, start + keyOctets, at, end);
    this.#signers[place] = rest.signer;
    const first = place * words;
    this.#words[first + word.keyOctets] = keyOctets;
    this.#words[first + word.nsecEnd] = keyOctets + nsecEnd - at;
    this.#words[first + word.end] = keyOctets + end - at;
    this.#words[first + word.signatureCount] = rest.signatureCount;
    this.#words[first + word.ttlSeconds] = rest.ttlSeconds;
    this.#words[first + word.refreshAt] = rest.refreshAt;
  }

  /** The place that has an older denial of the same; else the one of the set that was not found last. */
  #placeFor(denied: Denied, keyOctets: number): number {
    const set = setOf(denied);
    for (let way = 0; way < places; way += 1)
      if (this.#holds(set * places + way, keyOctets)) return set * places + way;
    return set * places + 1 - (this.#found[set] ?? 0);
  }

  #holds(place: number, keyOctets: number): boolean {
    if (keyOctets === 0 || this.#word(place, 'keyOctets') !== keyOctets) return false;
    const start = place * placeOctets;
    return this.#octets.compare(this.#key, 0, keyOctets, start, start + keyOctets) === 0;
  }

  #read(place: number): Denial | null {
    const signer = this.#signers[place];
    if (signer === undefined) return null;
    const start = place * placeOctets;
    return {
      octets: this.#octets,
      at: start + this.#word(place, 'keyOctets'),
      end: start + this.#word(place, 'end'),
      nsecEnd: start + this.#word(place, 'nsecEnd'),
      signatureCount: this.#word(place, 'signatureCount'),
      signer,
      ttlSeconds: this.#word(place, 'ttlSeconds'),
      refreshAt: this.#word(place, 'refreshAt'),
    };
  }

  #word(place: number, name: keyof typeof word): number {
    return this.#words[place * words + word[name]] ?? 0;
  }

  /** The types, behind one more than their number where the name is there, and the name; 0 octets for too many. */
  #writeKey({ name, types }: Denied): number {
    const count = types?.length ?? 0;
    const octets = 1 + 2 * count + name.length;
    if (octets > placeOctets || count > 254) return 0;
    // A name without types exists when there are names below it.
    this.#key[0] = types === null ? 0 : 1 + count;
    let at = 1;
    for (const type of types ?? []) at = this.#key.writeUInt16BE(type, at);
    this.#key.set(name.from(0), at);
    return octets;
  }
}

function setOf({ name }: Denied): number {
  const hash = name.hashAt[0] ?? 0;
  return (hash ^ (hash >>> 16)) & (setCount - 1);
}
