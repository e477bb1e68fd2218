import { maxLabelOctets, type Name } from '../name.ts';
import { WireReader } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { RecordPart, ZoneChange } from './zone-change.ts';

/** Octets that `writeParts` makes of a set. */
export function partOctets({ owner, rdatas, signatures }: RecordPart): number {
  let octets = owner.length + 10;
  for (const data of rdatas) octets += 2 + data.length;
  for (const data of signatures) octets += 2 + data.length;
  return octets;
}

/** Sets one behind the other: owner, type, TTL, then records and signatures, each list behind its count. */
export function writeParts(parts: readonly RecordPart[]): Buffer {
  const octets = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + partOctets(part), 0));
  let at = 0;
  for (const { owner, type, ttlSeconds, rdatas, signatures } of parts) {
    octets.set(owner, at);
    at = octets.writeUInt16BE(type, at + owner.length);
    at = octets.writeUInt32BE(ttlSeconds, at);
    for (const list of [rdatas, signatures]) {
      at = octets.writeUInt16BE(list.length, at);
      for (const data of list) {
        at = octets.writeUInt16BE(data.length, at);
        octets.set(data, at);
        at += data.length;
      }
    }
  }
  return octets;
}

/** Sets of octets that `writeParts` made; views of them. Throws `WireError` when they are something else. */
export function readParts(octets: Uint8Array): RecordPart[] {
  const reader = new WireReader(octets);
  const parts: RecordPart[] = [];
  while (reader.left > 0) parts.push(readPart(reader));
  return parts;
}

/** The same in memory of its own: what is kept for long must not keep a piece of what was read, or of a pool of buffers. */
export function copyPart(part: RecordPart): RecordPart {
  const [copy = part] = readParts(new Uint8Array(writeParts([part])));
  return copy;
}

function readPart(reader: WireReader): RecordSet {
  const owner = readOwner(reader);
  const [type, ttlSeconds] = [reader.uint16(), reader.uint32()];
  return { owner, type, ttlSeconds, rdatas: readList(reader), signatures: readList(reader) };
}

/** A name that is never compressed, as a view: what `reader.name` gives costs as much as all the rest. */
function readOwner(reader: WireReader): Name {
  const start = reader.at;
  for (let length = reader.uint8(); length > 0; length = reader.uint8()) {
    if (length > maxLabelOctets) throw new WireError('label of an unknown kind');
    reader.bytes(length);
  }
  return reader.octets.subarray(start, reader.at);
}

function readList(reader: WireReader): Uint8Array[] {
  return Array.from({ length: reader.uint16() }, () => reader.bytes(reader.uint16()));
}

/** Octets in front of a change's parts: both serials, and where the added ones begin. */
const changeHeadOctets = 12;

export function writeChange({ fromSerial, serial, removed, added }: ZoneChange): Buffer {
  const gone = writeParts(removed);
  const head = Buffer.allocUnsafe(changeHeadOctets);
  head.writeUInt32BE(fromSerial, 0);
  head.writeUInt32BE(serial, 4);
  head.writeUInt32BE(gone.length, 8);
  return Buffer.concat([head, gone, writeParts(added)]);
}

export function readChange(octets: Uint8Array): ZoneChange {
  const head = new WireReader(octets);
  const [fromSerial, serial] = [head.uint32(), head.uint32()];
  const removed = readParts(head.bytes(head.uint32()));
  return { fromSerial, serial, removed, added: readParts(head.rest()) };
}

/** Octets that came less those that went, of octets that `writeChange` made. */
export function changeGrowth(octets: Uint8Array): number {
  const head = new WireReader(octets, 8);
  const removed = head.uint32();
  return octets.length - changeHeadOctets - 2 * removed;
}
