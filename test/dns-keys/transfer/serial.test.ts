import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { serialAfter } from '../../../delivery/store/zone-serial.ts';
import { parseName } from '../../../dns-keys/name.ts';
import { isNewerSerial, nextSerial, soaSerial } from '../../../dns-keys/transfer/serial.ts';
import { soaOf } from './zones.ts';

test('the next serial is the wanted one where that is newer, else the one after the last', () => {
  assert.equal(nextSerial(7, null), 7);
  assert.equal(nextSerial(7, 6), 7);
  assert.equal(nextSerial(7, 7), 8);
  assert.equal(nextSerial(3, 0xffff_ffff), 3);
  assert.equal(nextSerial(3, 2000), 2001);
});

test('serials turn over at 2^32 (RFC 1982 section 5)', () => {
  assert.ok(isNewerSerial(1, 0));
  assert.ok(isNewerSerial(0, 0xffff_ffff));
  assert.ok(isNewerSerial(100, 0xffff_ff00));
  assert.ok(!isNewerSerial(0xffff_ff00, 100));
  assert.ok(!isNewerSerial(7, 7));
  assert.ok(!isNewerSerial(2 ** 31, 0) && !isNewerSerial(0, 2 ** 31), 'half apart: neither');
  assert.equal(serialAfter(0xffff_ffff), 0);
});

test('a serial some steps on is newer, and never the other way round', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (serial, steps) => {
      const later = serialAfter(serial, steps);
      assert.ok(isNewerSerial(later, serial));
      assert.ok(!isNewerSerial(serial, later));
    }),
  );
});

test('the serial is read behind whatever names a SOA has', () => {
  assert.equal(soaSerial(soaOf(parseName('_openpgpkey.example.org'), 4_000_000_000)), 4_000_000_000);
});
