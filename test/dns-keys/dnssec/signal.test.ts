import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parentRequests } from '../../../dns-keys/dnssec/delegation.ts';
import { generateZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { signalName, signalRecords } from '../../../dns-keys/dnssec/signal.ts';
import { nameText, parseName } from '../../../dns-keys/name.ts';

const child = parseName('_openpgpkey.Example.co.uk.');

function nameOf(nameserver: string): string | null {
  const name = signalName(child, parseName(nameserver));
  return name === null ? null : nameText(name);
}

test('a child is signalled below the nameserver’s name (RFC 9615 §2)', () => {
  assert.equal(nameOf('ns1.Example.NET.'), '_dsboot._openpgpkey.example.co.uk._signal.ns1.example.net.');
  // Beside the child, not in it.
  assert.equal(nameOf('ns1.example.co.uk.'), '_dsboot._openpgpkey.example.co.uk._signal.ns1.example.co.uk.');
});

test('not by a nameserver that is in the child (RFC 9615 §4.1)', () => {
  assert.equal(nameOf('ns1._openpgpkey.example.co.uk.'), null);
  assert.equal(nameOf('_OPENPGPKEY.example.co.uk.'), null);
});

test('not where the name would be too long', () => {
  const host = (octets: number) => {
    const labels = ['a'.repeat(63), 'b'.repeat(63), 'c'.repeat(63)].join('.');
    return `${'d'.repeat(octets - 3 * 64 - 2)}.${labels}.`;
  };
  // `_dsboot`, the labels of the child, `_signal`.
  const used = 8 + (12 + 8 + 3 + 3) + 8;
  assert.equal(parseName(nameOf(host(255 - used)) ?? '.').length, 255);
  assert.equal(nameOf(host(256 - used)), null);
});

test('what stands there is what the child’s CDS and CDNSKEY say', () => {
  const nameserver = parseName('ns1.example.net.');
  const dnskeys = [generateZoneKey(13, 257).dnskey];
  const sets = signalRecords(child, nameserver, { dnskeys, ttlSeconds: 300 });
  const ours = parentRequests(child, dnskeys, 300);
  assert.deepEqual(
    sets?.map(({ rdatas, type }) => ({ rdatas, type })),
    ours.map(({ rdatas, type }) => ({ rdatas, type })),
  );
  assert.ok(sets?.every(({ owner }) => nameText(owner).startsWith('_dsboot._openpgpkey.')));
  assert.equal(signalRecords(child, child, { dnskeys, ttlSeconds: 300 }), null);
});
