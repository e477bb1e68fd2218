import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { signingAlgorithms } from '../../../dns-keys/dnssec/algorithms.ts';
import { canonicalRecordSet, signedLabels } from '../../../dns-keys/dnssec/canonical.ts';
import { generateZoneKey, type ZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { signRecordSet } from '../../../dns-keys/dnssec/sign.ts';
import { childName, parseName } from '../../../dns-keys/name.ts';
import { decodeData, rdataFromText, rrTypes } from '../../../dns-keys/rr/table.ts';
import { dnskeyOf, type KeyVector, keyVectors, setOf } from './vectors.ts';
import { verifyRecordSet } from './verify.ts';

const apex = parseName('_openpgpkey.example.org.');
const day = 86_400;
const keys = signingAlgorithms.map(algorithm => generateZoneKey(algorithm, 256));

for (const vector of keyVectors.filter(({ rrsig }) => rrsig !== undefined)) {
  const { owner, type, rdata } = vector.set ?? { owner: '', type: '', rdata: '' };
  const rrsig = rdataFromText(rrTypes.RRSIG, (vector.rrsig ?? '').split(' '));
  const set = setOf(owner, type, [rdata]);
  const by = { apex: parseName(vector.owner), dnskeys: [dnskeyOf(vector)] };
  const { inception, expiration } = decodeData(rrTypes.RRSIG, rrsig);

  test(`${vector.source}: the signature by ${vector.tag} is valid in its time, and then only`, () => {
    const at = (now: number) => verifyRecordSet(set, rrsig, { ...by, now });
    assert.deepEqual([at(inception - 1), at(inception)], ['notYetValid', 'valid']);
    assert.deepEqual([at(expiration), at(expiration + 1)], ['valid', 'expired']);
  });
}

test('RFC 8080 §6.1: Ed25519 signs the example as printed', () => {
  const vector = keyVectors.find(({ tag }) => tag === 3613);
  assert.ok(vector?.rrsig);
  const rrsig = rdataFromText(rrTypes.RRSIG, vector.rrsig.split(' '));
  const { inception, expiration } = decodeData(rrTypes.RRSIG, rrsig);
  const times = { apex: parseName(vector.owner), inception, expiration };
  const made = signRecordSet(setOf('example.com.', 'MX', ['10 mail.example.com.']), keyOf(vector), times);
  assert.deepEqual(Buffer.from(made), Buffer.from(rrsig));
});

/** The Ed25519 key of a vector, made whole by the fixed head of its PKCS #8. */
function keyOf(vector: KeyVector): ZoneKey {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const der = Buffer.concat([head, Buffer.from(vector.privateKey ?? '', 'base64')]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { algorithm: 15, flags: 257, tag: vector.tag, dnskey: dnskeyOf(vector), privateKey };
}

const sets = fc
  .record({
    label: fc.uint8Array({ minLength: 1, maxLength: 63 }),
    type: fc.integer({ min: 1, max: 65_279 }),
    ttlSeconds: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    rdatas: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }),
  })
  .map(({ label, ...rest }) => canonicalRecordSet({ owner: childName(label, apex), ...rest }));

test('what was signed is valid, from any moment on, across the turn of 32 bits', () => {
  fc.assert(
    fc.property(
      sets,
      fc.constantFrom(...keys),
      fc.integer({ min: 0, max: 2 ** 33 }),
      (set, key, inception) => {
        const rrsig = signRecordSet(set, key, { apex, inception, expiration: inception + 14 * day });
        const at = (now: number) => verifyRecordSet(set, rrsig, { apex, dnskeys: [key.dnskey], now });
        assert.equal(at(inception + 7 * day), 'valid');
        assert.equal(at(inception - 1), 'notYetValid');
        assert.equal(at(inception + 15 * day), 'expired');
      },
    ),
  );
});

test('a signature covers nothing that differs in a single bit', () => {
  fc.assert(
    fc.property(sets, fc.constantFrom(...keys), fc.nat(), (set, key, at) => {
      const rrsig = Buffer.from(signRecordSet(set, key, { apex, inception: 0, expiration: day }));
      const by = { apex, dnskeys: [key.dnskey], now: 60 };
      const bit = at % (rrsig.length * 8);
      const damaged = Buffer.from(rrsig);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.notEqual(verifyRecordSet(set, damaged, by), 'valid');
      const more = canonicalRecordSet({ ...set, rdatas: [...set.rdatas, Buffer.alloc(301)] });
      assert.equal(verifyRecordSet(more, rrsig, by), 'invalid');
      const other = { ...by, dnskeys: keys.filter(one => one !== key).map(({ dnskey }) => dnskey) };
      assert.equal(verifyRecordSet(set, rrsig, other), 'noKey');
    }),
  );
});

test('octets that are no signature are invalid, whatever they are', () => {
  const set = setOf('x._openpgpkey.example.org.', 'TXT', ['"a"']);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 80 }), (rrsig, dnskey) => {
      assert.notEqual(verifyRecordSet(set, rrsig, { apex, dnskeys: [dnskey], now: 0 }), 'valid');
    }),
  );
});

test('a set that a wildcard made is verified by the wildcard’s signature', () => {
  const wildcard = setOf('*.example.org.', 'TXT', ['"a"']);
  const [key] = keys;
  assert.ok(key);
  const parent = parseName('example.org.');
  const rrsig = signRecordSet(wildcard, key, { apex: parent, inception: 0, expiration: day });
  assert.equal(rrsig[3], 2);
  const expanded = { ...wildcard, owner: parseName('a.b.example.org.') };
  assert.equal(verifyRecordSet(expanded, rrsig, { apex: parent, dnskeys: [key.dnskey], now: 1 }), 'valid');
  assert.equal(verifyRecordSet(wildcard, rrsig, { apex: parent, dnskeys: [key.dnskey], now: 1 }), 'valid');
});

test('a cached set with less TTL is valid, one with more is not', () => {
  const set = setOf('x._openpgpkey.example.org.', 'TXT', ['"a"']);
  const [key] = keys;
  assert.ok(key);
  const rrsig = signRecordSet(set, key, { apex, inception: 0, expiration: day });
  const by = { apex, dnskeys: [key.dnskey], now: 1 };
  assert.equal(verifyRecordSet({ ...set, ttlSeconds: 12 }, rrsig, by), 'valid');
  assert.equal(verifyRecordSet({ ...set, ttlSeconds: 3601 }, rrsig, by), 'invalid');
});

test('a record set in canonical form is sorted as octets, each once, its owner in lower case (RFC 4034 §6)', () => {
  const rdatas = [[2], [1, 0], [1], [2], [], [255], [1]].map(octets => Uint8Array.from(octets));
  const set = canonicalRecordSet({ owner: parseName('A.Example.'), type: 16, ttlSeconds: 0, rdatas });
  assert.deepEqual(
    set.rdatas.map(octets => [...octets]),
    [[], [1], [1, 0], [2], [255]],
  );
  assert.deepEqual(set.owner, parseName('a.example.'));
});

test('labels are counted without the root and a wildcard’s asterisk (RFC 4034 §3.1.3)', () => {
  const counts = ['.', 'example.', '*.example.', 'a.*.example.', '*a.example.']
    .map(parseName)
    .map(signedLabels);
  assert.deepEqual(counts, [0, 1, 1, 3, 2]);
});
