import { maxLabelOctets, maxNameOctets, type Name, nameKey } from './name.ts';
import { WireError } from './wire-error.ts';

/** Longest DNS message: its length over TCP has two octets (RFC 1035 §4.2.2). */
export const maxMessageOctets = 65_535;

/** As many as a name can have labels: a chain that is longer only costs time, for each name that leads into it. */
const maxPointers = 127;

/** Reads a message from its front. Whatever is not there throws `WireError`; no octet outside is ever looked at. */
export class WireReader {
  /** The whole message, for compressed names. */
  readonly octets: Uint8Array;
  at: number;
  end: number;

  constructor(octets: Uint8Array, at = 0, end = octets.length) {
    this.octets = octets;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  uint8(): number {
    return this.octets[this.#advance(1)] ?? 0;
  }

  uint16(): number {
    const at = this.#advance(2);
    return ((this.octets[at] ?? 0) << 8) | (this.octets[at + 1] ?? 0);
  }

  uint32(): number {
    return this.uint16() * 0x1_0000 + this.uint16();
  }

  uint48(): number {
    return this.uint16() * 0x1_0000_0000 + this.uint32();
  }

  /** A view of the next octets. */
  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.octets.subarray(at, at + length);
  }

  /** Steps over so many octets; gives where they begin. */
  #advance(length: number): number {
    const at = this.at;
    if (length > this.end - at) throw new WireError('ends too early');
    this.at = at + length;
    return at;
  }

  rest(): Uint8Array {
    return this.bytes(this.left);
  }

  /** A character-string: up to 255 octets behind their length (RFC 1035 §3.3). */
  characterString(): Uint8Array {
    return this.bytes(this.uint8());
  }

  /**
   * A name, its compression undone (RFC 1035 §4.1.4) unless `isPlain`. Pointers must lead backwards, so no loop ends
   * up here.
   */
  name({ isPlain = false }: { isPlain?: boolean } = {}): Name {
    const pieces: Uint8Array[] = [];
    let from: WireReader = this;
    for (let pointers = 0; ; pointers += 1) {
      const began = from.at;
      const octet = from.#labels();
      if (octet === 0) return joined([...pieces, this.octets.subarray(began, from.at)]);
      if (from.at - 1 > began) pieces.push(this.octets.subarray(began, from.at - 1));
      const target = ((octet & 0x3f) << 8) | from.uint8();
      if (isPlain) throw new WireError('compressed name where none may be');
      if (target >= began) throw new WireError('pointer that does not lead backwards');
      if (pointers === maxPointers) throw new WireError('too many pointers in one name');
      from = new WireReader(this.octets, target);
    }
  }

  /** Steps over labels, and over the octet that ends them: the root's zero or the first of a pointer. Gives it. */
  #labels(): number {
    for (;;) {
      const octet = this.uint8();
      if (octet === 0 || octet >= 0xc0) return octet;
      if (octet > maxLabelOctets) throw new WireError('label of an unknown kind');
      this.#advance(octet);
    }
  }
}

function joined(pieces: readonly Uint8Array[]): Name {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > maxNameOctets) throw new WireError(`name over ${maxNameOctets} octets`);
  const name = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    name.set(piece, at);
    at += piece.length;
  }
  return name;
}

/** Writes a message front to back; grows as needed. Throws `WireError` beyond 65,535 octets. */
export class WireWriter {
  #octets = Buffer.allocUnsafe(512);
  #length = 0;
  /** Where names that were written begin, by `nameKey`. */
  readonly #names = new Map<string, number>();

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.#octets.subarray(0, this.#length));
  }

  /** Takes back what was written behind `length`. */
  cut(length: number): void {
    this.#length = length;
    for (const [key, at] of this.#names) if (at >= length) this.#names.delete(key);
  }

  uint8(value: number): this {
    const at = this.#room(1);
    this.#octets[at] = value;
    return this;
  }

  uint16(value: number): this {
    const at = this.#room(2);
    this.#octets.writeUInt16BE(value, at);
    return this;
  }

  uint32(value: number): this {
    const at = this.#room(4);
    this.#octets.writeUInt32BE(value, at);
    return this;
  }

  uint48(value: number): this {
    const at = this.#room(6);
    this.#octets.writeUIntBE(value, at, 6);
    return this;
  }

  bytes(octets: Uint8Array): this {
    const at = this.#room(octets.length);
    this.#octets.set(octets, at);
    return this;
  }

  characterString(octets: Uint8Array): this {
    if (octets.length > 255) throw new WireError('character-string over 255 octets');
    return this.uint8(octets.length).bytes(octets);
  }

  /** A name whole, as it must stand in RDATA of all but the oldest types (RFC 3597 §4). */
  name(name: Name): this {
    return this.bytes(name);
  }

  /** A name, its end replaced by a pointer where the same was written before (RFC 1035 §4.1.4). */
  compressedName(name: Name): this {
    const start = this.#length;
    const key = nameKey(name);
    for (let at = 0; at < name.length - 1; at += 1 + (name[at] ?? 0)) {
      const known = this.#names.get(key.slice(at));
      if (known !== undefined) return this.bytes(name.subarray(0, at)).uint16(0xc000 | known);
      if (start + at < 0x4000) this.#names.set(key.slice(at), start + at);
    }
    return this.bytes(name);
  }

  /** Overwrites two octets written before. */
  setUint16(at: number, value: number): void {
    this.#octets.writeUInt16BE(value, at);
  }

  /** Makes room and gives where it begins. `#octets` may be another buffer afterwards, so it is read after this. */
  #room(octets: number): number {
    const at = this.#length;
    const needed = at + octets;
    if (needed > maxMessageOctets) throw new WireError('message over 65,535 octets');
    if (needed > this.#octets.length) {
      const grown = Buffer.allocUnsafe(Math.min(maxMessageOctets, Math.max(needed, this.#octets.length * 2)));
      grown.set(this.#octets.subarray(0, at));
      this.#octets = grown;
    }
    this.#length = needed;
    return at;
  }
}
