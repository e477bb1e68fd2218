import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { armor, findArmor, readClearSigned } from '../../../delivery/crypto/armor.ts';
import { encryptionShape, readPackets } from '../../../delivery/crypto/packets.ts';

/** A packet in the current format. */
function packet(type: number, body: Uint8Array): Buffer {
  const length = Buffer.alloc(5);
  length[0] = 255;
  length.writeUInt32BE(body.length, 1);
  return Buffer.concat([Buffer.from([0xc0 | type]), length, body]);
}

const session = (algorithm: number, bits: number, keyId = '0123456789abcdef') =>
  packet(
    1,
    Buffer.concat([
      Buffer.from([3]),
      Buffer.from(keyId, 'hex'),
      Buffer.from([algorithm, bits >> 8, bits & 0xff]),
      Buffer.alloc(Math.ceil(bits / 8), 1),
    ]),
  );
const protectedData = packet(18, Buffer.concat([Buffer.from([1]), Buffer.alloc(60, 9)]));
const authenticatedData = packet(18, Buffer.concat([Buffer.from([2, 9, 2, 6]), Buffer.alloc(60, 9)]));

describe('what packets show from outside (RFC 9580)', () => {
  const strengthOf = (...packets: Buffer[]) => encryptionShape(Buffer.concat(packets))?.strength ?? null;

  it('RSA is judged by the length of what it encrypted', () => {
    assert.equal(strengthOf(session(1, 2048), protectedData), 'strong');
    assert.equal(strengthOf(session(1, 2041), protectedData), 'strong');
    assert.equal(strengthOf(session(1, 1024), protectedData), 'weak');
    assert.equal(strengthOf(session(16, 2048), protectedData), 'weak');
    assert.deepEqual(encryptionShape(Buffer.concat([session(1, 4090), authenticatedData])), {
      strength: 'strong',
      noIntegrity: false,
      recipients: ['0123456789abcdef'],
      algorithms: ['rsa4096', 'aes256', 'ocb'],
    });
  });

  it('the weakest recipient decides, and a password is one', () => {
    assert.equal(strengthOf(session(18, 263), session(1, 1024), protectedData), 'weak');
    const password = packet(3, Buffer.from([4, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 96]));
    assert.equal(strengthOf(session(18, 263), password, protectedData), 'weak');
    assert.equal(strengthOf(session(18, 263), session(25, 256), protectedData), 'strong');
  });

  it('version 6 session keys name their recipient by fingerprint', () => {
    const body = Buffer.concat([
      Buffer.from([6, 33, 6]),
      Buffer.alloc(32, 0xab),
      Buffer.from([25]),
      Buffer.alloc(40),
    ]);
    const shape = encryptionShape(Buffer.concat([packet(1, body), authenticatedData]));
    assert.deepEqual(shape?.recipients, ['abababababababab']);
    assert.equal(shape?.strength, 'strong');
  });

  it('data without integrity protection is weak', () => {
    const shape = encryptionShape(Buffer.concat([session(1, 4096), packet(9, Buffer.alloc(60))]));
    assert.deepEqual([shape?.strength, shape?.noIntegrity], ['weak', true]);
  });

  it('is nothing when packets are missing, cut or follow the data', () => {
    assert.equal(encryptionShape(protectedData), null);
    assert.equal(encryptionShape(session(1, 4096)), null);
    assert.equal(encryptionShape(Buffer.concat([session(1, 4096), protectedData.subarray(0, 30)])), null);
    assert.equal(
      encryptionShape(Buffer.concat([session(1, 4096), protectedData, packet(2, Buffer.alloc(9))])),
      null,
    );
    assert.equal(encryptionShape(new Uint8Array()), null);
  });

  it('reads partial and old lengths', () => {
    const partial = Buffer.concat([
      Buffer.from([0xc0 | 18, 0xe0 | 5]),
      Buffer.alloc(32),
      Buffer.from([3, 1, 2, 3]),
    ]);
    assert.equal(readPackets(partial)?.[0]?.length, 35);
    assert.equal(readPackets(Buffer.from([0x84, 2, 7, 7]))?.[0]?.type, 1);
    assert.equal(readPackets(Buffer.concat([Buffer.from([0xa7]), Buffer.alloc(9)]))?.[0]?.length, 9);
  });

  it('never throws on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), octets => {
        encryptionShape(octets);
        encryptionShape(Buffer.concat([session(1, 2048), octets]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('armor (RFC 9580 §6)', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), octets => {
        const block = findArmor(Buffer.from(`\r\n${armor('MESSAGE', octets)}`));
        assert.deepEqual(block && [...block.octets], [...octets]);
        assert.equal(block?.start, 2);
      }),
    );
  });

  it('is read with headers, checksum, and bare line feeds', () => {
    const text =
      '-----BEGIN PGP MESSAGE-----\nVersion: 1\nComment: x\n\nAQID\n=abcd\n-----END PGP MESSAGE-----';
    const block = findArmor(Buffer.from(text));
    assert.deepEqual(block && [...block.octets], [1, 2, 3]);
    assert.deepEqual(block?.headers, { Version: '1', Comment: 'x' });
  });

  it('is none when cut, empty, quoted or filled with other characters', () => {
    for (const text of [
      '-----BEGIN PGP MESSAGE-----\n\nAQID\n',
      '-----BEGIN PGP MESSAGE-----\n\n-----END PGP MESSAGE-----',
      '> -----BEGIN PGP MESSAGE-----\n\nAQID\n-----END PGP MESSAGE-----',
      '-----BEGIN PGP MESSAGE-----\n\nAQ<b>ID\n-----END PGP MESSAGE-----',
    ]) {
      assert.equal(findArmor(Buffer.from(text)), null);
    }
  });

  it('and clear-signed text are read in linear time, whatever it holds', () => {
    const started = performance.now();
    for (const piece of [
      '-----BEGIN PGP MESSAGE-----\n',
      '\nComment: x',
      '=',
      '-----BEGIN PGP SIGNED MESSAGE-----\n',
      '\n',
    ]) {
      const octets = Buffer.from(`${armor('MESSAGE', Buffer.from('x')).slice(0, 29)}${piece.repeat(50_000)}`);
      findArmor(octets);
      readClearSigned(octets);
      readClearSigned(Buffer.from(`-----BEGIN PGP SIGNED MESSAGE-----\n${piece.repeat(50_000)}`));
    }
    assert.ok(performance.now() - started < 2000, `${performance.now() - started} ms`);
  });
});
