import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optRecord } from '../../../dns-keys/edns.ts';
import { newMessage, writeMessage } from '../../../dns-keys/message.ts';
import { queryOctets } from '../answer/queries.ts';
import { hashedOwner, signedAt } from '../zone/key-zones.ts';
import { must, online, openAsking, optionOf, withOptions } from './asking.ts';

const asking = openAsking();
const key = hashedOwner(0, online.apex);
const client = Buffer.from('2464c4abcf10c957', 'hex');
const cookie = (data: Uint8Array) => ({ code: 10, data });
const alone = (data: Uint8Array) =>
  writeMessage(
    newMessage({ id: 7, additionals: [optRecord({ udpPayloadOctets: 1232, options: [cookie(data)] })] }),
  );

async function serverCookie(): Promise<Buffer> {
  return optionOf(must(await asking.udp(withOptions(key, [cookie(client)]))), 'COOKIE') ?? Buffer.alloc(0);
}

test('§5.2.1: without a cookie there is none in the answer', async () => {
  assert.equal(optionOf(must(await asking.udp(queryOctets(key))), 'COOKIE'), null);
});

test('§5.2.2: a cookie of a length that none has is FORMERR', async () => {
  for (const octets of [0, 1, 7, 9, 15, 41, 48])
    assert.equal(
      must(await asking.udp(withOptions(key, [cookie(new Uint8Array(octets))]))).rcode,
      1,
      String(octets),
    );
});

test('§5.2.3: a client’s cookie alone is answered with both, over UDP and TCP, and with the answer', async t => {
  const query = withOptions(key, [cookie(client)]);
  for (const heard of [must(await asking.udp(query)), must((await asking.tcp(t, query))[0])]) {
    assert.deepEqual([heard.rcode, heard.message.answers.length], [0, 1]);
    const data = optionOf(heard, 'COOKIE') ?? Buffer.alloc(0);
    assert.deepEqual([data.length, data.subarray(0, 8)], [24, client]);
  }
});

test('§5.2.4: a bad server cookie is as none, and gets a good one', async () => {
  for (const server of [Buffer.alloc(8), Buffer.alloc(16), Buffer.alloc(32)]) {
    const heard = must(await asking.udp(withOptions(key, [cookie(Buffer.concat([client, server]))])));
    assert.deepEqual([heard.rcode, heard.message.answers.length], [0, 1]);
    assert.deepEqual(optionOf(heard, 'COOKIE'), await serverCookie());
  }
});

test('§5.2.5: a good one comes back', async () => {
  const known = await serverCookie();
  assert.deepEqual(optionOf(must(await asking.udp(withOptions(key, [cookie(known)]))), 'COOKIE'), known);
});

test('§5.2: of several cookies the first counts', async () => {
  const heard = must(await asking.udp(withOptions(key, [cookie(client), cookie(Buffer.alloc(8, 1))])));
  assert.deepEqual(optionOf(heard, 'COOKIE')?.subarray(0, 8), client);
  assert.equal(heard.opt?.options.length, 1);
});

test('§5.4: a query for a cookie alone needs no question', async () => {
  for (const data of [client, await serverCookie()]) {
    const heard = must(await asking.udp(alone(data)));
    assert.deepEqual([heard.rcode, heard.message.questions.length, heard.message.answers.length], [0, 0, 0]);
    assert.equal(optionOf(heard, 'COOKIE')?.length, 24);
  }
});

test('§5.4: one whose server part is bad is BADCOOKIE, with a good one, over UDP and TCP', async t => {
  for (const server of [Buffer.alloc(8), Buffer.alloc(16)]) {
    const query = alone(Buffer.concat([client, server]));
    for (const heard of [must(await asking.udp(query)), must((await asking.tcp(t, query))[0])]) {
      assert.deepEqual([heard.rcode, heard.message.answers.length], [23, 0]);
      assert.deepEqual(optionOf(heard, 'COOKIE'), await serverCookie());
    }
  }
});

test('RFC 9018 §4: version 1, three zeros, the time, a hash of eight octets', async () => {
  const data = await serverCookie();
  assert.deepEqual(data.subarray(8, 12), Buffer.of(1, 0, 0, 0));
  assert.equal(data.readUInt32BE(12), signedAt);
});

test('cookies come with errors, too', async () => {
  for (const name of ['example.com', 'nobody._openpgpkey.example.org'])
    assert.equal(optionOf(must(await asking.udp(withOptions(name, [cookie(client)]))), 'COOKIE')?.length, 24);
});
