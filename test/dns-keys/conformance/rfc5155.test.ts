import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childName, type Name, parseName } from '../../../dns-keys/name.ts';
import { decodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import { nameHash } from '../../../dns-keys/zone/hashed-owners.ts';
import { dnssecOk, queryOctets } from '../answer/queries.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { type Heard, must, openAsking, presigned } from './asking.ts';

const asking = openAsking();
const { apex } = presigned;
const key = hashedOwner(0, apex);

async function ask(name: Name, type: number): Promise<Heard> {
  return must(await asking.udp(queryOctets(name, { type, edns: dnssecOk })));
}

interface Span {
  readonly from: string;
  readonly to: string;
  readonly types: readonly number[];
}

const alphabet = '0123456789abcdefghijklmnopqrstuv';

function hashText(name: Name): string {
  const bits = [...nameHash(name)].map(octet => octet.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map(five => alphabet[Number.parseInt(five, 2)]).join('');
}

function spansOf({ message }: Heard): Span[] {
  return message.authorities
    .filter(({ type }) => type === rrTypes.NSEC3)
    .map(({ name, rdata }) => {
      const { nextHash, types, iterations, salt, flags, hashAlgorithm } = decodeData(rrTypes.NSEC3, rdata);
      assert.deepEqual([hashAlgorithm, flags, iterations, salt.length], [1, 0, 0, 0], 'RFC 9276 §3.1');
      const bits = [...nextHash].map(octet => octet.toString(2).padStart(8, '0')).join('');
      const to = (bits.match(/.{5}/g) ?? []).map(five => alphabet[Number.parseInt(five, 2)]).join('');
      return { from: Buffer.from(name.subarray(1, 33)).toString('latin1'), to, types };
    });
}

function covers({ from, to }: Span, hash: string): boolean {
  return from < to ? from < hash && hash < to : hash > from || hash < to;
}

test('§7.2.2: NXDOMAIN has the closest encloser and covers the next closer name and the wildcard', async () => {
  const below = childName('x', key);
  for (const [name, encloser, next] of [
    [childName('nobody', apex), apex, childName('nobody', apex)],
    [childName('a', childName('b', apex)), apex, childName('b', apex)],
    [below, key, below],
    [childName('y', below), key, below],
    [childName('*', apex), apex, childName('*', apex)],
  ] as const) {
    const heard = await ask(name, rrTypes.A);
    const spans = spansOf(heard);
    assert.equal(heard.rcode, 3);
    assert.ok(spans.length <= 3);
    assert.equal(new Set(spans.map(({ from }) => from)).size, spans.length);
    assert.ok(spans.some(({ from }) => from === hashText(encloser)));
    for (const covered of [next, childName('*', encloser)])
      assert.ok(spans.some(span => covers(span, hashText(covered))));
  }
});

test('§7.2.3: NODATA has the record of QNAME, without the type in its bitmap', async () => {
  for (const name of [key, apex]) {
    const spans = spansOf(await ask(name, rrTypes.MX));
    assert.deepEqual(
      spans.map(({ from }) => from),
      [hashText(name)],
    );
    assert.ok(!spans[0]?.types.includes(rrTypes.MX));
  }
  assert.deepEqual(spansOf(await ask(key, rrTypes.MX))[0]?.types, [rrTypes.RRSIG, rrTypes.OPENPGPKEY]);
});

test('§7.2.4: so it is for DS', async () => {
  assert.deepEqual(
    spansOf(await ask(apex, rrTypes.DS)).map(({ from }) => from),
    [hashText(apex)],
  );
});

test('§7.2.8: the owner of an NSEC3 is no name, whatever is asked there', async () => {
  const owner = parseName(`${hashText(key)}._openpgpkey.pre.example`);
  for (const type of [rrTypes.NSEC3, rrTypes.A, rrTypes.RRSIG, rrTypes.ANY])
    assert.equal((await ask(owner, type)).rcode, 3);
});

test('§4: NSEC3PARAM stands at the apex, its flags zero', async () => {
  const { message } = await ask(apex, rrTypes.NSEC3PARAM);
  assert.deepEqual(Buffer.from(message.answers[0]?.rdata ?? []), Buffer.of(1, 0, 0, 0, 0));
  assert.equal((await ask(key, rrTypes.NSEC3PARAM)).message.answers.length, 0);
});
