import type { WireReader, WireWriter } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import { typeName, typeNumber } from './type-name.ts';

/**
 * Types of a type bitmap, ascending (RFC 4034 §4.1.2). Reads to the reader's end; windows must ascend, each of 1 to 32
 * octets without zeros at its end.
 */
export function readTypes(reader: WireReader): number[] {
  const types: number[] = [];
  for (let before = -1; reader.left > 0; ) {
    const window = reader.uint8();
    if (window <= before) throw new WireError('windows of a type bitmap do not ascend');
    before = window;
    readWindow(window, reader.bytes(windowOctets(reader)), types);
  }
  return types;
}

function windowOctets(reader: WireReader): number {
  const octets = reader.uint8();
  if (octets < 1 || octets > 32) throw new WireError('window of a type bitmap not of 1 to 32 octets');
  return octets;
}

function readWindow(window: number, bits: Uint8Array, types: number[]): void {
  if (bits.at(-1) === 0) throw new WireError('window of a type bitmap ends with zeros');
  for (const [index, octet] of bits.entries())
    for (let bit = 0; bit < 8; bit += 1)
      if (octet & (0x80 >> bit)) types.push(window * 256 + index * 8 + bit);
}

/** Writes the bitmap of these types, given in any order. */
export function writeTypes(types: readonly number[], writer: WireWriter): void {
  const windows = new Map<number, Uint8Array>();
  for (const type of types.toSorted((one, other) => one - other)) {
    const window = windows.get(type >> 8) ?? new Uint8Array(32);
    windows.set(type >> 8, window);
    const octet = (type & 0xff) >> 3;
    window[octet] = (window[octet] ?? 0) | (0x80 >> (type & 7));
  }
  for (const [window, bits] of windows) {
    const length = bits.findLastIndex(octet => octet !== 0) + 1;
    writer.uint8(window).characterString(bits.subarray(0, length));
  }
}

/** Mnemonics parted by blanks, each with a blank in front: follows other words, and may be empty. */
export function typesText(types: readonly number[]): string {
  return types.map(type => ` ${typeName(type)}`).join('');
}

/** Types of the words from `index` on, ascending, each once. */
export function typesFrom(words: readonly string[], index: number): number[] {
  return [...new Set(words.slice(index).map(typeNumber))].sort((one, other) => one - other);
}
