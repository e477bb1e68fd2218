import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimit, type Verdict } from '../../../dns-keys/server/rate-limit.ts';

const now = 1_800_000_000;

function verdicts(
  limit: RateLimit,
  address: string,
  { count, kind = 0, at = now }: { count: number; kind?: number; at?: number },
) {
  const found: Record<Verdict, number> = { send: 0, drop: 0, truncate: 0 };
  for (let index = 0; index < count; index += 1) found[limit.judge(address, kind, at)] += 1;
  return found;
}

test('beyond the limit every second answer is dropped, the others cut short', () => {
  const limit = new RateLimit({ perSecond: 10, seed: 1 });
  assert.deepEqual(verdicts(limit, '192.0.2.1', { count: 30 }), { send: 10, drop: 10, truncate: 10 });
  assert.deepEqual(verdicts(limit, '192.0.2.99', { count: 2 }), { send: 0, drop: 1, truncate: 1 });
  assert.deepEqual(verdicts(limit, '192.0.3.1', { count: 10 }).send, 10);
  assert.deepEqual(verdicts(limit, '192.0.2.1', { count: 10, kind: 1 }).send, 10);
  assert.deepEqual(verdicts(limit, '192.0.2.1', { count: 20, at: now + 1 }).send, 10);
});

test('IPv6 is limited by /56', () => {
  const limit = new RateLimit({ perSecond: 10, seed: 1 });
  assert.equal(verdicts(limit, '2001:db8:0:1::1', { count: 10 }).send, 10);
  assert.equal(verdicts(limit, '2001:db8:0:2::1', { count: 10 }).send, 0);
  assert.equal(verdicts(limit, '2001:db8:0:102::1', { count: 10 }).send, 10);
});

test('exempt networks have no limit, and 0 is none', () => {
  const limit = new RateLimit({ perSecond: 1, exempt: ['192.0.2.0/24', '2001:db8::1'], seed: 1 });
  assert.equal(verdicts(limit, '192.0.2.200', { count: 20 }).send, 20);
  assert.equal(verdicts(limit, '2001:db8::1', { count: 20 }).send, 20);
  assert.equal(verdicts(limit, '192.0.3.200', { count: 20 }).send, 1);
  assert.equal(verdicts(new RateLimit({ perSecond: 0, seed: 1 }), '192.0.2.1', { count: 20 }).send, 20);
});

test('a flood from everywhere neither grows the table nor lets one network off', () => {
  const limit = new RateLimit({ perSecond: 5, seed: 7 });
  verdicts(limit, '198.51.100.1', { count: 20, at: now });
  for (let network = 0; network < 20_000; network += 1)
    limit.judge(`10.${network >> 8}.${network & 255}.1`, 0, now);
  assert.equal(verdicts(limit, '198.51.100.1', { count: 10, at: now }).send, 0);
});
