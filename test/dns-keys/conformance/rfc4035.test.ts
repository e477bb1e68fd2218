import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childName, equalNames, type Name } from '../../../dns-keys/name.ts';
import { decodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import type { Zone } from '../../../dns-keys/zone/zone.ts';
import { dnssecOk, queryOctets, typesOf } from '../answer/queries.ts';
import { verifyRecordSet } from '../dnssec/verify.ts';
import { hashedOwner, signedAt } from '../zone/key-zones.ts';
import { type Heard, must, online, openAsking, presigned, withFlags } from './asking.ts';

const asking = openAsking();

/** Checks the signature of each set of a section, and that each has one. */
function verifySection(zone: Zone, records: Heard['message']['answers']): void {
  const dnskeys = zone.get(zone.apex, rrTypes.DNSKEY)?.rdatas ?? [];
  const signatures = records.filter(({ type }) => type === rrTypes.RRSIG);
  const covered = (rdata: Uint8Array) => decodeData(rrTypes.RRSIG, rdata).typeCovered;
  for (const { name, type } of records.filter(record => record.type !== rrTypes.RRSIG)) {
    const set = records.filter(record => record.type === type && equalNames(record.name, name));
    const own = signatures.filter(record => equalNames(record.name, name) && covered(record.rdata) === type);
    assert.equal(own.length, 1);
    assert.deepEqual(own[0]?.ttlSeconds, set[0]?.ttlSeconds, 'RFC 4034 §3: TTL of the set');
    const ttlSeconds = set[0]?.ttlSeconds ?? 0;
    const whole = { owner: name, type, ttlSeconds, rdatas: set.map(({ rdata }) => rdata), signatures: [] };
    assert.equal(
      verifyRecordSet(whole, own[0]?.rdata ?? new Uint8Array(0), { apex: zone.apex, dnskeys, now: signedAt }),
      'valid',
    );
  }
}

async function ask(name: Name, type: number, isDnssecOk = true): Promise<Heard> {
  const edns = isDnssecOk ? { ...dnssecOk, udpPayloadOctets: 4096 } : { udpPayloadOctets: 4096 };
  return must(await asking.udp(queryOctets(name, { type, edns })));
}

for (const zone of [online, presigned]) {
  const { apex, mode } = zone;
  const key = hashedOwner(0, apex);

  test(`§3.1: without DO there is no record of DNSSEC but those asked for (${mode})`, async () => {
    for (const [name, type, wanted] of [
      [key, rrTypes.OPENPGPKEY, ['OPENPGPKEY']],
      [apex, rrTypes.DNSKEY, ['DNSKEY']],
      [key, rrTypes.A, ['SOA']],
      [childName('nobody', apex), rrTypes.A, ['SOA']],
    ] as const) {
      const { answers, authorities } = (await ask(name, type, false)).message;
      assert.deepEqual(typesOf([...answers, ...authorities]), wanted);
    }
  });

  test(`§3.1.1: each set of an answer has its signature behind it (${mode})`, async () => {
    for (const [name, type] of [
      [key, rrTypes.OPENPGPKEY],
      [apex, rrTypes.SOA],
      [apex, rrTypes.NS],
      [apex, rrTypes.DNSKEY],
    ] as const) {
      const { answers, authorities } = (await ask(name, type)).message;
      assert.deepEqual([answers.length, authorities.length], [2, 0]);
      verifySection(zone, answers);
    }
  });

  test(`§3.1.3: denials are signed, too (${mode})`, async () => {
    for (const name of [
      key,
      apex,
      childName('nobody', apex),
      childName('a', childName('nobody', apex)),
      childName('below', key),
      childName('*', apex),
    ]) {
      const { answers, authorities } = (await ask(name, rrTypes.A)).message;
      assert.equal(answers.length, 0);
      verifySection(zone, authorities);
    }
  });

  test(`§3.1.4.1: DS of the apex is not ours to tell: NODATA from below the cut (${mode})`, async () => {
    const heard = await ask(apex, rrTypes.DS);
    assert.deepEqual(
      [heard.rcode, heard.message.isAuthoritative, heard.message.answers.length],
      [0, true, 0],
    );
  });

  test(`§3.1.6: AD and CD of the query are cleared (${mode})`, async () => {
    const query = withFlags(queryOctets(key, { edns: dnssecOk }), 0x0030);
    assert.equal(must(await asking.udp(query)).octets.readUInt16BE(2), 0x8400);
  });

  test(`§3.1: RRSIG may be asked for (${mode})`, async () => {
    const { answers } = (await ask(key, rrTypes.RRSIG)).message;
    assert.deepEqual(typesOf(answers), ['RRSIG']);
  });
}

test('§3.1.1: a signature that has no room makes the answer truncated', async () => {
  const edns = { udpPayloadOctets: 560, isDnssecOk: true };
  const { message } = must(await asking.udp(queryOctets(hashedOwner(0, online.apex), { edns })));
  assert.deepEqual([message.isTruncated, message.answers.length], [true, 0]);
});
