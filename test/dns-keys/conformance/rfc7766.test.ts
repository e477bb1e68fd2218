import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { queryOctets } from '../answer/queries.ts';
import { framed } from '../server/open-server.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { must, online, openAsking, optionOf, withOptions } from './asking.ts';

const asking = openAsking({ idleSeconds: 0.4 });
const { apex } = online;
const key = hashedOwner(0, apex);
const keepalive = (data = new Uint8Array(0)) => withOptions(key, [{ code: 11, data }]);

test('§6.2.1: one connection serves query after query', async t => {
  const { socket, next } = await asking.stream(t);
  for (let id = 1; id < 5; id += 1) {
    socket.write(framed(queryOctets(key, { fields: { id } })));
    assert.equal((await next())?.readUInt16BE(0), id);
  }
});

test('§6.2.1.1: queries sent together are all answered', async t => {
  const queries = Array.from({ length: 300 }, (_, id) => queryOctets(key, { fields: { id } }));
  const heard = await asking.tcp(t, ...queries);
  assert.deepEqual(
    heard.map(({ message }) => message.id),
    [...queries.keys()],
  );
});

test('§6.2.3: an idle connection is closed, and no answer is lost by it', async t => {
  const { socket, next, closed } = await asking.stream(t);
  socket.write(framed(queryOctets(key)));
  assert.ok(await next());
  await closed;
});

test('§6.2.4: a client that closes its side gets what it asked for', async t => {
  assert.equal((await asking.tcp(t, queryOctets(key), queryOctets(apex, { type: rrTypes.SOA }))).length, 2);
});

test('§8: the length may come in pieces; half a message is no message', async t => {
  const { socket, next } = await asking.stream(t);
  socket.setNoDelay(true);
  const octets = framed(queryOctets(key));
  for (const part of [octets.subarray(0, 1), octets.subarray(1, 3), octets.subarray(3)]) {
    socket.write(part);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  assert.ok(await next());
  const half = await asking.stream(t);
  half.socket.end(octets.subarray(0, octets.length - 1));
  assert.equal(await half.next(), null);
});

test('§8: FORMERR, BADVERS and REFUSED leave the connection open', async t => {
  const bad = Buffer.concat([queryOctets(key), Buffer.of(0)]);
  const later = queryOctets(key, { edns: { udpPayloadOctets: 1232, version: 1 } });
  const heard = await asking.tcp(t, bad, later, queryOctets('example.com'), queryOctets(key));
  assert.deepEqual(
    heard.map(({ rcode }) => rcode),
    [1, 16, 5, 0],
  );
});

test('RFC 7828 §3.3.2: over TCP the idle time is told to who asks, over UDP never', async t => {
  const [told, untold] = await asking.tcp(t, keepalive(), queryOctets(key));
  assert.equal(optionOf(must(told), 'KEEPALIVE')?.readUInt16BE(), 4);
  assert.equal(optionOf(must(untold), 'KEEPALIVE'), null);
  const udp = must(await asking.udp(keepalive()));
  assert.deepEqual([udp.rcode, optionOf(udp, 'KEEPALIVE')], [0, null]);
});

test('RFC 7828 §3.3.1: over UDP a keep-alive is ignored, whatever it says', async () => {
  for (const data of [Buffer.of(0, 1), Buffer.of(1), Buffer.alloc(20)]) {
    const heard = must(await asking.udp(keepalive(data)));
    assert.deepEqual([heard.rcode, heard.message.answers.length, optionOf(heard, 'KEEPALIVE')], [0, 1, null]);
  }
});

test('RFC 7828 §3.2.1: over TCP a client gives no timeout', async t => {
  for (const data of [Buffer.of(0, 1), Buffer.of(1)])
    assert.equal(must((await asking.tcp(t, keepalive(data)))[0]).rcode, 1);
});

test('RFC 7830 §6: nothing is padded in the clear', async t => {
  const padded = withOptions(key, [{ code: 12, data: new Uint8Array(100) }]);
  for (const heard of [must(await asking.udp(padded)), must((await asking.tcp(t, padded))[0])])
    assert.equal(optionOf(heard, 'PADDING'), null);
});
