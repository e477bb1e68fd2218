import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optRecord } from '../../../dns-keys/edns.ts';
import { nameText } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { queryOctets } from '../answer/queries.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { must, online, openAsking, withOptions, withOpts } from './asking.ts';

const asking = openAsking();
const { apex } = online;
const key = hashedOwner(0, apex);
const opt = optRecord({ udpPayloadOctets: 1232 });

test('§7: an answer has OPT where the query has it, and only there', async () => {
  for (const name of [key, apex, 'nobody._openpgpkey.example.org', 'example.com']) {
    assert.equal(must(await asking.udp(queryOctets(name, { edns: false }))).opt, null);
    const { opt: found } = must(await asking.udp(queryOctets(name)));
    assert.deepEqual([found?.udpPayloadOctets, found?.version], [1232, 0]);
  }
});

test('§6.1.1: two OPT, one of another owner, and one in another section are FORMERR', async () => {
  const name = nameText(key);
  const faults = [
    { additionals: [opt, opt] },
    { additionals: [{ ...opt, name: apex }] },
    { authorities: [opt] },
    { answers: [opt] },
  ];
  for (const fields of faults) assert.equal(must(await asking.udp(withOpts(name, fields))).rcode, 1);
});

test('§6.1.1: OPT may stand behind other records', async () => {
  const record = { name: key, type: rrTypes.A, class: 1, ttlSeconds: 0, rdata: Buffer.of(192, 0, 2, 1) };
  const heard = must(await asking.udp(withOpts(nameText(key), { additionals: [record, opt] })));
  assert.deepEqual([heard.rcode, heard.opt?.version], [0, 0]);
});

test('§6.1.2: options that nobody knows are left aside, however many and long', async t => {
  const many = Array.from({ length: 250 }, (_, code) => ({ code: 60_000 + code, data: new Uint8Array(0) }));
  for (const options of [
    many,
    [{ code: 3, data: new Uint8Array(0) }],
    [{ code: 8, data: Buffer.from('0001180010e5', 'hex') }],
  ]) {
    const heard = must(await asking.udp(withOptions(key, options)));
    assert.deepEqual([heard.rcode, heard.message.answers.length, heard.opt?.options], [0, 1, []]);
  }
  const [long] = await asking.tcp(t, withOptions(key, [{ code: 65_001, data: new Uint8Array(65_000) }]));
  assert.equal(must(long).message.answers.length, 1);
});

test('§6.1.2: options that do not end with OPT are FORMERR', async () => {
  for (const rdata of [Buffer.of(0), Buffer.of(0, 3, 0), Buffer.of(0, 3, 0, 1), Buffer.of(0, 3, 0, 0, 1)])
    assert.equal(
      must(await asking.udp(withOpts(nameText(key), { additionals: [{ ...opt, rdata }] }))).rcode,
      1,
    );
});

test('§6.1.3: later versions get BADVERS with version 0, and their options are not read', async () => {
  for (const version of [1, 2, 255]) {
    const record = { ...optRecord({ udpPayloadOctets: 1232, version }), rdata: Buffer.of(1, 2, 3) };
    const heard = must(await asking.udp(withOpts(nameText(key), { additionals: [record] })));
    assert.deepEqual([heard.rcode, heard.opt?.version, heard.message.answers.length], [16, 0, 0]);
  }
});

test('§6.1.4: DO comes back, other flags do not', async () => {
  const flags = (ttlSeconds: number) => withOpts(nameText(key), { additionals: [{ ...opt, ttlSeconds }] });
  for (const [asked, wanted] of [
    [0, 0],
    [0x8000, 0x8000],
    [0x3fff, 0],
    [0xbfff, 0x8000],
  ] as const) {
    const { message } = must(await asking.udp(flags(asked)));
    assert.equal(message.additionals.at(-1)?.ttlSeconds, wanted);
  }
});

test('§6.2.3, §6.2.5: sizes below 512 count as 512; no UDP answer is over 1,232 octets', async () => {
  for (const udpPayloadOctets of [0, 1, 511, 512]) {
    const asked = { type: rrTypes.SOA, edns: { udpPayloadOctets, isDnssecOk: true } };
    assert.equal(must(await asking.udp(queryOctets(apex, asked))).message.isTruncated, false);
    const signed = must(await asking.udp(queryOctets(key, { edns: { udpPayloadOctets, isDnssecOk: true } })));
    assert.deepEqual([signed.message.isTruncated, signed.message.answers.length], [true, 0]);
    assert.notEqual(signed.opt, null);
  }
  const large = must(
    await asking.udp(queryOctets(hashedOwner('large', apex), { edns: { udpPayloadOctets: 65_535 } })),
  );
  assert.ok(large.octets.length <= 1232);
  assert.equal(large.message.isTruncated, true);
});
