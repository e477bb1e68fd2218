import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCookie, serverCookie } from '../../../dns-keys/answer/cookie.ts';
import { rollingSecrets } from '../../../dns-keys/answer/cookie-secrets.ts';

const period = 28 * 86_400;
const start = 700 * period;
const client = Buffer.alloc(8, 7);
const address = '192.0.2.1';

/** A machine with the common keyring and its own clock. */
function machine() {
  const derived: number[] = [];
  let now = start;
  const secrets = rollingSecrets({
    derive: number => {
      derived.push(number);
      return Buffer.alloc(16, number);
    },
    now: () => now,
  });
  const at = (seconds: number) => {
    now = seconds;
    return { secrets: secrets(), now };
  };
  return { at, derived };
}

function isGood(option: Uint8Array, keys: { secrets: readonly Uint8Array[]; now: number }): boolean {
  return checkCookie(Buffer.concat([client, option]), address, keys).isGood;
}

test('the secret rolls with the period, and is derived once', () => {
  const { at, derived } = machine();
  const middle = at(start + period / 2).secrets;
  assert.deepEqual(middle, [Buffer.alloc(16, 700)]);
  for (let second = 0; second < 100; second += 1)
    assert.equal(at(start + period / 2 + second).secrets, middle);
  assert.deepEqual(derived, [700]);
  assert.deepEqual(at(start + 1.5 * period).secrets, [Buffer.alloc(16, 701)]);
});

test('cookies of before the roll are good for their hour', () => {
  const { at } = machine();
  const made = start + period - 60;
  const cookie = serverCookie(client, address, at(made));
  assert.ok(isGood(cookie, at(made + 3600)));
  assert.ok(!isGood(cookie, at(made + 3601)));
  assert.deepEqual(at(start + period + 3600 + 301).secrets, [Buffer.alloc(16, 701)]);
});

test('machines whose clocks differ take each other’s cookies at the roll', () => {
  const [ahead, behind] = [machine(), machine()];
  const roll = start + period;
  const early = serverCookie(client, address, ahead.at(roll + 100));
  assert.ok(isGood(early, behind.at(roll - 200)));
  const late = serverCookie(client, address, behind.at(roll - 200));
  assert.ok(isGood(late, ahead.at(roll + 100)));
  assert.notDeepEqual(ahead.at(roll + 100).secrets[0], behind.at(roll - 200).secrets[0]);
});
