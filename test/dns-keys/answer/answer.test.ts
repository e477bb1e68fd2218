import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optRecord, readOpt } from '../../../dns-keys/edns.ts';
import { classes, type Message, opcodes, rcodes } from '../../../dns-keys/message.ts';
import { childName, nameText, parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { hashedOwner, keyOctets, keyZone, recordSet } from '../zone/key-zones.ts';
import { dnssecOk, lines, queryOctets, reply, tableOf, typesOf } from './queries.ts';

const zone = keyZone({ isPlain: true, keys: 5 });
const zones = tableOf(zone);
const { apex } = zone;
const owner = hashedOwner(0, apex);
const absent = hashedOwner('nobody', apex);

function ask(...asked: Parameters<typeof queryOctets>): Message {
  const found = reply(queryOctets(...asked), { zones });
  assert.ok(found);
  return found.message;
}

function errorOf(message: Message): number | undefined {
  return readOpt(message)?.options.find(({ code }) => code === 15)?.data[1];
}

test('a key is answered with authority, the question as it was asked, nothing beside it', () => {
  const asked = Buffer.from(owner);
  for (let at = 1; at < asked.length; at += 2) {
    const octet = asked[at] ?? 0;
    if (octet >= 0x61 && octet <= 0x7a) asked[at] = octet - 0x20;
  }
  const message = ask(asked);
  assert.deepEqual(message.questions, [{ name: new Uint8Array(asked), type: 61, class: 1 }]);
  assert.deepEqual(
    [
      message.id,
      message.isResponse,
      message.isAuthoritative,
      message.recursionDesired,
      message.recursionAvailable,
    ],
    [4711, true, true, true, false],
  );
  assert.equal(message.answers.length, 1);
  assert.deepEqual(Buffer.from(message.answers[0]?.rdata ?? []), keyOctets(0));
  assert.deepEqual(message.authorities, []);
  assert.equal(readOpt(message)?.udpPayloadOctets, 1232);
});

test('the owner of an answer is a pointer to the question', () => {
  const query = queryOctets(owner, { edns: false });
  const found = reply(query, { zones });
  assert.equal(found?.octets.length, query.length + 12 + 400);
  assert.equal(found?.octets.readUInt16BE(query.length), 0xc00c);
});

test('without OPT there is none in the answer, and 512 octets are the limit', () => {
  assert.equal(readOpt(ask(owner, { edns: false })), null);
  const large = keyZone({ isPlain: true, keys: 1, keyOctets: 500 });
  const found = reply(queryOctets(owner, { edns: false }), { zones: tableOf(large) });
  assert.deepEqual([found?.message.isTruncated, found?.message.answers], [true, []]);
  assert.ok((found?.octets.length ?? 0) <= 512);
});

test('UDP answers are cut to what the client takes and to 1,232 octets; TCP answers are whole', () => {
  const large = keyZone({ isPlain: true, keys: 1, keyOctets: 1100 });
  const zones = tableOf(large);
  const size = (udpPayloadOctets: number, transport: 'udp' | 'tcp') => {
    const query = queryOctets(owner, { edns: { udpPayloadOctets } });
    const found = reply(query, { zones, client: { transport, address: '192.0.2.7' } });
    return { isTruncated: found?.message.isTruncated, answers: found?.message.answers.length };
  };
  const cut = { isTruncated: true, answers: 0 };
  const whole = { isTruncated: false, answers: 1 };
  assert.deepEqual(size(1200, 'udp'), cut);
  assert.deepEqual(size(1232, 'udp'), whole);
  assert.deepEqual(size(65_535, 'udp'), whole);
  assert.deepEqual(size(512, 'tcp'), whole);
  const larger = tableOf(keyZone({ isPlain: true, keys: 1, keyOctets: 60_000 }));
  const client = { transport: 'tcp', address: '192.0.2.7' } as const;
  assert.equal(
    reply(queryOctets(owner, { edns: { udpPayloadOctets: 4096 } }), { zones: larger })?.message.isTruncated,
    true,
  );
  assert.equal(reply(queryOctets(owner), { zones: larger, client })?.message.answers.length, 1);
});

test('negative answers carry SOA with the TTL of RFC 2308 §5', () => {
  const soa = `${nameText(apex)} 900 SOA ns1.example.org. hostmaster.example.org. 1 3600 600 432000 900`;
  const nothing = ask(absent);
  assert.deepEqual([nothing.rcode, lines(nothing.authorities)], [rcodes.NXDOMAIN, [soa]]);
  const below = ask(childName('a', childName('b', absent)));
  assert.deepEqual([below.rcode, lines(below.authorities)], [rcodes.NXDOMAIN, [soa]]);
  const otherType = ask(owner, { type: rrTypes.A });
  assert.deepEqual([otherType.rcode, lines(otherType.authorities)], [rcodes.NOERROR, [soa]]);
  const unknownType = ask(owner, { type: 61_234 });
  assert.deepEqual([unknownType.rcode, lines(unknownType.authorities)], [rcodes.NOERROR, [soa]]);
  assert.ok([nothing, below, otherType, unknownType].every(({ isAuthoritative }) => isAuthoritative));
});

test('a name between others is there, without records', () => {
  const deep = childName('a', childName('b', apex));
  const zones = tableOf(
    keyZone({ isPlain: true, more: () => [recordSet(deep, rrTypes.TXT, Uint8Array.of(1, 65))] }),
  );
  const rcode = (name: Uint8Array) => reply(queryOctets(name), { zones })?.message.rcode;
  assert.equal(rcode(childName('b', apex)), rcodes.NOERROR);
  assert.equal(rcode(childName('c', apex)), rcodes.NXDOMAIN);
  assert.equal(reply(queryOctets(deep, { type: rrTypes.TXT }), { zones })?.message.answers.length, 1);
});

test('DS of the apex is the parent’s: there is none here (RFC 4035 §3.1.4.1)', () => {
  const message = ask(apex, { type: rrTypes.DS });
  assert.deepEqual(
    [message.rcode, message.isAuthoritative, typesOf(message.authorities)],
    [0, true, ['SOA']],
  );
});

test('what is outside the zones is refused, and says so', () => {
  for (const name of ['example.org', 'example.com', '.', 'openpgpkey.example.org']) {
    const message = ask(name, { type: rrTypes.A });
    assert.deepEqual(
      [message.rcode, message.isAuthoritative, errorOf(message)],
      [rcodes.REFUSED, false, 20],
      name,
    );
  }
});

test('other classes are refused: no version is told', () => {
  for (const questionClass of [classes.CH, classes.ANY, classes.NONE, 4])
    assert.equal(ask('version.bind', { type: rrTypes.TXT, class: questionClass }).rcode, rcodes.REFUSED);
  assert.equal(ask(owner, { class: classes.ANY }).rcode, rcodes.REFUSED);
});

test('ANY is answered with the smallest record set (RFC 8482)', () => {
  const zones = tableOf(
    keyZone({
      isPlain: true,
      more: apex => [recordSet(hashedOwner(0, apex), rrTypes.TXT, Uint8Array.of(1, 65))],
    }),
  );
  const found = reply(queryOctets(owner, { type: rrTypes.ANY }), { zones });
  assert.deepEqual(typesOf(found?.message.answers ?? []), ['TXT']);
  assert.equal(ask(absent, { type: rrTypes.ANY }).rcode, rcodes.NXDOMAIN);
});

test('types that no record has', () => {
  const rcode = (type: number) => ask(owner, { type }).rcode;
  assert.equal(rcode(rrTypes.NXNAME), rcodes.FORMERR);
  assert.equal(errorOf(ask(owner, { type: rrTypes.NXNAME })), 30);
  assert.deepEqual([rcode(rrTypes.OPT), rcode(rrTypes.TSIG), rcode(rrTypes.TKEY)], [1, 1, 1]);
  assert.deepEqual([rcode(253), rcode(254)], [rcodes.NOTIMP, rcodes.NOTIMP]);
  assert.deepEqual([rcode(rrTypes.AXFR), rcode(rrTypes.IXFR)], [rcodes.REFUSED, rcodes.REFUSED]);
});

test('other operations are not implemented', () => {
  for (const opcode of [1, opcodes.STATUS, 3, opcodes.NOTIFY, opcodes.UPDATE, 6, 15]) {
    const message = ask(apex, { type: rrTypes.SOA, fields: { opcode } });
    assert.deepEqual([message.rcode, message.opcode, message.questions.length], [rcodes.NOTIMP, opcode, 1]);
  }
});

test('answers are never answered, nor is what has no header', () => {
  assert.equal(reply(queryOctets(owner, { fields: { isResponse: true } }), { zones }), null);
  assert.equal(reply(queryOctets(owner).subarray(0, 11), { zones }), null);
  assert.equal(reply(new Uint8Array(0), { zones }), null);
});

test('damaged queries get FORMERR', () => {
  const whole = queryOctets(owner);
  const question = { name: owner, type: rrTypes.OPENPGPKEY, class: 1 };
  const opt = optRecord({ udpPayloadOctets: 1232 });
  const record = { name: owner, type: rrTypes.TXT, class: 1, ttlSeconds: 0, rdata: Uint8Array.of(0) };
  const damaged: Record<string, Buffer> = {
    'a header alone': Buffer.concat([whole.subarray(0, 4), Buffer.alloc(8)]),
    'a name that does not end': whole.subarray(0, 30),
    'a question without class': whole.subarray(0, whole.length - 13),
    'octets behind the end': Buffer.concat([whole, Buffer.of(0)]),
    'a count too high': Buffer.concat([whole.subarray(0, 11), Buffer.of(2), whole.subarray(12)]),
    'a compressed QNAME': Buffer.concat([
      whole.subarray(0, 12),
      Buffer.of(0xc0, 0x0c, 0, 61, 0, 1),
      whole.subarray(-11),
    ]),
    'two questions': queryOctets(owner, { fields: { questions: [question, question] } }),
    'no question': queryOctets(owner, { fields: { questions: [] } }),
    'two OPT': queryOctets(owner, { fields: { additionals: [opt, opt] } }),
    'an OPT that is not the root’s': queryOctets(owner, {
      fields: { additionals: [{ ...opt, name: apex }] },
    }),
    'an OPT among the answers': queryOctets(owner, { fields: { answers: [opt] } }),
    'an option that is cut off': queryOctets(owner, {
      fields: { additionals: [{ ...opt, rdata: Uint8Array.of(0, 3, 0, 1) }] },
    }),
    'half an option': queryOctets(owner, {
      fields: { additionals: [{ ...opt, rdata: Uint8Array.of(0, 3) }] },
    }),
    'an answer in a query': queryOctets(owner, { fields: { answers: [record] } }),
    'an authority in a query': queryOctets(owner, { fields: { authorities: [record] } }),
  };
  for (const [what, octets] of Object.entries(damaged)) {
    const message = reply(octets, { zones })?.message;
    assert.deepEqual([message?.rcode, message?.id, message?.answers], [rcodes.FORMERR, 4711, []], what);
  }
});

test('EDNS: later versions get BADVERS, unknown options and NSID nothing', () => {
  const later = ask(owner, { edns: { udpPayloadOctets: 1232, version: 1 } });
  assert.deepEqual([later.rcode, readOpt(later)?.extendedRcode, readOpt(later)?.version], [0, 1, 0]);
  assert.deepEqual(later.answers, []);
  const options = [3, 8, 65_001].map(code => ({ code, data: new Uint8Array(0) }));
  const message = ask(owner, { edns: { udpPayloadOctets: 1232, options } });
  assert.deepEqual([message.rcode, message.answers.length, readOpt(message)?.options], [0, 1, []]);
});

test('DO comes back; CD and AD do not', () => {
  const fields = { checkingDisabled: true, authenticData: true };
  const message = ask(owner, { edns: dnssecOk, fields });
  assert.equal(readOpt(message)?.isDnssecOk, true);
  assert.deepEqual([message.checkingDisabled, message.authenticData], [false, false]);
});

test('a zone without SOA is not ready', () => {
  const zone = keyZone({ isPlain: true });
  zone.remove(zone.apex, rrTypes.SOA);
  const message = reply(queryOctets(owner), { zones: tableOf(zone) })?.message;
  assert.deepEqual([message?.rcode, message && errorOf(message)], [rcodes.SERVFAIL, 14]);
});

const secret = Buffer.alloc(16, 7);
const clientCookie = Buffer.of(1, 2, 3, 4, 5, 6, 7, 8);

function withCookie(data: Uint8Array, fields = {}, requiresCookie = false) {
  const edns = { udpPayloadOctets: 1232, options: [{ code: 10, data }] };
  const found = reply(queryOctets(owner, { edns, fields }), {
    zones,
    cookieSecrets: [secret],
    requiresCookie,
  });
  const opt = found && readOpt(found.message);
  return {
    rcode: found && ((opt?.extendedRcode ?? 0) << 4) + found.message.rcode,
    answers: found?.message.answers.length,
    cookie: opt?.options.find(({ code }) => code === 10)?.data,
  };
}

test('cookies: the client’s comes back with ours, a query for a cookie alone is answered', () => {
  const first = withCookie(clientCookie);
  assert.deepEqual([first.rcode, first.answers, first.cookie?.length], [0, 1, 24]);
  assert.deepEqual(first.cookie?.subarray(0, 8), clientCookie);
  const alone = withCookie(clientCookie, { questions: [] });
  assert.deepEqual([alone.rcode, alone.answers, alone.cookie?.length], [0, 0, 24]);
});

test('cookies of a bad length get FORMERR', () => {
  for (const length of [0, 7, 9, 15, 41])
    assert.equal(withCookie(new Uint8Array(length)).rcode, rcodes.FORMERR);
});

test('BADCOOKIE only where cookies are required', () => {
  const bad = Buffer.concat([clientCookie, Buffer.alloc(16)]);
  assert.deepEqual([withCookie(bad).rcode, withCookie(bad).answers], [0, 1]);
  const told = withCookie(bad, {}, true);
  assert.deepEqual([told.rcode, told.answers], [rcodes.BADCOOKIE, 0]);
  const next = withCookie(told.cookie ?? bad, {}, true);
  assert.deepEqual([next.rcode, next.answers, next.cookie], [0, 1, told.cookie]);
});

test('without secrets there are no cookies', () => {
  const edns = { udpPayloadOctets: 1232, options: [{ code: 10, data: clientCookie }] };
  const found = reply(queryOctets(owner, { edns }), { zones, requiresCookie: true });
  assert.deepEqual([found?.message.answers.length, found && readOpt(found.message)?.options], [1, []]);
});

function optionsOver(transport: 'udp' | 'tcp' | 'tls', codes: readonly number[], data = new Uint8Array(0)) {
  const options = codes.map(code => ({ code, data }));
  const query = queryOctets(owner, { edns: { udpPayloadOctets: 1232, options } });
  const found = reply(query, { zones, client: { transport, address: '192.0.2.7' }, idleSeconds: 12 });
  return {
    octets: found?.octets.length ?? 0,
    rcode: found?.message.rcode,
    opt: found && readOpt(found.message),
  };
}

test('keep-alive is told over TCP to those who ask (RFC 7828)', () => {
  assert.deepEqual(optionsOver('tcp', [11]).opt?.options, [{ code: 11, data: Buffer.of(0, 120) }]);
  assert.deepEqual(optionsOver('udp', [11]).opt?.options, []);
  assert.deepEqual(optionsOver('tcp', []).opt?.options, []);
  assert.equal(optionsOver('tcp', [11], Uint8Array.of(0, 1)).rcode, rcodes.FORMERR);
});

test('answers are padded to 468 octets over TLS to those who pad (RFC 8467)', () => {
  const padded = optionsOver('tls', [12]);
  assert.equal(padded.octets % 468, 0);
  assert.deepEqual([padded.opt?.options.length, optionsOver('tls', []).opt?.options], [1, []]);
  assert.deepEqual([optionsOver('tcp', [12]).opt?.options, optionsOver('udp', [12]).opt?.options], [[], []]);
});

test('root and the longest name are names like others', () => {
  const longest = parseName(`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`);
  assert.equal(ask(longest).rcode, rcodes.REFUSED);
  const many = parseName(Array.from({ length: 127 }, () => 'a').join('.'));
  assert.equal(ask(many).rcode, rcodes.REFUSED);
});

test('a message of more records than any query has is not looked at', () => {
  const record = { name: apex, type: 65_280, class: 1, ttlSeconds: 0, rdata: new Uint8Array(0) };
  const rcodeOf = (additionals: number, opcode: number) => {
    const fields = { opcode, additionals: Array<typeof record>(additionals).fill(record) };
    return ask(owner, { fields }).rcode;
  };
  assert.deepEqual([rcodeOf(16, opcodes.QUERY), rcodeOf(17, opcodes.QUERY)], [0, rcodes.FORMERR]);
  assert.deepEqual(
    [rcodeOf(16, opcodes.NOTIFY), rcodeOf(17, opcodes.NOTIFY)],
    [rcodes.NOTIMP, rcodes.FORMERR],
  );
  // Updates may be long where they are taken.
  assert.equal(rcodeOf(17, opcodes.UPDATE), rcodes.NOTIMP);
});
