import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPublicAddress } from '../../../../webmail/api/pictures/public-address.ts';

/** First and last addresses of what is closed, and what stands right beside it. */
const closed = [
  ...['0.0.0.0', '0.0.0.1', '0.255.255.255', '10.0.0.0', '10.53.0.1', '10.255.255.255'],
  ...['100.64.0.0', '100.100.100.100', '100.127.255.255', '127.0.0.0', '127.0.0.1', '127.255.255.255'],
  ...['169.254.0.0', '169.254.169.254', '169.254.255.255', '172.16.0.0', '172.17.0.1', '172.31.255.255'],
  ...['192.0.0.0', '192.0.0.8', '192.0.0.170', '192.0.2.0', '192.0.2.255', '192.88.99.1'],
  ...['192.168.0.0', '192.168.1.1', '192.168.255.255', '198.18.0.0', '198.19.255.255', '198.51.100.1'],
  ...['203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '0:0:0:0:0:0:0:1', '::127.0.0.1', '::8.8.8.8', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
  ...['::ffff:7f00:1', '0:0:0:0:0:ffff:a00:1', '::ffff:8.8.8.8', '::ffff:0:10.0.0.1', '64:ff9b::7f00:1'],
  ...['64:ff9b::8.8.8.8', '64:ff9b:1::1', '100::1', '2001::1', '2001:0:53aa:64c::1', '2001:10::1'],
  ...['2001:20::1', '2001:db8::1', '2001:db8:ffff::1', '2002:7f00:1::', '2002:808:808::1', '3fff::1'],
  ...['3fff:fff:ffff::1', '4000::1', '5f00::1', 'fc00::1', 'fd12:3456::1', 'fdff:ffff::1', 'fe80::1'],
  ...['fe80::1%eth0', '2a00::1%1', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1', 'ffff::1'],
];
const open = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '93.184.215.14', '100.63.255.255', '100.128.0.0'],
  ...['126.255.255.255', '128.0.0.1', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0'],
  ...['192.0.1.1', '192.0.3.1', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
  ...['203.0.112.255', '203.0.114.0', '223.255.255.255', '2001:200::1', '2001:4860:4860::8888'],
  ...['2003::1', '2400::1', '2606:4700:4700::1111', '2a01:4f8::1', '2001:0db7::1', '2001:DB9::1'],
];
/** Other ways of writing an address: the URL has them in the usual one by then, and nobody else may come by here. */
const none = [
  ...[
    '',
    'localhost',
    'a.example',
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '127.0.0.1.',
    ' 8.8.8.8',
  ],
  ...[
    '8.8.8.8 ',
    '8.8.8',
    '8.8.8.8.8',
    '256.1.1.1',
    '08.8.8.8',
    '[2a00::1]',
    '2a00:::1',
    '2a00::1/64',
    'g::1',
  ],
];

test(`of ${closed.length + open.length + none.length} addresses, those that anybody may be found at are public`, () => {
  assert.deepEqual(closed.filter(isPublicAddress), []);
  assert.deepEqual(none.filter(isPublicAddress), []);
  assert.deepEqual(
    open.filter(address => !isPublicAddress(address)),
    [],
  );
});

test('property: an IPv6 address outside 2000::/3 is never public, however it is written', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.tuple(group, group, group, group, group, group, group, group), groups => {
      const address = groups.map(one => one.toString(16)).join(':');
      if (isPublicAddress(address)) assert.equal((groups[0] ?? 0) >> 13, 1, address);
      assert.equal(isPublicAddress(address), isPublicAddress(address.toUpperCase()));
    }),
  );
});
