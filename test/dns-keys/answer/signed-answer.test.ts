import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveSignatures } from '../../../dns-keys/answer/live-signatures.ts';
import { putOff, putOffDenial, Responder } from '../../../dns-keys/answer/responder.ts';
import { generateZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { nsec3Hash, nsec3Owner } from '../../../dns-keys/dnssec/nsec3.ts';
import { readOpt } from '../../../dns-keys/edns.ts';
import { type Message, rcodes } from '../../../dns-keys/message.ts';
import { childName, compareNames, type Name, nameText } from '../../../dns-keys/name.ts';
import { decodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import { hashedOwner, keyOctets, keySigner, keyZone, recordSet, signedAt } from '../zone/key-zones.ts';
import { dnssecOk, lines, queryOctets, reply, tableOf, typesOf } from './queries.ts';

const deep = (apex: Name) => [
  recordSet(childName('a', childName('b', apex)), rrTypes.TXT, Uint8Array.of(1, 65)),
];
const online = keyZone({ mode: 'online', more: deep });
const presigned = keyZone({ mode: 'presigned', keys: 40, more: deep });
const { apex } = online;
const owner = hashedOwner(0, apex);
const absent = hashedOwner('nobody', apex);

function ask(zone: typeof online, ...asked: Parameters<typeof queryOctets>): Message {
  const found = reply(queryOctets(...asked), { zones: tableOf(zone) });
  assert.ok(found);
  return found.message;
}

for (const [mode, zone] of Object.entries({ online, presigned })) {
  test(`${mode}: a key comes with its signature only where DO asks for it`, () => {
    assert.deepEqual(typesOf(ask(zone, owner, { edns: dnssecOk }).answers), ['OPENPGPKEY', 'RRSIG']);
    assert.deepEqual(typesOf(ask(zone, owner).answers), ['OPENPGPKEY']);
    assert.deepEqual(typesOf(ask(zone, absent).authorities), ['SOA']);
    assert.equal(ask(zone, absent).rcode, rcodes.NXDOMAIN);
  });

  test(`${mode}: what stands at the apex is signed`, () => {
    for (const type of [rrTypes.SOA, rrTypes.NS, rrTypes.DNSKEY])
      assert.equal(typesOf(ask(zone, apex, { type, edns: dnssecOk }).answers).at(-1), 'RRSIG');
  });
}

test('online: a name that is not there is denied at itself, NOERROR unless CO is set (RFC 9824)', () => {
  const message = ask(online, absent, { edns: dnssecOk });
  assert.deepEqual([message.rcode, typesOf(message.authorities)], [0, ['SOA', 'RRSIG', 'NSEC', 'RRSIG']]);
  const nsec = lines(message.authorities)[2];
  assert.equal(nsec, `${nameText(absent)} 900 NSEC \\000.${nameText(absent)} RRSIG NSEC NXNAME`);
  const told = ask(online, absent, { edns: { ...dnssecOk, isCompactOk: true } });
  assert.deepEqual([told.rcode, readOpt(told)?.isCompactOk], [rcodes.NXDOMAIN, true]);
  assert.deepEqual(typesOf(told.authorities), ['SOA', 'RRSIG', 'NSEC', 'RRSIG']);
});

test('online: a type that is not there is denied by the types that are', () => {
  const nsecOf = (name: Name, type: number) =>
    lines(ask(online, name, { type, edns: dnssecOk }).authorities).find(line => line.includes(' NSEC '));
  assert.match(nsecOf(owner, rrTypes.A) ?? '', / RRSIG NSEC OPENPGPKEY$/);
  assert.match(nsecOf(childName('b', apex), rrTypes.A) ?? '', / RRSIG NSEC$/);
  assert.match(nsecOf(apex, rrTypes.DS) ?? '', / NS SOA RRSIG NSEC DNSKEY$/);
});

test('online: NSEC and RRSIG are there to be asked for', () => {
  const nsec = ask(online, owner, { type: rrTypes.NSEC, edns: dnssecOk });
  assert.deepEqual([typesOf(nsec.answers), nsec.authorities], [['NSEC', 'RRSIG'], []]);
  assert.deepEqual(typesOf(ask(online, absent, { type: rrTypes.RRSIG, edns: dnssecOk }).answers), ['RRSIG']);
  assert.equal(ask(online, absent, { type: rrTypes.NSEC }).rcode, rcodes.NXDOMAIN);
});

test('online: walking by NSEC finds no other name', () => {
  const others = [...online.sets()].map(set => nameText(set.owner));
  let name: Name = apex;
  for (let step = 0; step < 30; step += 1) {
    const message = ask(online, name, { type: rrTypes.A, edns: dnssecOk });
    const nsec = message.authorities.find(({ type }) => type === rrTypes.NSEC);
    assert.ok(nsec);
    const { next } = decodeData(rrTypes.NSEC, nsec.rdata);
    assert.ok(compareNames(name, next) < 0 || nameText(next) === nameText(apex));
    assert.ok(step > 0 && nameText(next) === nameText(apex) ? true : !others.includes(nameText(next)));
    name = next;
  }
});

test('online: at most one fresh signature an answer, and none when it is asked again', () => {
  const zone = keyZone({ mode: 'online', keys: 4 });
  const responder = new Responder({ zones: tableOf(zone), cookieSecrets: () => [], idleSeconds: 10 });
  const output = { octets: Buffer.alloc(65_535), base: 0 };
  const client = { transport: 'udp', address: '192.0.2.7' } as const;
  const made = (name: Name, { type = 61, now = signedAt, maySign = true } = {}) => {
    const before = responder.signaturesMade;
    const asking = { client, now, maySign, requiresCookie: false, reservedOctets: 0 };
    const octets = responder.respond(queryOctets(name, { type, edns: dnssecOk }), asking, output);
    const wait = new Map([
      [putOff, 'putOff'],
      [putOffDenial, 'putOffDenial'],
    ]);
    return wait.get(octets) ?? responder.signaturesMade - before;
  };
  const half = signedAt + 7 * 86_400;
  assert.equal(made(hashedOwner(1, apex), { maySign: false }), 'putOff');
  assert.equal(made(absent, { maySign: false }), 'putOffDenial');
  assert.deepEqual([made(hashedOwner(1, apex)), made(hashedOwner(1, apex))], [1, 0]);
  assert.deepEqual([made(absent), made(absent)], [1, 0]);
  assert.deepEqual([made(apex, { type: rrTypes.A }), made(apex, { type: rrTypes.SOA })], [1, 0]);
  assert.deepEqual(
    [made(hashedOwner(1, apex), { now: half }), made(hashedOwner(1, apex), { now: half })],
    [1, 0],
  );
  assert.equal(made(hashedOwner(1, apex), { now: half + 14 * 86_400, maySign: false }), 'putOff');
  assert.equal(made(hashedOwner('another', apex), { now: half }), 1);
});

test('online: signatures half their time old go on until one may be made', () => {
  const zone = keyZone({ mode: 'online' });
  const half = signedAt + 8 * 86_400;
  const signatures = new LiveSignatures();
  assert.equal(signatures.cover(zone, zone.soaRef, { now: half, maySign: false }), true);
  assert.equal(signatures.made, 0);
});

test('online: other keys sign anew', () => {
  const zone = keyZone({ mode: 'online' });
  const tag = () => {
    const message = reply(queryOctets(owner, { edns: dnssecOk }), { zones: tableOf(zone) })?.message;
    return decodeData(rrTypes.RRSIG, message?.answers[1]?.rdata ?? new Uint8Array(0)).keyTag;
  };
  const before = tag();
  const key = generateZoneKey(15, 256, [before]);
  zone.signer = keySigner(apex, key);
  assert.equal(tag(), key.tag);
  zone.put(recordSet(owner, rrTypes.OPENPGPKEY, keyOctets('new')));
  assert.equal(tag(), key.tag);
});

test('online: a name too long for a label more is denied all the same', () => {
  let name = apex;
  while (name.length < 240) name = childName('x'.repeat(Math.min(63, 254 - name.length)), name);
  const message = ask(online, name, { edns: dnssecOk });
  assert.deepEqual(typesOf(message.authorities), ['SOA', 'RRSIG', 'NSEC', 'RRSIG']);
});

test('presigned: a type that is not there is denied by the NSEC3 of its name', () => {
  const nsec3 = (name: Name, type: number) =>
    ask(presigned, name, { type, edns: dnssecOk }).authorities.filter(
      record => record.type === rrTypes.NSEC3,
    );
  for (const name of [owner, apex, childName('b', apex)]) {
    const found = nsec3(name, rrTypes.DS);
    assert.deepEqual(
      found.map(record => nameText(record.name)),
      [nameText(nsec3Owner(nsec3Hash(name), apex))],
    );
  }
});

test('presigned: a name that is not there is denied by encloser, next closer name and wildcard', () => {
  const below = childName('c', childName('d', hashedOwner(3, apex)));
  const cases: { name: Name; encloser: Name; nextCloser: Name }[] = [
    { name: absent, encloser: apex, nextCloser: absent },
    { name: below, encloser: hashedOwner(3, apex), nextCloser: childName('d', hashedOwner(3, apex)) },
    {
      name: childName('c', childName('b', apex)),
      encloser: childName('b', apex),
      nextCloser: childName('c', childName('b', apex)),
    },
  ];
  for (const { name, encloser, nextCloser } of cases) {
    const message = ask(presigned, name, { edns: dnssecOk });
    assert.equal(message.rcode, rcodes.NXDOMAIN);
    const spans = message.authorities
      .filter(({ type }) => type === rrTypes.NSEC3)
      .map(({ name: from, rdata }) => ({
        from: nameText(from),
        to: decodeData(rrTypes.NSEC3, rdata).nextHash,
      }));
    assert.equal(spans[0]?.from, nameText(nsec3Owner(nsec3Hash(encloser), apex)));
    for (const denied of [nextCloser, childName('*', encloser)])
      assert.ok(
        spans.some(span => covers(span, nsec3Hash(denied))),
        nameText(denied),
      );
    assert.equal(new Set(spans.map(({ from }) => from)).size, spans.length);
  }
});

/** Whether the hash lies within the span, which may go round. */
function covers({ from, to }: { from: string; to: Uint8Array }, hash: Uint8Array): boolean {
  const text = nameText(nsec3Owner(hash, apex));
  const end = nameText(nsec3Owner(to, apex));
  return from < end ? from < text && text < end : text > from || text < end;
}

test('presigned: the owner of an NSEC3 is no name (RFC 5155 §7.2.8)', () => {
  const message = ask(presigned, nsec3Owner(nsec3Hash(apex), apex), { type: rrTypes.NSEC3, edns: dnssecOk });
  assert.equal(message.rcode, rcodes.NXDOMAIN);
});

test('presigned: RRSIG alone is that of one set', () => {
  const message = ask(presigned, apex, { type: rrTypes.RRSIG, edns: dnssecOk });
  assert.deepEqual(typesOf(message.answers), ['RRSIG']);
});
