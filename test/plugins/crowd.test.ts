import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOneTooMany, networkOf, type Visitor } from '../../plugins/deliver/crowd.ts';

function visitor(ip: string, is_local = false): Visitor {
  return { remote: { ip, is_local } };
}

const limits = { maxConnections: 5, maxPerAddress: 2 };

test('nobody alone can hold every place, but for the own host', () => {
  const crowd = [visitor('192.0.2.1'), visitor('192.0.2.1'), visitor('192.0.2.2')];
  const [first = visitor('')] = crowd;
  assert.equal(isOneTooMany(first, new Set(crowd), limits), false);
  const third = visitor('192.0.2.1');
  assert.equal(isOneTooMany(third, new Set([...crowd, third]), limits), true);
  assert.equal(isOneTooMany(third, new Set([...crowd, third]), { ...limits, maxPerAddress: 0 }), false);
  const inside = Array.from({ length: 5 }, () => visitor('127.0.0.1', true));
  assert.equal(isOneTooMany(inside[4] ?? first, new Set(inside), limits), false);
  assert.equal(isOneTooMany(first, new Set([...inside, first]), limits), true);
});

test('addresses of one IPv6 network count together', () => {
  assert.equal(networkOf('192.0.2.1'), '192.0.2.1');
  assert.equal(networkOf('2001:db8:0:1::5'), networkOf('2001:0DB8::1:ffff:0:0:1'));
  assert.notEqual(networkOf('2001:db8:0:1::5'), networkOf('2001:db8:0:2::5'));
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0');
  assert.equal(networkOf('::1'), '0:0:0:0');
});
