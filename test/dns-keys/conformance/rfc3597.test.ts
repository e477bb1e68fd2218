import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryOctets, typesOf } from '../answer/queries.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { must, online, openAsking, unknownData } from './asking.ts';

const asking = openAsking();
const { apex } = online;
const key = hashedOwner(0, apex);

test('§3, §4: data of an unknown type goes as it is, though it looks like a pointer', async () => {
  const heard = must(await asking.udp(queryOctets(hashedOwner('unknown', apex), { type: 65_280 })));
  assert.deepEqual(
    heard.message.answers.map(({ rdata }) => Buffer.from(rdata)),
    [unknownData],
  );
  const none = must(await asking.udp(queryOctets(key, { type: 65_279 })));
  assert.deepEqual([none.rcode, typesOf(none.message.authorities)], [0, ['SOA']]);
});
