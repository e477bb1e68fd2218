import type { WireReader, WireWriter } from '../wire.ts';

/** One record type: its number, its name, and how its RDATA is read and written. One file each, rows of `table.ts`. */
export interface RecordType<Data = unknown> {
  readonly type: number;
  /** Mnemonic, upper case. */
  readonly name: string;
  /** Names in RDATA that are lower case in canonical form; none where left out. */
  readonly names?: NamesWithin;
  /**
   * Reads RDATA between `reader.at` and `reader.end`, all of it. No name is compressed: `parseMessage` has undone that.
   * Throws `WireError`.
   */
  decode(reader: WireReader): Data;
  /** Writes RDATA, no name compressed; names of old types in lower case (RFC 4034 §6.2, as RFC 6840 §5.1 has it). */
  encode(data: Data, writer: WireWriter): void;
  /** Presentation form as in a zone file, one line. */
  toText(data: Data): string;
  /** Data of the words of a zone file's line behind the type. Throws `WireError`. */
  fromText(words: readonly string[]): Data;
}

/** Where names stand in RDATA: behind `octetsBefore` octets, `count` of them one behind the other. */
export interface NamesWithin {
  readonly octetsBefore: number;
  readonly count: number;
  /** Only the types of RFC 1035 may be compressed in messages (RFC 3597 §4). */
  readonly mayBeCompressed: boolean;
}
