import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base32hexText } from '../../../dns-keys/base32hex.ts';
import { iteratedHash, nsec3Hash, nsec3Owner, nsec3ParamSet } from '../../../dns-keys/dnssec/nsec3.ts';
import { nsec3Sets } from '../../../dns-keys/dnssec/nsec3-chain.ts';
import { isAtOrBelow, nameKey, nameText, parentName, parseName } from '../../../dns-keys/name.ts';
import { dataText, decodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { hashVectors } from './vectors.ts';

const apex = parseName('_openpgpkey.example.org.');
const apexTypes = [rrTypes.SOA, rrTypes.NS, rrTypes.DNSKEY, rrTypes.NSEC3PARAM];

test('the hashes of RFC 5155 appendix A', () => {
  const salt = Uint8Array.of(0xaa, 0xbb, 0xcc, 0xdd);
  for (const [owner, hash] of hashVectors) {
    assert.equal(base32hexText(iteratedHash(parseName(owner), salt, 12)), hash);
    assert.equal(base32hexText(iteratedHash(parseName(owner.toUpperCase()), salt, 12)), hash);
  }
});

test('ours are hashed once, without salt (RFC 9276)', () => {
  const owner = parseName('Example.');
  assert.deepEqual(nsec3Hash(owner), iteratedHash(owner, new Uint8Array(), 0));
  const { rdatas, ttlSeconds: ttl } = nsec3ParamSet(apex);
  assert.equal(dataText(rrTypes.NSEC3PARAM, rdatas[0] ?? new Uint8Array()), '1 0 0 -');
  assert.equal(ttl, 0);
});

/** The chain as RFC 5155 §7.1 builds it, in the plainest way: all names, the empty ones between too. */
function plainChain(owners: ReadonlyMap<string, readonly number[]>): Map<string, string> {
  const types = new Map<string, readonly number[]>();
  for (const [text, own] of owners) {
    if (own.length === 0) continue;
    for (let at = parseName(text); isAtOrBelow(at, apex); at = parentName(at))
      types.set(nameKey(at), types.get(nameKey(at)) ?? []);
    types.set(nameKey(parseName(text)), own);
  }
  const hashed = [...types].map(([key, own]) => ({ hash: nsec3Hash(Buffer.from(key, 'latin1')), own }));
  hashed.sort((one, other) => Buffer.compare(one.hash, other.hash));
  return new Map(
    hashed.map(({ hash, own }, at) => {
      const next = hashed[(at + 1) % hashed.length]?.hash;
      const bitmap = own.length === 0 ? [] : [...own, rrTypes.RRSIG].sort((one, other) => one - other);
      return [
        nameText(nsec3Owner(hash, apex)),
        JSON.stringify([Buffer.from(next ?? []).toString('hex'), bitmap]),
      ];
    }),
  );
}

function told({ rdatas }: RecordSet): string {
  const data = decodeData(rrTypes.NSEC3, rdatas[0] ?? new Uint8Array());
  assert.deepEqual([data.hashAlgorithm, data.flags, data.iterations, data.salt.length], [1, 0, 0, 0]);
  return JSON.stringify([Buffer.from(data.nextHash).toString('hex'), data.types]);
}

const names = fc.array(fc.constantFrom('a', 'b', 'c', '*'), { minLength: 1, maxLength: 4 });
const owners = fc.uniqueArray(
  fc.record({
    owner: names.map(labels => [...labels, nameText(apex)].join('.')),
    types: fc.subarray([rrTypes.TXT, rrTypes.OPENPGPKEY, rrTypes.RRSIG, 1234], { minLength: 0 }),
  }),
  { maxLength: 40, selector: ({ owner }) => owner },
);

test('a zone has a record for each name and each empty one between, round by their hashes', () => {
  fc.assert(
    fc.property(owners, others => {
      const all = [{ owner: nameText(apex), types: apexTypes }, ...others];
      const parsed = all.map(({ owner, types }) => ({ owner: parseName(owner), types }));
      const sets = [...nsec3Sets(parsed, { apex, ttlSeconds: 900 })].filter(set => set !== null);
      const plain = plainChain(
        new Map(all.map(({ owner, types }) => [owner, types.filter(type => type !== rrTypes.RRSIG)])),
      );
      assert.deepEqual(
        sets.map(set => nameText(set.owner)),
        [...plain.keys()],
      );
      assert.deepEqual(new Map(sets.map(set => [nameText(set.owner), told(set)])), plain);
      assert.ok(sets.every(set => set.ttlSeconds === 900));
    }),
  );
});

test('names outside the zone are refused', () => {
  const outside = [{ owner: parseName('example.org.'), types: [1] }];
  assert.throws(() => [...nsec3Sets(outside, { apex, ttlSeconds: 0 })], RangeError);
});
