import { crc32 } from 'node:zlib';

/** Octets before the head: frame and length. */
const headAt = 24;

/** A stored model in its two parts: the JSON head, and the tables, records and sample behind it. */
export function partsOf(octets: Buffer) {
  const end = headAt + octets.readUInt32LE(20);
  return { head: JSON.parse(octets.toString('utf8', headAt, end)), rest: octets.subarray(end) };
}

/** A stored model of these parts, of a version that may be an earlier one. */
export function framed(version: number, head: unknown, rest: Buffer): Buffer {
  const headOctets = Buffer.from(JSON.stringify(head));
  const start = Buffer.alloc(headAt);
  start.writeUInt32LE(headOctets.length, 20);
  const body = Buffer.concat([start.subarray(20), headOctets, rest]);
  start.write('caliospm', 'latin1');
  start.writeUInt32LE(version, 8);
  start.writeUInt32LE(crc32(body), 12);
  start.writeUInt32LE(body.length, 16);
  return Buffer.concat([start.subarray(0, 20), body]);
}
