import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstHextets, hextets, isPrivateAddress, reverseName } from '../../delivery/ip-address.ts';

test('an address is turned into the name of its PTR record', () => {
  assert.equal(reverseName('192.0.2.10'), '10.2.0.192.in-addr.arpa');
  const zeros = Array.from({ length: 23 }, () => '0').join('.');
  assert.equal(reverseName('2001:db8::1'), `1.${zeros}.8.b.d.0.1.0.0.2.ip6.arpa`);
});

test('an IPv6 address is the same however it is written', () => {
  const whole = ['2001', '0db8', '0000', '0000', '0000', '0000', 'c000', '0201'];
  for (const written of [
    '2001:db8::192.0.2.1',
    '2001:DB8::c000:201',
    '2001:0db8:0:0:0:0:c000:0201',
    '2001:db8:0::c000:201%eth0',
  ]) {
    assert.deepEqual(hextets(written), whole, written);
  }
  assert.equal(hextets('::').join(''), '0'.repeat(32));
  assert.equal(firstHextets('2001:db8::1', 4), '2001:db8:0:0');
});

test('addresses of this host, its link and private networks are private', () => {
  for (const address of ['127.0.0.1', '10.1.2.3', '192.168.0.1', '::1', 'fd00::1', 'fe80::1'])
    assert.ok(isPrivateAddress(address), address);
  for (const address of ['192.0.2.1', '2001:db8::1']) assert.ok(!isPrivateAddress(address), address);
});
