import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseName } from '../../../dns-keys/name.ts';
import { readChange, readParts, writeChange, writeParts } from '../../../dns-keys/transfer/record-octets.ts';
import {
  applyChange,
  condenseChanges,
  diffZones,
  setKey,
  zoneChangeOf,
} from '../../../dns-keys/transfer/zone-change.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { anySets, soaOf, textSet } from './zones.ts';

const apex = parseName('_openpgpkey.example.org');
const versions = fc
  .array(anySets(apex), { minLength: 2, maxLength: 5 })
  .map(list => list.map((sets, serial) => [soaOf(apex, serial), ...sets]));

function mapOf(sets: readonly RecordSet[]): Map<string, RecordSet> {
  return new Map(sets.map(set => [setKey(set), set]));
}

function plain(sets: Iterable<RecordSet>): string[] {
  const hex = (list: readonly Uint8Array[]) => list.map(data => Buffer.from(data).toString('hex')).join();
  return [...sets]
    .map(set => `${setKey(set)} ${set.ttlSeconds} ${hex(set.rdatas)} / ${hex(set.signatures)}`)
    .sort();
}

test('the difference of two zones makes one of the other, and back', () => {
  fc.assert(
    fc.property(versions, ([before = [], after = []]) => {
      const sets = mapOf(before);
      applyChange(sets, diffZones(before, after));
      assert.deepEqual(plain(sets.values()), plain(after));
      applyChange(sets, diffZones(after, before));
      assert.deepEqual(plain(sets.values()), plain(before));
    }),
  );
});

test('changes condensed into one do what they do one after the other, and nothing twice', () => {
  fc.assert(
    fc.property(versions, list => {
      const [first = []] = list;
      const last = list.at(-1) ?? [];
      const changes = list.slice(1).map((after, index) => diffZones(list[index] ?? [], after));
      const condensed = condenseChanges(changes);
      const sets = mapOf(first);
      applyChange(sets, condensed);
      assert.deepEqual(plain(sets.values()), plain(last));
      const direct = diffZones(first, last);
      assert.deepEqual(plain(condensed.removed), plain(direct.removed));
      assert.deepEqual(plain(condensed.added), plain(direct.added));
      assert.deepEqual([condensed.fromSerial, condensed.serial], [0, list.length - 1]);
    }),
  );
});

test('sets and changes are written and read back', () => {
  fc.assert(
    fc.property(versions, ([before = [], after = []]) => {
      const change = diffZones(before, after);
      const read = readChange(writeChange(change));
      assert.deepEqual(plain(read.removed), plain(change.removed));
      assert.deepEqual(plain(read.added), plain(change.added));
      assert.deepEqual(plain(readParts(writeParts(before))), plain(before));
    }),
  );
});

test('a change is made of the sets that changed; only records that differ are in it', () => {
  const change = zoneChangeOf([
    { before: soaOf(apex, 1), after: soaOf(apex, 2) },
    { before: textSet('a', apex, 'one', 'two'), after: textSet('a', apex, 'two', 'three') },
    { before: null, after: textSet('b', apex, 'new') },
    { before: textSet('c', apex, 'same'), after: textSet('c', apex, 'same') },
  ]);
  assert.deepEqual(plain(change.removed), plain([soaOf(apex, 1), textSet('a', apex, 'one')]));
  assert.deepEqual(
    plain(change.added),
    plain([soaOf(apex, 2), textSet('a', apex, 'three'), textSet('b', apex, 'new')]),
  );
  assert.throws(() => zoneChangeOf([{ before: null, after: textSet('b', apex, 'new') }]), /SOA/);
});
