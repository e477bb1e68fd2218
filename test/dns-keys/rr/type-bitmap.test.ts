import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readTypes, typesFrom, typesText, writeTypes } from '../../../dns-keys/rr/type-bitmap.ts';
import { WireReader, WireWriter } from '../../../dns-keys/wire.ts';
import { WireError } from '../../../dns-keys/wire-error.ts';

const read = (hex: string) => readTypes(new WireReader(Buffer.from(hex, 'hex')));
function write(types: readonly number[]): Buffer {
  const writer = new WireWriter();
  writeTypes(types, writer);
  return writer.finish();
}

describe('type bitmaps', () => {
  it('are the same after they were written and read, in any order and with repeats', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(260), fc.nat(0xffff)), { maxLength: 30 }), types => {
        const once = [...new Set(types)].sort((one, other) => one - other);
        const octets = write(types);
        assert.deepEqual(readTypes(new WireReader(octets)), once);
        assert.deepEqual(typesFrom(typesText(once).split(' ').slice(1), 0), once);
      }),
    );
  });

  it('are those of RFC 4034 section 4.3', () => {
    const hex = `0006400100000003041b${'00'.repeat(26)}20`;
    assert.deepEqual(read(hex), [1, 15, 46, 47, 1234]);
    assert.equal(write([1234, 47, 46, 15, 1]).toString('hex'), hex);
  });

  it('hold NXNAME as RFC 9824 has it, and may be empty', () => {
    assert.equal(write([46, 47, 128]).toString('hex'), `0011000000000003${'00'.repeat(10)}80`);
    assert.deepEqual(read(''), []);
    assert.equal(write([]).length, 0);
  });

  const broken: Record<string, string> = {
    'windows that do not ascend': '010140000140',
    'the same window twice': '000140000120',
    'a window of no octets': '0000',
    'a window of 33 octets': `0021${'01'.repeat(33)}`,
    'zeros at the end of a window': '00024000',
    'a window of zeros': '000100',
    'a window that ends too early': '000340',
    'a window without a length': '00',
  };
  for (const [what, hex] of Object.entries(broken))
    it(`are refused for ${what}`, () => assert.throws(() => read(hex), WireError));

  it('are written back octet for octet when they are read at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), octets => {
        try {
          assert.deepEqual(Uint8Array.from(write(readTypes(new WireReader(octets)))), octets);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
