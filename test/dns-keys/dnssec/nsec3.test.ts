import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base32hexText } from '../../../dns-keys/base32hex.ts';
import { iteratedHash, nsec3Hash, nsec3Owner, nsec3ParamSet } from '../../../dns-keys/dnssec/nsec3.ts';
import { Nsec3Chain } from '../../../dns-keys/dnssec/nsec3-chain.ts';
import { isAtOrBelow, type Name, nameKey, nameText, parentName, parseName } from '../../../dns-keys/name.ts';
import { dataText, decodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { hashVectors } from './vectors.ts';

const apex = parseName('_openpgpkey.example.org.');
const apexTypes = [rrTypes.SOA, rrTypes.NS, rrTypes.DNSKEY, rrTypes.NSEC3PARAM];
const ttlSeconds = 3600;

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
const changes = fc.array(
  fc.record({
    owner: names.map(labels => [...labels, nameText(apex)].join('.')),
    types: fc.subarray([rrTypes.TXT, rrTypes.OPENPGPKEY, rrTypes.RRSIG, 1234], { minLength: 0 }),
  }),
  { maxLength: 40 },
);

test('after any changes the chain is the one that a whole zone gives', () => {
  fc.assert(
    fc.property(changes, history => {
      const owners = new Map<string, readonly number[]>([[nameText(apex), apexTypes]]);
      const chain = new Nsec3Chain(apex, ttlSeconds);
      const held = new Map(
        chain.load([{ owner: apex, types: apexTypes }]).map(set => [nameText(set.owner), told(set)]),
      );
      for (const { owner, types } of history) {
        const { put, removed } = chain.set(parseName(owner), types);
        for (const name of removed) assert.ok(held.delete(nameText(name)), 'removed what was there');
        for (const set of put) {
          assert.notEqual(held.get(nameText(set.owner)), told(set), 'put only what differs');
          held.set(nameText(set.owner), told(set));
        }
        owners.set(
          owner,
          types.filter(type => type !== rrTypes.RRSIG),
        );
      }
      const sorted = new Map([...held].sort());
      assert.deepEqual(sorted, new Map([...plainChain(owners)].sort()));
      const whole = new Nsec3Chain(apex, ttlSeconds);
      const loaded = whole.load([...owners].map(([owner, types]) => ({ owner: parseName(owner), types })));
      assert.deepEqual(new Map(loaded.map(set => [nameText(set.owner), told(set)])), sorted);
      assert.equal(whole.size, sorted.size);
    }),
  );
});

test('one owner more in a zone changes two sets, as many as one less', () => {
  const chain = new Nsec3Chain(apex, ttlSeconds);
  const owners: { owner: Name; types: number[] }[] = Array.from({ length: 1000 }, (_, at) => ({
    owner: parseName(`n${at}.${nameText(apex)}`),
    types: [rrTypes.OPENPGPKEY],
  }));
  assert.equal(chain.load([{ owner: apex, types: apexTypes }, ...owners]).length, 1001);
  const owner = parseName(`new.${nameText(apex)}`);
  assert.equal(chain.set(owner, [rrTypes.OPENPGPKEY]).put.length, 2);
  assert.deepEqual(chain.set(owner, [rrTypes.OPENPGPKEY]), { put: [], removed: [] });
  assert.equal(chain.set(owner, [rrTypes.TXT]).put.length, 1);
  const { put, removed } = chain.set(owner, []);
  assert.deepEqual([put.length, removed.length], [1, 1]);
});

test('names outside the zone are refused', () => {
  assert.throws(() => new Nsec3Chain(apex, 0).set(parseName('example.org.'), [1]), RangeError);
});
