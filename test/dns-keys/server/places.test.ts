import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { type Place, Places } from '../../../dns-keys/server/places.ts';

/** A socket that claims to come from somewhere. */
function socketFrom(address: string): Socket {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  return socket;
}

function enter(places: Places, ...addresses: string[]): (Place | null)[] {
  return addresses.map(address => places.enter(socketFrom(address)));
}

test('an IPv4 address and an IPv6 /56 have so many places, and those that left have none', () => {
  const places = new Places({ total: 100, perAddress: 2 });
  const [first, , third] = enter(places, '192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1');
  assert.equal(third, null);
  const ofOneNetwork = ['2001:db8:0:1::1', '2001:db8:0:ff::1', '2001:db8:0:2::1'];
  assert.deepEqual(
    [...enter(places, ...ofOneNetwork), ...enter(places, '2001:db8:0:100::1', '192.0.2.2')].map(
      place => place !== null,
    ),
    [true, true, false, true, true],
  );
  if (first) places.leave(first);
  if (first) places.leave(first);
  assert.deepEqual(
    enter(places, '192.0.2.1', '192.0.2.1').map(place => place !== null),
    [true, false],
  );
  assert.equal(places.size, 6);
});

test('a socket that is gone already has no place', () => {
  assert.equal(new Places({ total: 2, perAddress: 2 }).enter(new Socket()), null);
});

test('when all are taken, the network that holds most loses the one idle for longest', () => {
  const places = new Places({ total: 4, perAddress: 4 });
  const [stranger, busy, idle, other] = enter(
    places,
    '192.0.2.1',
    '2001:db8::1',
    '2001:db8::2',
    '2001:db8::3',
  );
  for (const place of [stranger, stranger, busy, idle, other, idle]) place?.countIdle();
  busy?.touch();
  const [newest] = enter(places, '192.0.2.7');
  assert.ok(newest && idle);
  assert.equal(places.tooMany(newest), idle);
  places.leave(idle);
  assert.equal(places.tooMany(newest), null);
});

test('the one that comes is not the one that is closed', () => {
  const places = new Places({ total: 1, perAddress: 2 });
  const [first, second] = enter(places, '192.0.2.1', '192.0.2.1');
  assert.ok(second);
  assert.equal(places.tooMany(second), first);
});
