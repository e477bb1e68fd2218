import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressOctets } from '../../../dns-keys/answer/address.ts';

const hex = (text: string) => Buffer.from(addressOctets(text)).toString('hex');

test('addresses as octets', () => {
  assert.equal(hex('192.0.2.1'), 'c0000201');
  assert.equal(hex('::ffff:192.0.2.1'), 'c0000201');
  assert.equal(hex('::'), '0'.repeat(32));
  assert.equal(hex('2001:db8::1'), `20010db8${'0'.repeat(23)}1`);
  assert.equal(hex('fe80::1%eth0'), `fe80${'0'.repeat(27)}1`);
  assert.equal(hex('64:ff9b::192.0.2.33'), '0064ff9b0000000000000000c0000221');
});

test('what is no address has no octets', () => {
  for (const text of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', 'a.b.c.d', ':::', '1::2::3', '1:2:3', '12345::'])
    assert.equal(hex(text), '', text);
});

test('an address has as many octets as Node says it has, whatever its form', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), text => {
      const mapped = new BlockList();
      mapped.addSubnet('::ffff:0:0', 96, 'ipv6');
      const isMapped =
        isIP(text) === 6 && mapped.check(text, 'ipv6') && text.toLowerCase().startsWith('::ffff:');
      assert.equal(addressOctets(text).length, isIP(text) === 4 || (isMapped && text.includes('.')) ? 4 : 16);
    }),
  );
});
