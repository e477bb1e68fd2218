import assert from 'node:assert/strict';
import { test } from 'node:test';
import { armor, findArmor } from '../../../delivery/crypto/armor.ts';
import { crc24 } from '../../../delivery/crypto/crc24.ts';
import { openGpg } from '../../support/gpg.ts';

test('the checksum is that of RFC 9580 §6.1.1', () => {
  // Check value of CRC-24/OPENPGP over "123456789".
  assert.equal(crc24(Buffer.from('123456789')).toString('hex'), '21cf02');
  assert.equal(crc24(new Uint8Array()).toString('hex'), 'b704ce');
});

/** A packet of private use (RFC 9580 §5): GnuPG takes the armor off without looking into it. */
function packetOf(length: number): Buffer {
  return Buffer.concat([Buffer.of(0xfc, length), Buffer.alloc(length, 0x5a)]);
}

test('GnuPG reads what we write, whatever its length', async t => {
  const gpg = openGpg(t);
  if (!gpg) return;
  for (let length = 1; length <= 100; length += 1) {
    const octets = packetOf(length);
    const done: { output: Buffer } = await gpg.run(['--dearmor'], armor('PUBLIC KEY BLOCK', octets));
    assert.deepEqual(done.output, octets, `${octets.length} octets`);
  }
});

test('what only newer programs read has no checksum, and all is read again', () => {
  const old = packetOf(46);
  const keyOfSix = Buffer.of(0xc6, 2, 6, 0);
  const encryptedOfTwo = Buffer.of(0xd2, 2, 2, 0);
  for (const [octets, isThere] of [
    [old, true],
    [keyOfSix, false],
    [encryptedOfTwo, false],
    [Buffer.of(0xc6, 2, 4, 0), true],
    [Buffer.of(0xd2, 2, 1, 0), true],
  ] as const) {
    const text = armor('MESSAGE', octets);
    assert.equal(/^=[A-Za-z0-9+/]{4}\r$/m.test(text), isThere);
    assert.deepEqual(Buffer.from(findArmor(Buffer.from(text))?.octets ?? []), octets);
  }
});
