import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf, SignInThrottle } from '../../../webmail/api/throttle.ts';
import { openTestClock } from '../../support/clock.ts';

test('the first failures are free, then each doubles the wait', () => {
  const clock = openTestClock();
  const throttle = new SignInThrottle(clock);
  for (let count = 0; count < 5; count++) {
    assert.equal(throttle.waitSeconds('a@example.org', '192.0.2.1'), 0);
    throttle.begin('a@example.org', '192.0.2.1');
  }
  assert.equal(throttle.waitSeconds('a@example.org', '192.0.2.1'), 2);
  clock.advance(2);
  assert.equal(throttle.waitSeconds('a@example.org', '192.0.2.1'), 0);
  throttle.begin('a@example.org', '192.0.2.1');
  assert.equal(throttle.waitSeconds('a@example.org', '192.0.2.1'), 4);
});

test('a good sign-in clears the address', () => {
  const throttle = new SignInThrottle(openTestClock());
  for (let count = 0; count < 6; count++) throttle.begin('a@example.org', '192.0.2.1');
  throttle.succeeded('a@example.org', '192.0.2.1');
  assert.equal(throttle.waitSeconds('a@example.org', '192.0.2.1'), 0);
});

test('many addresses from one network are slowed, other networks are not', () => {
  const throttle = new SignInThrottle(openTestClock());
  for (let count = 0; count < 31; count++) throttle.begin(`a${count}@example.org`, `192.0.2.${count}`);
  assert.ok(throttle.waitSeconds('new@example.org', '192.0.2.200') > 0);
  assert.equal(throttle.waitSeconds('new@example.org', '192.0.3.1'), 0);
});

test('failures from elsewhere do not keep the owner out', () => {
  const throttle = new SignInThrottle(openTestClock());
  for (let count = 0; count < 40; count++) throttle.begin('A1', `198.51.${count % 20}.1`);
  assert.equal(throttle.waitSeconds('A1', '192.0.2.1'), 0);
});

test('guesses at one account from very many networks are slowed, not where its owner signs in', () => {
  const throttle = new SignInThrottle(openTestClock());
  throttle.begin('A1', '192.0.2.1');
  throttle.succeeded('A1', '192.0.2.1');
  for (let count = 0; count < 250; count++) throttle.begin('A1', `198.51.${count}.1`);
  for (let count = 0; count < 50; count++) throttle.begin(`A${count}`, '192.0.2.9');
  assert.equal(throttle.waitSeconds('A1', '203.0.113.1'), 60);
  assert.equal(throttle.waitSeconds('A1', '192.0.2.1'), 0);
});

test('failures are forgotten after a quarter of an hour', () => {
  const clock = openTestClock();
  const throttle = new SignInThrottle(clock);
  for (let count = 0; count < 20; count++) throttle.begin('a@example.org', '192.0.2.1');
  clock.advance(901);
  assert.equal(throttle.waitSeconds('a@example.org', '192.0.2.1'), 0);
});

test('a network is a /24 or a /48', () => {
  assert.equal(networkOf('192.0.2.77'), '192.0.2');
  assert.equal(networkOf('::ffff:192.0.2.77'), '192.0.2');
  assert.equal(networkOf('2001:db8:1:2::3'), '2001:db8:1');
  assert.equal(networkOf('2001:db8::3'), '2001:db8:0');
  assert.equal(networkOf('::1'), '0:0:0');
});
