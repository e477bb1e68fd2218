import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameText, parseName } from '../../../dns-keys/name.ts';
import { dataText, typeName } from '../../../dns-keys/rr/table.ts';
import {
  type CatalogMember,
  catalogChange,
  catalogSets,
  memberLabel,
} from '../../../dns-keys/transfer/catalog.ts';
import { applyChange, setKey } from '../../../dns-keys/transfer/zone-change.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';

const catalog = parseName('catalog.caliopen.invalid');

const member = (name: string, incarnation = '1', group?: string): CatalogMember => ({
  apex: parseName(name),
  incarnation,
  ...(group === undefined ? {} : { group }),
});

function lines(sets: Iterable<RecordSet>): string[] {
  return [...sets].flatMap(({ owner, type, rdatas }) =>
    rdatas.map(rdata => `${nameText(owner)} ${typeName(type)} ${dataText(type, rdata)}`),
  );
}

test('a catalog says its version, and each member under a label of its own (RFC 9432 section 4)', () => {
  const one = member('_openpgpkey.Example.org', '1', 'signed');
  const label = memberLabel(one);
  assert.deepEqual(lines(catalogSets(catalog, 5, [one])), [
    'catalog.caliopen.invalid. SOA invalid. invalid. 5 3600 600 2147483647 0',
    'catalog.caliopen.invalid. NS invalid.',
    'version.catalog.caliopen.invalid. TXT "2"',
    `${label}.zones.catalog.caliopen.invalid. PTR _openpgpkey.example.org.`,
    `group.${label}.zones.catalog.caliopen.invalid. TXT "signed"`,
  ]);
});

test('the label is the same in any case and group, and another when a zone comes again', () => {
  assert.equal(memberLabel(member('A.example')), memberLabel(member('a.EXAMPLE', '1', 'group')));
  assert.notEqual(memberLabel(member('a.example')), memberLabel(member('a.example', '2')));
  assert.notEqual(memberLabel(member('a.example')), memberLabel(member('b.example')));
});

test('changes lead to the catalog that is made at once', () => {
  const some = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), incarnation: fc.constantFrom('1', '2') }),
    { selector: ({ name }) => name },
  );
  const members = some.map(list =>
    list.map(({ name, incarnation }) => member(`${name}.example`, incarnation)),
  );
  fc.assert(
    fc.property(members, members, (before, after) => {
      const isIn = (list: CatalogMember[]) => (one: CatalogMember) =>
        list.some(other => memberLabel(other) === memberLabel(one));
      const sets = new Map(catalogSets(catalog, 1, before).map(set => [setKey(set), set]));
      const come = after.filter(one => !isIn(before)(one));
      const gone = before.filter(one => !isIn(after)(one));
      applyChange(sets, catalogChange(catalog, { fromSerial: 1, serial: 2 }, { come, gone }));
      assert.deepEqual(lines(sets.values()).sort(), lines(catalogSets(catalog, 2, after)).sort());
    }),
  );
});
