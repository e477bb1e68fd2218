import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodePacket, MilterFault, type Packet, PacketReader } from '../../../delivery/milter/packet.ts';

const letter = fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code));
const packets = fc.array(
  fc.record({ letter, payload: fc.uint8Array({ maxLength: 300 }) }, { noNullPrototype: true }),
  {
    maxLength: 20,
  },
);

function readAll(pieces: readonly Uint8Array[], maxOctets = 1000): Packet[] {
  const reader = new PacketReader({ maxOctets });
  return pieces.flatMap(piece =>
    [...reader.read(piece)].map(packet => ({ ...packet, payload: new Uint8Array(packet.payload) })),
  );
}

function cut(octets: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map(place => place % (octets.byteLength + 1)), octets.byteLength];
  const ordered = places.sort((a, b) => a - b);
  return ordered.slice(1).map((end, at) => octets.subarray(ordered[at], end));
}

test('packets come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(packets, fc.array(fc.nat(), { maxLength: 30 }), (sent, cuts) => {
      const octets = Buffer.concat(sent.map(packet => encodePacket(packet.letter, packet.payload)));
      assert.deepEqual(readAll(cut(octets, cuts)), sent);
    }),
  );
});

test('packets come out octet by octet, too', () => {
  const octets = Buffer.concat([encodePacket('B', Buffer.alloc(200, 1)), encodePacket('E')]);
  const found = readAll([...octets].map(octet => new Uint8Array([octet])));
  assert.deepEqual(
    found.map(packet => [packet.letter, packet.payload.byteLength]),
    [
      ['B', 200],
      ['E', 0],
    ],
  );
});

test('an empty packet and one that is too long are faults, the latter before it is there', () => {
  assert.throws(() => readAll([new Uint8Array([0, 0, 0, 0])]), MilterFault);
  assert.throws(() => readAll([new Uint8Array([0, 0, 4, 0])], 1000), MilterFault);
  assert.deepEqual(readAll([new Uint8Array([0, 0, 3, 0xe8])], 1000), []);
});

test('no octets make the reader throw anything but its own fault', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), pieces => {
      try {
        readAll(pieces);
      } catch (error) {
        assert.ok(error instanceof MilterFault);
      }
    }),
  );
});
