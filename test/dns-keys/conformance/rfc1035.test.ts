import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameText, parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { queryOctets, typesOf } from '../answer/queries.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { must, online, openAsking, rawMessage, withFlags } from './asking.ts';

const asking = openAsking();
const { apex } = online;
const key = hashedOwner(0, apex);
const soa = Buffer.concat([apex, Buffer.of(0, rrTypes.SOA, 0, 1)]);

test('§4.1.1: id, opcode and RD come back; QR and AA are set; RA, Z and the rest are clear', async () => {
  const { octets } = must(await asking.udp(withFlags(queryOctets(key), 0x0170)));
  assert.equal(octets.readUInt16BE(0), 4711);
  assert.equal(octets.readUInt16BE(2), 0x8500);
  const other = must(await asking.udp(withFlags(queryOctets(key), 0x1170)));
  assert.equal(other.octets.readUInt16BE(2), 0x9104, 'STATUS: NOTIMP, no authority');
});

test('§4.1.1: a query that claims AA, TC, RA or an RCODE is a query like others', async () => {
  const heard = must(await asking.udp(withFlags(queryOctets(key), 0x068f)));
  assert.deepEqual([heard.rcode, heard.message.answers.length], [0, 1]);
});

test('§4.1.1: every opcode but QUERY is not implemented', async () => {
  for (let opcode = 1; opcode < 16; opcode += 1)
    assert.equal(must(await asking.udp(withFlags(queryOctets(key), opcode << 11))).rcode, 4, String(opcode));
});

test('§4.1.2, RFC 9619 §4: one question, no more and no less', async () => {
  for (const [count, parts] of [
    [0, []],
    [2, [soa, soa]],
    [65_535, [soa]],
    [1, []],
  ] as const)
    assert.equal(must(await asking.udp(rawMessage([count, 0, 0, 0], ...parts))).rcode, 1, String(count));
});

test('§4.1.4: the question of an answer is the question asked, octet by octet; owners point to it', async () => {
  const mixed = parseName(nameText(key).replaceAll(/[a-z]/g, letter => letter.toUpperCase()));
  const query = queryOctets(mixed, { edns: false });
  const { octets } = must(await asking.udp(query));
  assert.deepEqual(octets.subarray(12, query.length), query.subarray(12));
  assert.equal(octets.readUInt16BE(query.length), 0xc00c);
});

test('§4.1.4: names in a question lead nowhere else, and end', async () => {
  const names = {
    'pointer to itself': [0xc0, 0x0c],
    'pointer forward': [0xc0, 0x20],
    'label type 01': [0x41, 0x61, 0],
    'label type 10': [0x81, 0x61, 0],
    'name of 256 octets': [
      ...Array(4)
        .fill([63, ...Array(63).fill(0x61)])
        .flat(),
      0,
    ],
    'no end': [1, 0x61],
  };
  for (const [what, name] of Object.entries(names)) {
    const message = rawMessage([1, 0, 0, 0], Buffer.from(name), Buffer.of(0, 1, 0, 1));
    const { rcode, message: answer } = must(
      await asking.udp(what === 'no end' ? message.subarray(0, 14) : message),
    );
    assert.deepEqual([rcode, answer.questions.length], [1, 0], what);
  }
});

test('§2.3.4: a name of 255 octets is a name', async () => {
  const name = longName(255 - apex.length);
  assert.equal(name.length, 255);
  assert.equal(must(await asking.udp(queryOctets(name, { edns: false }))).rcode, 3);
});

/** Labels of so many octets in front of the apex. */
function longName(room: number): Buffer {
  const labels: Buffer[] = [];
  for (let left = room; left > 0; ) {
    const octets = left > 64 ? Math.min(64, left - 2) : left;
    labels.push(Buffer.of(octets - 1), Buffer.alloc(octets - 1, 0x61));
    left -= octets;
  }
  return Buffer.concat([...labels, apex]);
}

test('§4.2.1: UDP answers without EDNS have at most 512 octets, and say when that is not all', async () => {
  const heard = must(await asking.udp(queryOctets(hashedOwner('large', apex), { edns: false })));
  assert.ok(heard.octets.length <= 512);
  assert.deepEqual([heard.message.isTruncated, heard.message.answers.length, heard.rcode], [true, 0, 0]);
});

test('§4.2.2: over TCP the same answer is whole', async t => {
  const [heard] = await asking.tcp(t, queryOctets(hashedOwner('large', apex), { edns: false }));
  assert.equal(must(heard).message.answers[0]?.rdata.length, 50_000);
  assert.equal(must(heard).message.isTruncated, false);
});

test('§4.1: octets behind the message, records that it has not, and sections that a query has not, are faults', async () => {
  const query = queryOctets(key, { edns: false });
  const record = Buffer.from('00000100010000000000 04c0000201'.replaceAll(' ', ''), 'hex');
  const counted = (index: number) => {
    const octets = Buffer.from(query);
    octets.writeUInt16BE(1, 6 + 2 * index);
    return octets;
  };
  for (const octets of [
    Buffer.concat([query, Buffer.of(0)]),
    ...[0, 1, 2].map(counted),
    ...[0, 1].map(index => Buffer.concat([counted(index), record])),
  ])
    assert.equal(must(await asking.udp(octets)).rcode, 1);
});

test('§7.3: what is an answer is never answered, so that two servers never talk for ever', async () => {
  const { octets } = must(await asking.udp(queryOctets(key)));
  assert.equal(await asking.udp(octets), null);
  assert.equal(await asking.udp(octets.subarray(0, 12)), null);
  assert.equal(await asking.udp(octets.subarray(0, 11)), null);
  assert.equal(await asking.udp(Buffer.alloc(0)), null);
});

test('§3.2.3, §3.2.4: classes and types that are no data', async () => {
  for (const questionClass of [0, 2, 3, 4, 254, 255, 0x8001])
    assert.equal(must(await asking.udp(queryOctets(key, { class: questionClass }))).rcode, 5);
  for (const [type, rcode] of [
    [252, 5],
    [251, 5],
    [253, 4],
    [254, 4],
    [41, 1],
    [249, 1],
    [0, 0],
  ] as const)
    assert.equal(must(await asking.udp(queryOctets(key, { type }))).rcode, rcode, String(type));
});

test('§4.3.1 of RFC 1034: no recursion, no referral, nothing about other zones, no banner', async () => {
  for (const name of ['example.org', 'org', '.', 'a.root-servers.net', 'x_openpgpkey.example.org']) {
    const heard = must(await asking.udp(queryOctets(name, { type: rrTypes.A })));
    const { answers, authorities, isAuthoritative } = heard.message;
    assert.deepEqual(
      [heard.rcode, answers.length + authorities.length, isAuthoritative],
      [5, 0, false],
      name,
    );
  }
  for (const name of ['version.bind', 'version.server', 'id.server', 'hostname.bind', 'authors.bind'])
    assert.equal(must(await asking.udp(queryOctets(name, { type: rrTypes.TXT, class: 3 }))).rcode, 5, name);
});

test('RFC 4343 §4.1: letters of QNAME compare whatever their case', async () => {
  const mixed = Buffer.from(nameText(apex).replace('example', 'eXaMpLe'));
  const { message } = must(await asking.udp(queryOctets(mixed.toString(), { type: rrTypes.SOA })));
  assert.deepEqual(typesOf(message.answers), ['SOA']);
});
