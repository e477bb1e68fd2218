import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nsec3Hash, nsec3Owner } from '../../../dns-keys/dnssec/nsec3.ts';
import { childName, type Name, nameKey, nameText, parseName } from '../../../dns-keys/name.ts';
import { encodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import { HashedName } from '../../../dns-keys/zone/hashed-name.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { Slabs } from '../../../dns-keys/zone/slabs.ts';
import { Zone } from '../../../dns-keys/zone/zone.ts';
import { ZoneTable } from '../../../dns-keys/zone/zone-table.ts';
import { hashedOwner, keyOctets, keyZone, recordSet } from './key-zones.ts';

const apex = parseName('_openpgpkey.example.org');

function plain(set: RecordSet | null) {
  if (set === null) return null;
  const hex = (octets: readonly Uint8Array[]) => octets.map(one => Buffer.from(one).toString('hex'));
  const { owner, type, ttlSeconds, rdatas, signatures } = set;
  return { owner: nameText(owner), type, ttlSeconds, rdatas: hex(rdatas), signatures: hex(signatures) };
}

function hashedName(name: Name): HashedName {
  const hashed = new HashedName();
  hashed.read(name, 0);
  return hashed;
}

/** Names as zones of ours have them: hashes, some with labels below, and the apex. */
const owner = fc.oneof(
  fc.nat(20).map(seed => hashedOwner(seed, apex)),
  fc
    .tuple(fc.nat(2), fc.nat(2), fc.nat(2))
    .map(labels => labels.reduce((name: Name, label) => childName(`l${label}`, name), apex)),
  fc.constant(apex),
);
const step = fc.record({
  owner,
  type: fc.constantFrom(rrTypes.OPENPGPKEY, rrTypes.SMIMEA, rrTypes.TXT),
  rdatas: fc.uniqueArray(fc.uint8Array({ maxLength: 2000 }), {
    minLength: 1,
    maxLength: 3,
    selector: String,
  }),
  signatures: fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 }), { maxLength: 2 }),
  removes: fc.boolean(),
});

test('a zone holds what was put and not removed, as a map would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), steps => {
      const zone = new Zone({ apex, mode: 'presigned' });
      const model = new Map<string, RecordSet>();
      for (const { removes, ...rest } of steps) {
        const key = `${nameKey(rest.owner)}/${rest.type}`;
        if (removes) assert.equal(zone.remove(rest.owner, rest.type), model.delete(key));
        else {
          const set = { ...rest, ttlSeconds: 3600 };
          zone.put(set);
          model.set(key, set);
        }
      }
      const sorted = (sets: Iterable<RecordSet>) => [...sets].map(set => JSON.stringify(plain(set))).sort();
      assert.deepEqual(sorted(zone.sets()), sorted(model.values()));
      for (const set of model.values()) assert.deepEqual(plain(zone.get(set.owner, set.type)), plain(set));
      const records = [...model.values()].map(set => set.rdatas.length + set.signatures.length);
      assert.equal(
        zone.recordCount,
        records.reduce((sum, count) => sum + count, 0),
      );
      assert.equal(zone.setCount, model.size);
      checkInner(zone, [...model.values()]);
    }),
    { numRuns: 60 },
  );
});

/** Names between an owner and the apex are there, even without records of their own. */
function checkInner(zone: Zone, sets: readonly RecordSet[]): void {
  for (const set of sets) {
    const name = hashedName(set.owner);
    for (let label = 1; label < name.labels - 3; label += 1) assert.ok(zone.isInner(name, label));
  }
  const below = sets.some(set => nameText(set.owner).endsWith('.l1._openpgpkey.example.org.'));
  assert.equal(zone.isInner(hashedName(childName('l1', apex)), 0), below);
}

test('NSEC3 records are found by their hash and by the span that holds it', () => {
  const zone = new Zone({ apex, mode: 'presigned' });
  const hashes = Array.from({ length: 3000 }, (_, seed) => Buffer.from(nsec3Hash(hashedOwner(seed, apex))));
  for (const hash of hashes) zone.put(recordSet(nsec3Owner(hash, apex), rrTypes.NSEC3, hash));
  for (const hash of hashes.splice(0, 1000)) assert.ok(zone.remove(nsec3Owner(hash, apex), rrTypes.NSEC3));
  const order = hashes.toSorted(Buffer.compare);
  const hashAt = (ref: number) => Buffer.from(zone.read(ref).rdatas[0] ?? []);
  for (const hash of order) assert.deepEqual(hashAt(zone.nsec3Matching(hash)), hash);
  for (let seed = 0; seed < 1000; seed += 1) {
    const hash = Buffer.from(nsec3Hash(hashedOwner(`absent ${seed}`, apex)));
    assert.equal(zone.nsec3Matching(hash), 0);
    const before = order.findLast(one => Buffer.compare(one, hash) < 0) ?? order.at(-1);
    assert.deepEqual(hashAt(zone.nsec3Covering(hash)), before);
  }
  assert.equal(zone.setCount, 2000);
});

test('serial and negative TTL are those of SOA', () => {
  const zone = keyZone({ mode: 'presigned', keys: 1 });
  assert.equal(zone.serial, 1);
  assert.equal(zone.negativeTtlSeconds, 900);
  assert.equal([...zone.sets()][0]?.type, rrTypes.SOA);
  zone.remove(zone.apex, rrTypes.SOA);
  assert.equal(zone.serial, 0);
  zone.release();
  assert.deepEqual([zone.setCount, zone.recordCount, [...zone.sets()].length], [0, 0, 0]);
});

test('what would make names of another kind is refused', () => {
  const zone = new Zone({ apex, mode: 'online' });
  const target = encodeData(rrTypes.NS, { target: parseName('elsewhere.example') });
  const refused: RecordSet[] = [
    recordSet(parseName('example.org'), rrTypes.TXT, Uint8Array.of(0)),
    recordSet(parseName('x_openpgpkey.example.org'), rrTypes.TXT, Uint8Array.of(0)),
    recordSet(childName('*', apex), rrTypes.OPENPGPKEY, keyOctets(1)),
    recordSet(childName('a', apex), rrTypes.CNAME, target),
    recordSet(childName('a', apex), rrTypes.NS, target),
    recordSet(childName('a', apex), rrTypes.NXNAME, Uint8Array.of(0)),
    recordSet(childName('a', apex), rrTypes.NSEC3, Uint8Array.of(0)),
    recordSet(childName('a', apex), rrTypes.OPENPGPKEY, keyOctets(1, 64_900)),
    recordSet(childName('a', apex), rrTypes.OPENPGPKEY),
  ];
  for (const set of refused) assert.throws(() => zone.put(set), RangeError);
  assert.equal(zone.setCount, 0);
});

/** As answers find it. */
function zoneOf(zones: ZoneTable, name: Name): Zone | null {
  const hashed = hashedName(name);
  for (let label = 0; label <= hashed.labels; label += 1) {
    const zone = zones.withApex(hashed, label);
    if (zone !== null) return zone;
  }
  return null;
}

test('the zone of a name is the longest one above it', () => {
  const zones = new ZoneTable();
  const slabs = new Slabs();
  const made = Array.from({ length: 3000 }, (_, index) =>
    keyZone({ apex: `_openpgpkey.d${index}.example`, isPlain: true, keys: 0, slabs }),
  );
  for (const zone of made) zones.set(zone);
  const inner = keyZone({ apex: 'inner._openpgpkey.d7.example', isPlain: true, keys: 0, slabs });
  zones.set(inner);
  assert.equal(zones.size, 3001);
  assert.equal(zoneOf(zones, parseName('a.b._OPENPGPKEY.d7.example')), made[7]);
  assert.equal(zoneOf(zones, parseName('a.INNER._openpgpkey.d7.example')), inner);
  assert.equal(zoneOf(zones, parseName('d7.example')), null);
  const name = hashedName(parseName('x._openpgpkey.d99.example'));
  assert.deepEqual([zones.withApex(name, 0), zones.withApex(name, 1)], [null, made[99]]);
  assert.equal(zones.remove(inner.apex), inner);
  assert.equal(zoneOf(zones, parseName('a.inner._openpgpkey.d7.example')), made[7]);
});
