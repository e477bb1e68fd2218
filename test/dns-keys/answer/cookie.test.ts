import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCookie, serverCookie } from '../../../dns-keys/answer/cookie.ts';
import { sipHash } from '../../../dns-keys/answer/sip-hash.ts';

const octets = (hex: string) => Buffer.from(hex, 'hex');
const hex = (found: Uint8Array) => Buffer.from(found).toString('hex');

test('SipHash-2-4 gives what its paper gives', () => {
  const key = octets('000102030405060708090a0b0c0d0e0f');
  assert.equal(hex(sipHash(key, new Uint8Array(0))), '310e0edd47db6f72');
  assert.equal(hex(sipHash(key, octets('000102030405060708090a0b0c0d0e'))), 'e545be4961ca29a1');
});

const secret = octets('e5e973e5a6b2a43f48e7dc849e37bfcf');

/** RFC 9018 appendix A: what comes, when and from where, and the server cookie of the answer. */
const vectors = [
  {
    name: 'A.1: a new cookie',
    option: '2464c4abcf10c957',
    address: '198.51.100.100',
    secrets: [secret],
    now: 1559731985,
    isGood: false,
    answer: '010000005cf79f111f8130c3eee29480',
  },
  {
    name: 'A.2: a cookie is made anew after 30 minutes',
    option: '2464c4abcf10c957010000005cf79f111f8130c3eee29480',
    address: '198.51.100.100',
    secrets: [secret],
    now: 1559734385,
    isGood: true,
    answer: '010000005cf7a871d4a564a1442aca77',
  },
  {
    name: 'A.3: a cookie of two hours ago',
    option: 'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5',
    address: '203.0.113.203',
    secrets: [secret],
    now: 1559734700,
    isGood: false,
    answer: '010000005cf7a9acf73a7810aca2381e',
  },
  {
    name: 'A.4: an IPv6 client, and a secret of before',
    option: '22681ab97d52c298010000005cf7c57926556bd0934c72f8',
    address: '2001:db8:220:1:59de:d0f4:8769:82b8',
    secrets: [octets('445536bcd2513298075a5d379663c962'), octets('dd3bdf9344b678b185a6f5cb60fca715')],
    now: 1559741961,
    isGood: true,
    answer: '010000005cf7c609a6bb79d16625507a',
  },
];

for (const { name, option, address, secrets, now, isGood, answer } of vectors) {
  test(`server cookies of RFC 9018 ${name}`, () => {
    const found = checkCookie(octets(option), address, { secrets, now });
    assert.deepEqual({ isGood: found.isGood, answer: hex(found.answer) }, { isGood, answer });
  });
}

test('reserved octets of a server cookie are hashed as they came', () => {
  const option = octets('fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5');
  assert.equal(checkCookie(option, '203.0.113.203', { secrets: [secret], now: 0x5cf78f71 }).isGood, true);
  option[9] = 0;
  assert.equal(checkCookie(option, '203.0.113.203', { secrets: [secret], now: 0x5cf78f71 }).isGood, false);
});

test('a server cookie counts for an hour, from its address, under a known secret', () => {
  const client = octets('0102030405060708');
  const now = 1_800_000_000;
  const option = Buffer.concat([client, serverCookie(client, '192.0.2.1', { secrets: [secret], now })]);
  const good = (address: string, at: number, secrets = [secret]) =>
    checkCookie(option, address, { secrets, now: at }).isGood;
  assert.equal(good('192.0.2.1', now + 3600), true);
  assert.equal(good('192.0.2.1', now + 3601), false);
  assert.equal(good('192.0.2.1', now - 300), true);
  assert.equal(good('192.0.2.1', now - 301), false);
  assert.equal(good('192.0.2.2', now), false);
  assert.equal(good('::ffff:192.0.2.1', now), true);
  assert.equal(good('192.0.2.1', now, [octets('00'.repeat(16))]), false);
  assert.deepEqual(
    checkCookie(option, '192.0.2.1', { secrets: [secret], now: now + 1800 }).answer,
    option.subarray(8),
  );
});
