import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compactDenial, denialTtl, nameAfter } from '../../../dns-keys/dnssec/compact-denial.ts';
import {
  childName,
  compareNames,
  isAtOrBelow,
  lowerName,
  type Name,
  nameText,
  parseName,
} from '../../../dns-keys/name.ts';
import { dataText, rrTypes } from '../../../dns-keys/rr/table.ts';

const apex = parseName('_openpgpkey.example.org.');

function denied(name: string, types: readonly number[] | null): string {
  const set = compactDenial({ name: parseName(name), apex, types, ttlSeconds: 300 });
  assert.deepEqual([set.type, set.ttlSeconds, set.rdatas.length], [rrTypes.NSEC, 300, 1]);
  return `${nameText(set.owner)} ${dataText(rrTypes.NSEC, set.rdatas[0] ?? new Uint8Array())}`;
}

test('a name that is not there has nothing but NXNAME (RFC 9824 §3.1)', () => {
  assert.equal(
    denied('Ab._openpgpkey.example.ORG.', null),
    'ab._openpgpkey.example.org. \\000.ab._openpgpkey.example.org. RRSIG NSEC NXNAME',
  );
});

test('a name without the type has the types it has (RFC 9824 §3.2)', () => {
  assert.equal(
    denied('ab._openpgpkey.example.org.', [rrTypes.OPENPGPKEY, rrTypes.RRSIG]),
    'ab._openpgpkey.example.org. \\000.ab._openpgpkey.example.org. RRSIG NSEC OPENPGPKEY',
  );
});

test('an empty non-terminal has no type of its own (RFC 9824 §3.2)', () => {
  assert.equal(
    denied('ab._openpgpkey.example.org.', []),
    'ab._openpgpkey.example.org. \\000.ab._openpgpkey.example.org. RRSIG NSEC',
  );
});

test('a negative answer lives for the smaller of the SOA’s TTL and minimum (RFC 9077)', () => {
  assert.deepEqual([denialTtl(3600, 300), denialTtl(60, 300)], [60 * 5, 60]);
});

/** A name of exactly so many octets below the apex, its leftmost label of these octets repeated. */
function long(octets: number, first: number, label: number): Name {
  let name = apex;
  while (octets - name.length > 64 + first + 1) name = childName(Buffer.alloc(63, 0x78), name);
  const rest = octets - name.length - first - 1;
  if (rest > 1) name = childName(Buffer.alloc(rest - 1, 0x78), name);
  return childName(Buffer.alloc(first, label), name);
}

test('a name without room for a child is followed by the one beside it (RFC 4471 §3.1.2)', () => {
  const start = (name: Name, octets: number) =>
    Buffer.from(nameAfter(name, apex).subarray(0, octets)).toString('hex');
  assert.equal(start(long(253, 2, 0x61), 5), '0100026161');
  assert.equal(start(long(254, 2, 0x61), 4), '03616100');
  assert.equal(start(long(255, 2, 0x61), 3), '026162');
  assert.equal(start(long(255, 2, 0x40), 3), '02405b');
  // All 255: behind the name above, which has room for an octet more.
  const full = long(255, 2, 0xff);
  const above = full.subarray(4, 4 + (full[3] ?? 0));
  const beside = Buffer.concat([Uint8Array.of(above.length + 1), above, Uint8Array.of(0)]);
  assert.equal(start(full, beside.length), beside.toString('hex'));
});

test('the last name of all is followed by the apex', () => {
  let name = apex;
  while (name.length + 64 <= 255) name = childName(Buffer.alloc(63, 0xff), name);
  name = childName(Buffer.alloc(255 - name.length - 1, 0xff), name);
  assert.equal(name.length, 255);
  assert.deepEqual(nameAfter(name, apex), apex);
});

const octet = fc.constantFrom(0, 0x2d, 0x40, 0x5b, 0x61, 0x7a, 0xfe, 0xff);
const label = fc.oneof(
  fc.array(octet, { minLength: 1, maxLength: 3 }),
  fc.array(octet, { minLength: 60, maxLength: 63 }),
);
const below = fc.array(label, { maxLength: 6 }).map(labels => {
  let name = apex;
  for (const one of labels) {
    const room = 255 - name.length - 1;
    if (room > 0) name = childName(Uint8Array.from(one.slice(0, room)), name);
  }
  return lowerName(name);
});

test('nothing lies between a name and the next: any other name is at it, before it, or not before the next', () => {
  fc.assert(
    fc.property(below, below, (name, other) => {
      const next = nameAfter(name, apex);
      assert.ok(next.length <= 255 && isAtOrBelow(next, apex));
      if (compareNames(next, apex) !== 0) assert.ok(compareNames(name, next) < 0, 'the next is behind');
      const isBetween = compareNames(name, other) < 0 && compareNames(other, next) < 0;
      assert.ok(!isBetween, `${nameText(other)} is between`);
    }),
    { numRuns: 2000 },
  );
});
