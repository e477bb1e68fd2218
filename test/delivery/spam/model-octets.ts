import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/** Octets of the frame. */
const frame = 20;
/** The first version whose rest is deflated. */
const firstDeflated = 5;

/** A stored model of the current version in its two parts: the JSON head, and the tables, records and sample behind it. */
export function partsOf(octets: Buffer) {
  const body = inflateRawSync(octets.subarray(frame));
  const end = 4 + body.readUInt32LE(0);
  return { head: JSON.parse(body.toString('utf8', 4, end)), rest: body.subarray(end) };
}

/** A stored model of these parts, of a version that may be an earlier one. */
export function framed(version: number, head: unknown, rest: Buffer): Buffer {
  const headOctets = Buffer.from(JSON.stringify(head));
  const headLength = Buffer.alloc(4);
  headLength.writeUInt32LE(headOctets.length);
  const plain = Buffer.concat([headLength, headOctets, rest]);
  const body = version < firstDeflated ? plain : deflateRawSync(plain, { level: 1 });
  const start = Buffer.alloc(frame);
  start.write('caliospm', 'latin1');
  start.writeUInt32LE(version, 8);
  start.writeUInt32LE(crc32(body), 12);
  start.writeUInt32LE(body.length, 16);
  return Buffer.concat([start, body]);
}
