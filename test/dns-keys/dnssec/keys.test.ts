import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signingAlgorithms } from '../../../dns-keys/dnssec/algorithms.ts';
import {
  deleteCdnskey,
  deleteCds,
  dsData,
  dsDigest,
  parentRequests,
} from '../../../dns-keys/dnssec/delegation.ts';
import { exportZoneKey, generateZoneKey, importZoneKey, keyTag } from '../../../dns-keys/dnssec/keys.ts';
import { parseName } from '../../../dns-keys/name.ts';
import { dataText, rdataFromText, rrTypes } from '../../../dns-keys/rr/table.ts';
import { dnskeyOf, keyVectors } from './vectors.ts';

for (const vector of keyVectors) {
  test(`${vector.source}: tag and DS of ${vector.tag}`, () => {
    assert.equal(keyTag(dnskeyOf(vector)), vector.tag);
    for (const ds of vector.ds) {
      const expected = rdataFromText(rrTypes.DS, ds.split(' '));
      const owner = parseName(vector.owner.toUpperCase());
      assert.deepEqual(Buffer.from(dsData(owner, dnskeyOf(vector), expected[3])), Buffer.from(expected));
    }
  });
}

for (const algorithm of signingAlgorithms) {
  test(`a key of algorithm ${algorithm} is the same after it was stored`, () => {
    const key = generateZoneKey(algorithm, 257);
    const again = importZoneKey({ algorithm, flags: 257, octets: exportZoneKey(key) });
    assert.deepEqual(again.dnskey, key.dnskey);
    assert.equal(again.tag, key.tag);
    assert.equal(dataText(rrTypes.DNSKEY, key.dnskey).split(' ').slice(0, 3).join(' '), `257 3 ${algorithm}`);
  });

  test(`octets of another algorithm make no key of algorithm ${algorithm}`, () => {
    const other = generateZoneKey(algorithm === 13 ? 15 : 13, 256);
    assert.throws(() => importZoneKey({ algorithm, flags: 256, octets: exportZoneKey(other) }), TypeError);
    assert.throws(() => importZoneKey({ algorithm, flags: 256, octets: Uint8Array.of(1, 2, 3) }));
  });
}

test('a new key has none of the tags that are taken', () => {
  const all = Array.from({ length: 65_536 }, (_, tag) => tag);
  const taken = all.filter(tag => tag % 8 !== 3);
  for (let round = 0; round < 5; round += 1) assert.equal(generateZoneKey(15, 256, taken).tag % 8, 3);
});

test('an unknown digest type makes no DS', () => {
  const [vector] = keyVectors;
  assert.ok(vector);
  assert.equal(dsDigest(parseName(vector.owner), dnskeyOf(vector), 3), null);
  assert.throws(() => dsData(parseName(vector.owner), dnskeyOf(vector), 3), TypeError);
});

test('CDS and CDNSKEY ask for the DS of a key, or in their delete form for none', () => {
  const owner = parseName('_openpgpkey.example.org.');
  const { dnskey } = generateZoneKey(13, 257);
  const [cds, cdnskey] = parentRequests(owner, [dnskey], 3600);
  assert.deepEqual(cds?.rdatas, [dsData(owner, dnskey)]);
  assert.deepEqual(cdnskey?.rdatas, [dnskey]);
  assert.deepEqual([cds.type, cdnskey.type], [rrTypes.CDS, rrTypes.CDNSKEY]);
  assert.deepEqual(
    parentRequests(owner, 'delete', 3600).map(set => set.rdatas),
    [[deleteCds], [deleteCdnskey]],
  );
  assert.equal(dataText(rrTypes.CDS, deleteCds), '0 0 0 00');
  assert.equal(dataText(rrTypes.CDNSKEY, deleteCdnskey), '0 3 0 AA==');
  assert.deepEqual(parentRequests(owner, [], 3600), []);
});
