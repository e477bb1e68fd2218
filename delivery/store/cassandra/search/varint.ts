/** Appends a whole number from 0 to 2^31 - 1, seven bits an octet, the lowest first; all but the last have the top bit. */
export function pushVarint(octets: number[], value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    octets.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  octets.push(rest);
}

/** Reads what was written one behind the other. */
export class OctetReader {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#octets.byteLength;
  }

  /** The next number; of octets that end within it, what is there. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const octet = this.#octets[this.#at++] ?? 0;
      value |= (octet & 0x7f) << shift;
      if (octet < 0x80) break;
    }
    return value >>> 0;
  }

  /** The next octets, without a copy; fewer at the end. */
  take(length: number): Uint8Array {
    const taken = this.#octets.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
