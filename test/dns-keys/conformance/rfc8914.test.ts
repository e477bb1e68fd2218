import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryOctets } from '../answer/queries.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { must, online, openAsking, optionOf, withFlags } from './asking.ts';

const asking = openAsking();
const key = hashedOwner(0, online.apex);

test('§4: why there is no answer is told by number, with no text', async () => {
  for (const [query, info] of [
    [queryOctets('example.com'), 20],
    [queryOctets(key, { class: 3 }), 20],
    [withFlags(queryOctets(key), 0x1000), 21],
    [queryOctets(key, { type: 128 }), 30],
  ] as const)
    assert.deepEqual(optionOf(must(await asking.udp(query)), 'ERROR'), Buffer.of(0, info));
});

test('§3: not where all is well, nor to who has no EDNS', async () => {
  for (const query of [
    queryOctets(key),
    queryOctets('nobody._openpgpkey.example.org'),
    queryOctets('example.com', { edns: false }),
  ])
    assert.equal(optionOf(must(await asking.udp(query)), 'ERROR'), null);
});
