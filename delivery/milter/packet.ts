/** What an MTA must not send: the conversation can't go on. */
export class MilterFault extends Error {
  override readonly name = 'MilterFault';
}

/** One packet of the milter protocol, in either direction. */
export interface Packet {
  /** One ASCII letter: which command or answer it is. */
  readonly letter: string;
  readonly payload: Uint8Array;
}

/** Length of the packet behind these four octets, big-endian; it counts the letter, not itself. */
const lengthOctets = 4;

/** The octets of a packet. */
export function encodePacket(letter: string, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(lengthOctets + 1);
  head.writeUInt32BE(payload.byteLength + 1);
  head[lengthOctets] = letter.charCodeAt(0);
  return Buffer.concat([head, payload]);
}

/** Cuts a stream into packets, however it comes. */
export class PacketReader {
  readonly #maxOctets: number;
  #pieces: Buffer[] = [];
  #octets = 0;

  constructor({ maxOctets }: { maxOctets: number }) {
    this.#maxOctets = maxOctets;
  }

  /**
   * The packets that this piece completes. Throws `MilterFault` at a packet that is empty or longer than
   * `maxOctets`, as soon as its length is known.
   */
  *read(piece: Uint8Array): Generator<Packet> {
    this.#pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    this.#octets += piece.byteLength;
    for (;;) {
      if (this.#octets < lengthOctets) return;
      const length = this.#first(lengthOctets).readUInt32BE();
      if (length === 0) throw new MilterFault('an empty packet');
      if (length > this.#maxOctets) throw new MilterFault(`a packet of ${length} octets`);
      if (this.#octets < lengthOctets + length) return;
      const whole = this.#take(lengthOctets + length);
      yield {
        letter: String.fromCharCode(whole[lengthOctets] ?? 0),
        payload: whole.subarray(lengthOctets + 1),
      };
    }
  }

  /** The first octets, which must be there. */
  #first(octets: number): Buffer {
    const [piece] = this.#pieces;
    if (piece && piece.byteLength >= octets) return piece;
    return this.#joined();
  }

  #take(octets: number): Buffer {
    const whole = this.#first(octets);
    const rest = whole.subarray(octets);
    this.#pieces = [...(rest.byteLength > 0 ? [rest] : []), ...this.#pieces.slice(1)];
    this.#octets -= octets;
    return whole.subarray(0, octets);
  }

  #joined(): Buffer {
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [whole];
    return whole;
  }
}
