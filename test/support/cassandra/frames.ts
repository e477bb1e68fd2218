/** Frames of Cassandra's native protocol, version 4, as far as tests look into them (native_protocol_v4.spec). */

const headerOctets = 9;

export const opcodes = {
  error: 0x00,
  query: 0x07,
  result: 0x08,
  prepare: 0x09,
  execute: 0x0a,
  event: 0x0c,
  batch: 0x0d,
} as const;

/** One frame, as it goes over the wire. */
export interface Frame {
  readonly octets: Buffer;
  /** Another one than 4 while client and server find out what both speak. */
  readonly version: number;
  readonly flags: number;
  /** Ties an answer to its question; negative: an event. */
  readonly stream: number;
  readonly opcode: number;
  readonly body: Buffer;
}

/** A statement with the values of its placeholders; null where there is none. */
export interface SentStatement {
  readonly cql: string;
  readonly values: readonly (Buffer | null)[];
}

/** What a QUERY, EXECUTE or BATCH frame asks for. */
export interface Asked {
  readonly statements: readonly SentStatement[];
  readonly consistency: number;
  /** Of a lightweight transaction; null where none is named. */
  readonly serialConsistency: number | null;
}

/** Cuts what comes over a connection into frames. */
export function frameReader(): (chunk: Buffer) => Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  return chunk => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      if (rest.length < headerOctets) return frames;
      const end = headerOctets + rest.readUInt32BE(5);
      if (rest.length < end) return frames;
      frames.push(toFrame(rest.subarray(0, end)));
      rest = rest.subarray(end);
    }
  };
}

function toFrame(octets: Buffer): Frame {
  const version = octets.readUInt8(0) & 0x7f;
  const flags = octets.readUInt8(1);
  if (flags & 0x01) throw new RangeError('a compressed frame');
  const body = octets.subarray(headerOctets);
  return { octets, version, flags, stream: octets.readInt16BE(2), opcode: octets.readUInt8(4), body };
}

/** Reads the notations of §3 one after the other. */
class Cursor {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  byte(): number {
    return this.#octets.readUInt8(this.#at++);
  }

  short(): number {
    this.#at += 2;
    return this.#octets.readUInt16BE(this.#at - 2);
  }

  int(): number {
    this.#at += 4;
    return this.#octets.readInt32BE(this.#at - 4);
  }

  take(length: number): Buffer {
    this.#at += length;
    return this.#octets.subarray(this.#at - length, this.#at);
  }

  /** [value]: a negative length stands for none. */
  value(): Buffer | null {
    const length = this.int();
    return length < 0 ? null : this.take(length);
  }

  values(isNamed = false): (Buffer | null)[] {
    return Array.from({ length: this.short() }, () => {
      if (isNamed) this.take(this.short());
      return this.value();
    });
  }
}

/** The statement that a PREPARE frame asks to prepare. */
export function readPrepare({ body }: Frame): string {
  const cursor = new Cursor(body);
  return cursor.take(cursor.int()).toString();
}

/** The id that a RESULT frame gives to what was prepared; null when it is another result. */
export function readPrepared({ flags, body }: Frame): string | null {
  const cursor = new Cursor(body);
  // §2.2: a tracing id and warnings stand in front. (Of statements that rely on USE the server warns once.)
  if (flags & 0x02) cursor.take(16);
  if (flags & 0x08) for (let left = cursor.short(); left > 0; left--) cursor.take(cursor.short());
  return cursor.int() === 4 ? cursor.take(cursor.short()).toString('hex') : null;
}

/** What a frame asks for; null when it is no statement. `prepared` gives the text of each id. */
export function readAsked(frame: Frame, prepared: ReadonlyMap<string, string>): Asked | null {
  if (frame.version !== 4) return null;
  const cursor = new Cursor(frame.body);
  if (frame.opcode === opcodes.batch) return readBatch(cursor, prepared);
  if (frame.opcode === opcodes.query) return readOne(cursor, cursor.take(cursor.int()).toString());
  if (frame.opcode === opcodes.execute) return readOne(cursor, textOf(cursor, prepared));
  return null;
}

function textOf(cursor: Cursor, prepared: ReadonlyMap<string, string>): string {
  const id = cursor.take(cursor.short()).toString('hex');
  return prepared.get(id) ?? `prepared ${id}`;
}

/** §4.1.4 and §4.1.6: consistency, flags, and what the flags say. */
function readOne(cursor: Cursor, cql: string): Asked {
  const consistency = cursor.short();
  const flags = cursor.byte();
  const values = flags & 0x01 ? cursor.values((flags & 0x40) !== 0) : [];
  if (flags & 0x04) cursor.int();
  if (flags & 0x08) cursor.value();
  const serialConsistency = flags & 0x10 ? cursor.short() : null;
  return { statements: [{ cql, values }], consistency, serialConsistency };
}

/** §4.1.7. */
function readBatch(cursor: Cursor, prepared: ReadonlyMap<string, string>): Asked {
  cursor.byte();
  const statements = Array.from({ length: cursor.short() }, () => {
    const cql = cursor.byte() === 0 ? cursor.take(cursor.int()).toString() : textOf(cursor, prepared);
    return { cql, values: cursor.values() };
  });
  const consistency = cursor.short();
  const flags = cursor.byte();
  return { statements, consistency, serialConsistency: flags & 0x10 ? cursor.short() : null };
}
