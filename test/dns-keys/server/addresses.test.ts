import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainAddress } from '../../../delivery/ip-address.ts';
import { ownAddresses } from '../../../dns-keys/server/addresses.ts';

const info = (address: string, family: 'IPv4' | 'IPv6') => ({
  address,
  family,
  netmask: '',
  mac: '',
  internal: false,
  cidr: null,
  scopeid: 0,
});
const interfaces = {
  lo: [info('127.0.0.1', 'IPv4'), info('::1', 'IPv6')] as never,
  eth0: [info('192.0.2.1', 'IPv4'), info('2001:db8::1', 'IPv6'), info('fe80::1', 'IPv6')] as never,
};

test('wildcards are each address of the machine', () => {
  assert.deepEqual(ownAddresses('0.0.0.0', interfaces), ['127.0.0.1', '192.0.2.1']);
  assert.deepEqual(ownAddresses('::', interfaces), ['::1', '2001:db8::1']);
  assert.deepEqual(ownAddresses('198.51.100.1', interfaces), ['198.51.100.1']);
});

test('IPv4 by an IPv6 socket is IPv4', () => {
  assert.deepEqual(['::ffff:192.0.2.1', '::1', '192.0.2.1'].map(plainAddress), [
    '192.0.2.1',
    '::1',
    '192.0.2.1',
  ]);
});
