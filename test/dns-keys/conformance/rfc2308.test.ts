import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { queryOctets, typesOf } from '../answer/queries.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { must, online, openAsking, presigned } from './asking.ts';

const asking = openAsking();

for (const { apex, mode } of [online, presigned]) {
  test(`§2.1: a name that is not there is NXDOMAIN with the SOA alone (${mode})`, async () => {
    for (const type of [rrTypes.OPENPGPKEY, rrTypes.A, rrTypes.ANY, 65_280]) {
      const heard = must(await asking.udp(queryOctets(childName('nobody', apex), { type })));
      const { answers, authorities, isAuthoritative } = heard.message;
      assert.deepEqual([heard.rcode, answers.length, typesOf(authorities)], [3, 0, ['SOA']]);
      assert.equal(isAuthoritative, true);
      assert.deepEqual(authorities[0]?.name, apex);
    }
  });

  test(`§2.2: a type that is not there is NOERROR with the SOA alone (${mode})`, async () => {
    for (const name of [apex, hashedOwner(0, apex)]) {
      const heard = must(await asking.udp(queryOctets(name, { type: rrTypes.MX })));
      const { answers, authorities } = heard.message;
      assert.deepEqual([heard.rcode, answers.length, typesOf(authorities)], [0, 0, ['SOA']]);
    }
  });

  test(`§3, §5, RFC 9077 §3: the TTL of the SOA, its signature and the denial is the lesser of both (${mode})`, async () => {
    const asked = { type: rrTypes.MX, edns: { udpPayloadOctets: 1232, isDnssecOk: true } };
    for (const name of [hashedOwner(0, apex), childName('nobody', apex)]) {
      const { message } = must(await asking.udp(queryOctets(name, asked)));
      assert.ok(message.authorities.length >= 4);
      assert.deepEqual([...new Set(message.authorities.map(({ ttlSeconds }) => ttlSeconds))], [900]);
    }
  });
}
