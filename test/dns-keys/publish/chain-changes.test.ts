import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nsec3Sets } from '../../../dns-keys/dnssec/nsec3-chain.ts';
import { childName, nameText, parentName, parseName } from '../../../dns-keys/name.ts';
import { chainChanges } from '../../../dns-keys/publish/chain-changes.ts';
import type { OwnerChange } from '../../../dns-keys/publish/kept-zone.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { Zone } from '../../../dns-keys/zone/zone.ts';
import { hashedOwner, recordSet } from '../zone/key-zones.ts';

const apex = parseName('_openpgpkey.example.org');
const ttlSeconds = 900;

/** A zone of these owners with its whole chain. */
function zoneWith(count: number): Zone {
  const zone = new Zone({ apex, mode: 'presigned' });
  zone.put(recordSet(apex, rrTypes.NS, parseName('ns1.example.org')));
  for (let at = 0; at < count; at += 1) zone.put(changeOf(at, rrTypes.OPENPGPKEY).set ?? never());
  for (const set of wholeChain(zone)) zone.put(set);
  return zone;
}

function never(): never {
  throw new Error('a set is there');
}

function wholeChain(zone: Zone) {
  return [...nsec3Sets([...zone.owners()], { apex, ttlSeconds })].filter(set => set !== null);
}

function changeOf(seed: number, type: number, isGone = false): OwnerChange {
  const owner = hashedOwner(seed, apex);
  return { owner, type, set: isGone ? null : recordSet(owner, type, Uint8Array.of(seed)) };
}

function make(zone: Zone, changes: readonly OwnerChange[]): void {
  for (const { owner, type, set } of changes) {
    if (set) zone.put(set);
    else assert.ok(zone.remove(owner, type), 'removed what was there');
  }
}

const change = fc
  .tuple(fc.nat(30), fc.constantFrom(rrTypes.OPENPGPKEY, rrTypes.SMIMEA), fc.boolean())
  .map(([seed, type, isGone]) => changeOf(seed, type, isGone));

test('after any changes, many at once or one by one, the chain is the one that a whole zone gives', () => {
  const versions = fc.array(fc.array(change, { maxLength: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.nat(20), versions, (count, all) => {
      const zone = zoneWith(count);
      for (const changes of all) {
        // The last change of an owner and type is the one that is made.
        const last = new Map(changes.map(one => [`${one.type} ${nameText(one.owner)}`, one]));
        const wanted = [...last.values()].filter(
          ({ owner, type, set }) => set !== null || zone.get(owner, type) !== null,
        );
        const chain = chainChanges(wanted, zone, ttlSeconds);
        for (const { set } of chain) assert.ok(set === null || !zone.has(set), 'only what differs');
        make(zone, [...wanted, ...chain]);
        for (const set of wholeChain(zone)) assert.ok(zone.has(set));
        assert.ok(zone.hasWholeChain, 'and no record more');
      }
    }),
  );
});

test('one owner more changes two records, as many as one less; another type changes one', () => {
  const zone = zoneWith(1000);
  const added = changeOf(1001, rrTypes.OPENPGPKEY);
  const chain = chainChanges([added], zone, ttlSeconds);
  assert.equal(chain.length, 2);
  make(zone, [added, ...chain]);
  assert.deepEqual(chainChanges([added], zone, ttlSeconds), []);
  assert.equal(chainChanges([changeOf(1001, rrTypes.SMIMEA)], zone, ttlSeconds).length, 1);
  const gone = chainChanges([changeOf(1001, rrTypes.OPENPGPKEY, true)], zone, ttlSeconds);
  assert.deepEqual(gone.map(({ set }) => set === null).sort(), [false, true]);
});

test('owners that are not right below the apex are refused', () => {
  for (const owner of [parentName(apex), childName('a', childName('b', apex))])
    assert.throws(() => chainChanges([{ owner, type: 1, set: null }], zoneWith(1), ttlSeconds), RangeError);
});
