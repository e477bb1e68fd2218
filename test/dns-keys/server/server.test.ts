import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { parseMessage, rcodes } from '../../../dns-keys/message.ts';
import { nameText } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import type { DnsServerSettings } from '../../../dns-keys/server/server.ts';
import { poll } from '../../support/poll.ts';
import { makePair } from '../../support/server-certificate.ts';
import { requireService } from '../../support/services.ts';
import { dnssecOk, queryOctets, tableOf, typesOf } from '../answer/queries.ts';
import { hashedOwner, keyOctets, keyZone, recordSet } from '../zone/key-zones.ts';
import { framed, kdigOutput, openServer, streamClient, udpClient } from './open-server.ts';

const online = keyZone({
  keys: 40,
  more: apex => [recordSet(hashedOwner('large', apex), rrTypes.OPENPGPKEY, keyOctets('large', 50_000))],
});
const zones = tableOf(online);
const { apex } = online;
const owner = hashedOwner(0, apex);
const large = hashedOwner('large', apex);

test('UDP and TCP of one free port answer the same', async t => {
  const { port } = await openServer(t, { zones });
  const udp = await udpClient(t, port);
  udp.send(queryOctets(owner, { edns: dnssecOk }));
  const byUdp = await udp.next();
  const tcp = await streamClient(t, port);
  tcp.socket.write(framed(queryOctets(owner, { edns: dnssecOk })));
  assert.deepEqual(await tcp.next(), byUdp);
  assert.deepEqual(typesOf(parseMessage(byUdp ?? Buffer.alloc(0)).answers), ['OPENPGPKEY', 'RRSIG']);
});

test('each address answers from itself, IPv4 and IPv6', async t => {
  const addresses = ['127.0.0.1', '127.0.0.2', '::1'].map(address => ({ address, port: 0 }));
  const server = await openServer(t, { zones, addresses });
  assert.equal(new Set(server.addresses.map(({ port }) => port)).size, 1);
  for (const { address, port } of server.addresses) {
    const client = await udpClient(t, port, address);
    client.send(queryOctets(owner));
    assert.ok(await client.next(), address);
  }
});

test('an answer to the wildcard address leaves from the address that was asked', async t => {
  const { port } = await openServer(t, { zones, addresses: [{ address: '0.0.0.0', port: 0 }] });
  const client = await udpClient(t, port);
  client.send(queryOctets(owner));
  assert.ok(await client.next());
});

test('queries in one segment, and a query in many, are answered in order', async t => {
  const { port, metrics } = await openServer(t, { zones });
  const { socket, next } = await streamClient(t, port);
  const queries = Array.from({ length: 200 }, (_, id) =>
    queryOctets(hashedOwner(id % 40, apex), { fields: { id } }),
  );
  socket.write(framed(...queries));
  for (const id of queries.keys()) assert.equal(parseMessage((await next()) ?? Buffer.alloc(0)).id, id);
  socket.setNoDelay(true);
  for (const octet of framed(queryOctets(owner, { fields: { id: 4000 } }))) {
    socket.write(Buffer.of(octet));
    await new Promise(setImmediate);
  }
  assert.equal(parseMessage((await next()) ?? Buffer.alloc(0)).id, 4000);
  assert.equal(metrics.queriesTcp, 201);
});

test('many queries that need a signature each are answered, over TCP and UDP', async t => {
  const { port, metrics } = await openServer(t, { zones: tableOf(keyZone({ keys: 1 })) });
  const absent = (id: number) =>
    queryOctets(hashedOwner(`absent ${id}`, apex), { edns: dnssecOk, fields: { id } });
  const { socket, next } = await streamClient(t, port);
  socket.write(framed(...Array.from({ length: 100 }, (_, id) => absent(id))));
  for (let id = 0; id < 100; id += 1) assert.equal(parseMessage((await next()) ?? Buffer.alloc(0)).id, id);
  const udp = await udpClient(t, port);
  for (let id = 100; id < 150; id += 1) udp.send(absent(id));
  const ids = new Set<number>();
  while (ids.size < 50) ids.add(parseMessage((await udp.next()) ?? Buffer.alloc(0)).id);
  assert.deepEqual([metrics.signatures, metrics.putOff], [150, 50]);
});

test('a question over UDP does not wait for all that is asked at once over TCP', async t => {
  const { port, metrics } = await openServer(t, { zones });
  const clients = await Promise.all(Array.from({ length: 20 }, () => streamClient(t, port)));
  const queries = framed(...Array.from({ length: 700 }, () => queryOctets(owner, { edns: false })));
  for (const { socket } of clients) socket.write(queries);
  await poll('the first to be answered', () => (metrics.queriesTcp > 0 ? true : undefined));
  const udp = await udpClient(t, port);
  udp.send(queryOctets(owner));
  assert.ok(await udp.next());
  assert.ok(metrics.queriesTcp < 7000, String(metrics.queriesTcp));
  for (const { next } of clients) for (let count = 0; count < 700; count += 1) assert.ok(await next());
  assert.equal(metrics.queriesTcp, 14_000);
});

test('keys that are still to be signed do not wait for denials that are', async t => {
  const [absents, keys] = [150, 10];
  const { port } = await openServer(t, { zones: tableOf(keyZone({ keys })) });
  const udp = await udpClient(t, port);
  const ask = (seed: string | number, id: number) =>
    udp.send(queryOctets(hashedOwner(seed, apex), { edns: dnssecOk, fields: { id } }));
  for (let id = 0; id < absents; id += 1) ask(`absent ${id}`, id);
  for (let key = 0; key < keys; key += 1) ask(key, absents + key);
  const order: number[] = [];
  while (order.length < absents + keys) order.push(parseMessage((await udp.next()) ?? Buffer.alloc(0)).id);
  const last = order.findLastIndex(id => id >= absents);
  assert.ok(last < absents / 2, `the last key is answer ${last}`);
});

test('a client that ends its side still gets its answers', async t => {
  const { port } = await openServer(t, { zones });
  const { socket, next, closed } = await streamClient(t, port);
  socket.end(framed(queryOctets(large), queryOctets(owner)));
  assert.equal(parseMessage((await next()) ?? Buffer.alloc(0)).answers[0]?.rdata.length, 50_000);
  assert.ok(await next());
  await closed;
});

test('a client that does not read is read from no longer, and in the end closed', async t => {
  const { port, metrics } = await openServer(t, { zones, idleSeconds: 0.4 });
  const { socket, closed } = await streamClient(t, port);
  socket.pause();
  const queries = framed(...Array.from({ length: 1000 }, () => queryOctets(large)));
  for (let count = 0; count < 50; count += 1) socket.write(queries);
  await poll('the server to close', () => (metrics.connectionsIdled === 1 ? true : undefined));
  // 50 kB an answer: kernel buffers and 64 kB of our own, far from 50,000 answers.
  assert.ok(metrics.queriesTcp < 1000, String(metrics.queriesTcp));
  socket.resume();
  await closed;
});

test('idle connections, and those that never end a query, are closed', async t => {
  const { port, metrics } = await openServer(t, { zones, idleSeconds: 0.2 });
  const silent = await streamClient(t, port);
  const slow = await streamClient(t, port);
  const drip = setInterval(() => slow.socket.write(Buffer.of(255)), 20);
  await Promise.all([silent.closed, slow.closed]);
  clearInterval(drip);
  assert.equal(metrics.connectionsIdled, 2);
});

test('what is no DNS is closed over TCP', async t => {
  const { port } = await openServer(t, { zones });
  const { socket, next } = await streamClient(t, port);
  socket.write(Buffer.of(0, 3, 1, 2, 3));
  assert.equal(await next(), null);
});

test('connections are limited per address and in all', async t => {
  const perAddress = await openServer(t, { zones, connections: { perAddress: 2 } });
  const first = await streamClient(t, perAddress.port);
  await streamClient(t, perAddress.port);
  assert.equal(await (await streamClient(t, perAddress.port)).next(), null);
  first.socket.write(framed(queryOctets(owner)));
  assert.ok(await first.next());
  const inAll = await openServer(t, { zones, connections: { total: 2 } });
  const oldest = await streamClient(t, inAll.port);
  const more = [await streamClient(t, inAll.port), await streamClient(t, inAll.port)];
  await oldest.closed;
  for (const client of more) {
    client.socket.write(framed(queryOctets(owner)));
    assert.ok(await client.next());
  }
  assert.equal(inAll.metrics.connections, 2);
});

test('an exception over one query is SERVFAIL, and told', async t => {
  const faults: unknown[] = [];
  const zone = keyZone({ keys: 1 });
  zone.signer = {
    validSeconds: 10,
    sign() {
      throw new Error('no key');
    },
  };
  const { port, metrics } = await openServer(t, {
    zones: tableOf(zone),
    onFault: error => faults.push(error),
  });
  const udp = await udpClient(t, port);
  const tcp = await streamClient(t, port);
  udp.send(queryOctets(owner, { edns: dnssecOk }));
  tcp.socket.write(framed(queryOctets(owner, { edns: dnssecOk })));
  for (const client of [udp, tcp]) {
    const message = parseMessage((await client.next()) ?? Buffer.alloc(0));
    assert.deepEqual([message.rcode, message.answers], [rcodes.SERVFAIL, []]);
  }
  assert.deepEqual([faults.length, metrics.faults], [2, 2]);
});

test('networks that ask too much are limited over UDP, every second answer cut short', async t => {
  const rateLimit = { perSecond: 10, seed: 1 };
  const { port, metrics } = await openServer(t, {
    zones,
    rateLimit,
    cookieSecrets: () => [Buffer.alloc(16, 1)],
  });
  const udp = await udpClient(t, port);
  const answers: { isTruncated: boolean }[] = [];
  for (let count = 0; count < 30; count += 1) udp.send(queryOctets(owner));
  while (answers.length < 20) answers.push(parseMessage((await udp.next()) ?? Buffer.alloc(0)));
  assert.equal(answers.filter(({ isTruncated }) => isTruncated).length, 10);
  assert.deepEqual([metrics.rateDropped, metrics.rateTruncated], [10, 10]);
  await cookieGoesOn(udp);
  const tcp = await streamClient(t, port);
  tcp.socket.write(framed(queryOctets(owner)));
  assert.equal(parseMessage((await tcp.next()) ?? Buffer.alloc(0)).isTruncated, false);
});

test('answers over UDP that others give are limited as all are', async t => {
  const { port, metrics } = await openServer(t, {
    zones,
    rateLimit: { perSecond: 10, seed: 1 },
    hooks: {
      onNotify: async query => Buffer.concat([query.subarray(0, 2), Buffer.of(0xa4, 5), query.subarray(4)]),
    },
  });
  const udp = await udpClient(t, port);
  const notify = queryOctets(apex, { type: rrTypes.SOA, fields: { opcode: 4 } });
  for (let count = 0; count < 30; count += 1) udp.send(notify);
  const answers: { isTruncated: boolean }[] = [];
  while (answers.length < 20) answers.push(parseMessage((await udp.next()) ?? Buffer.alloc(0)));
  assert.equal(answers.filter(({ isTruncated }) => isTruncated).length, 10);
  assert.deepEqual([metrics.rateDropped, metrics.rateTruncated], [10, 10]);
});

test('answers to those who prove to be known are not limited', async t => {
  const { port, metrics } = await openServer(t, {
    zones,
    rateLimit: { perSecond: 10, seed: 1 },
    hooks: {
      onSigned(_query, peer, answer) {
        peer.onVerified?.();
        return answer(queryOctets(owner), 0);
      },
    },
  });
  const tsig = { name: apex, type: rrTypes.TSIG, class: 255, ttlSeconds: 0, rdata: new Uint8Array(30) };
  const udp = await udpClient(t, port);
  const signed = queryOctets(owner, { fields: { additionals: [tsig] } });
  for (let count = 0; count < 30; count += 1) udp.send(signed);
  for (let count = 0; count < 30; count += 1)
    assert.equal(parseMessage((await udp.next()) ?? Buffer.alloc(0)).isTruncated, false);
  assert.deepEqual([metrics.rateDropped, metrics.rateTruncated], [0, 0]);
});

test('a NOTIFY or UPDATE that is damaged is FORMERR, over UDP and TCP', async t => {
  const { port } = await openServer(t, {
    zones,
    hooks: { onNotify: () => null, onUpdate: async () => null },
  });
  const udp = await udpClient(t, port);
  const tcp = await streamClient(t, port);
  for (const opcode of [4, 5]) {
    const query = queryOctets(apex, { type: rrTypes.SOA, fields: { opcode, id: opcode } });
    udp.send(query);
    tcp.socket.write(framed(query));
    for (const client of [udp, tcp]) {
      const { id, rcode } = parseMessage((await client.next()) ?? Buffer.alloc(0));
      assert.deepEqual([id, rcode], [opcode, rcodes.FORMERR]);
    }
  }
});

/** Whoever shows a good cookie is no forgery. */
async function cookieGoesOn(udp: Awaited<ReturnType<typeof udpClient>>): Promise<void> {
  const ask = async (cookie: Uint8Array) => {
    udp.send(queryOctets(owner, { edns: { udpPayloadOctets: 1232, options: [{ code: 10, data: cookie }] } }));
    return udp.next(300);
  };
  let found: Buffer | null = null;
  while (found === null) found = await ask(Buffer.alloc(8, 1));
  const cookie = parseMessage(found).additionals[0]?.rdata.subarray(4) ?? Buffer.alloc(0);
  for (let count = 0; count < 5; count += 1)
    assert.equal(parseMessage((await ask(cookie)) ?? Buffer.alloc(0)).isTruncated, false);
}

test('transfers, NOTIFY, UPDATE and TSIG go to those who take them', async t => {
  const seen: string[] = [];
  const replyTo = (query: Uint8Array) => {
    const reply = Buffer.from(query);
    reply[2] = (reply[2] ?? 0) | 0x80;
    return reply;
  };
  const { port } = await openServer(t, {
    zones,
    hooks: {
      async *onTransfer(query, peer) {
        seen.push(`transfer ${peer.transport}`);
        for (let count = 0; count < 40; count += 1)
          yield Buffer.concat([replyTo(query), Buffer.alloc(30_000)]);
      },
      onNotify: async (query, peer) => {
        seen.push(`notify ${peer.transport} ${peer.address}`);
        return replyTo(query);
      },
      onSigned: (query, _peer, answer) => {
        seen.push('signed');
        const plain = queryOctets(owner, { fields: { id: query[1] ?? 0 } });
        return answer(plain, 800);
      },
    },
  });
  const tsig = { name: apex, type: rrTypes.TSIG, class: 255, ttlSeconds: 0, rdata: new Uint8Array(30) };
  const { socket, next } = await streamClient(t, port);
  socket.write(
    framed(
      queryOctets(apex, { type: rrTypes.AXFR }),
      queryOctets(owner, { fields: { id: 77 } }),
      queryOctets(apex, { type: rrTypes.SOA, fields: { opcode: 4, id: 78 } }),
      queryOctets(apex, { type: rrTypes.SOA, fields: { opcode: 5, id: 79 } }),
      queryOctets(owner, { fields: { additionals: [tsig], id: 80 } }),
    ),
  );
  for (let count = 0; count < 40; count += 1) assert.equal((await next())?.readUInt16BE(0), 4711);
  for (const id of [77, 78, 79, 80]) assert.equal((await next())?.readUInt16BE(0), id);
  assert.deepEqual(seen, ['transfer tcp', 'notify tcp 127.0.0.1', 'signed']);
  const udp = await udpClient(t, port);
  udp.send(queryOctets(owner, { fields: { additionals: [tsig] } }));
  assert.equal(parseMessage((await udp.next()) ?? Buffer.alloc(0)).isTruncated, true);
});

test('a transfer that nothing is said to is FORMERR, and the connection goes on', async t => {
  const { port } = await openServer(t, { zones, hooks: { async *onTransfer() {} } });
  const { socket, next } = await streamClient(t, port);
  const query = queryOctets(apex, { type: rrTypes.AXFR });
  socket.write(framed(query, queryOctets(owner, { fields: { id: 7 } })));
  const answer = parseMessage((await next()) ?? Buffer.alloc(0));
  assert.deepEqual([answer.id, answer.rcode, answer.isResponse], [4711, rcodes.FORMERR, true]);
  assert.equal(parseMessage((await next()) ?? Buffer.alloc(0)).id, 7);
  const udp = await udpClient(t, port);
  udp.send(query);
  assert.equal(parseMessage((await udp.next()) ?? Buffer.alloc(0)).rcode, rcodes.FORMERR);
});

test('a transfer that breaks off closes the connection', async t => {
  const faults: unknown[] = [];
  const { port } = await openServer(t, {
    zones,
    onFault: error => faults.push(error),
    hooks: {
      async *onTransfer(query) {
        yield query;
        throw new Error('disk');
      },
    },
  });
  const { socket, next } = await streamClient(t, port);
  socket.write(framed(queryOctets(apex, { type: rrTypes.AXFR })));
  assert.ok(await next());
  assert.equal(await next(), null);
  assert.equal(faults.length, 1);
});

async function openTls(t: TestContext, settings: Partial<DnsServerSettings> = {}) {
  const { certificate: cert, key } = await makePair(['ns.example.org']);
  return openServer(t, {
    zones,
    tls: { addresses: [{ address: '127.0.0.1', port: 0 }], options: { cert, key } },
    ...settings,
  });
}

test('DNS over TLS, padded where the client pads', async t => {
  const { tlsPort, metrics } = await openTls(t);
  const { socket, next } = await streamClient(t, tlsPort, { servername: 'ns.example.org' });
  const options = [{ code: 12, data: new Uint8Array(0) }];
  socket.write(framed(queryOctets(owner, { edns: { udpPayloadOctets: 1232, options } })));
  assert.equal(((await next())?.length ?? 1) % 468, 0);
  assert.equal(metrics.queriesTls, 1);
});

test('who speaks no TLS on its port is closed', async t => {
  const { tlsPort } = await openTls(t);
  const { socket, closed } = await streamClient(t, tlsPort);
  socket.write(framed(queryOctets(owner)));
  socket.resume();
  await closed;
});

test('who says nothing on the TLS port is closed in time, and does not keep the server from closing', async t => {
  const server = await openTls(t, { idleSeconds: 0.2 });
  const { closed, socket } = await streamClient(t, server.tlsPort);
  socket.resume();
  await closed;
  const slow = await openTls(t);
  const silent = await streamClient(t, slow.tlsPort);
  silent.socket.resume();
  await Promise.all([slow.close(), silent.closed]);
});

test('one address does not take all places of the TLS port with handshakes that it never ends', async t => {
  const { tlsPort, metrics } = await openTls(t, { connections: { total: 50, perAddress: 10 } });
  const silent = Array.from({ length: 50 }, () =>
    connect({ port: tlsPort, host: '127.0.0.1', localAddress: '127.0.0.9' }),
  );
  for (const socket of silent) socket.on('error', () => {});
  t.after(() => {
    for (const socket of silent) socket.destroy();
  });
  await Promise.all(silent.map(socket => once(socket, 'connect')));
  const honest = await streamClient(t, tlsPort, { servername: 'ns.example.org' });
  honest.socket.write(framed(queryOctets(owner)));
  assert.ok(await honest.next());
  assert.deepEqual([metrics.connectionsRefused, metrics.connections], [40, 11]);
});

test('kdig is content', async t => {
  if (!requireService(t, 'kdig')) return;
  const { port, tlsPort } = await openTls(t);
  const cookies = await openServer(t, { zones, cookieSecrets: () => [Buffer.alloc(16, 1)] });
  const name = nameText(owner);
  const ask = (...words: string[]) => kdigOutput(port, ...words);
  assert.match(await ask(name, 'TYPE61'), /status: NOERROR[\s\S]*flags?: qr aa rd;[\s\S]*OPENPGPKEY\t/i);
  assert.match(await ask(name, 'TYPE61', '+tcp'), /\(TCP\)/);
  assert.match(await kdigOutput(tlsPort, name, 'TYPE61', '+tls'), /NOERROR[\s\S]*\(TLS\)|\(TCP\)/);
  const cut = await ask(nameText(large), 'TYPE61', '+bufsize=512', '+ignore');
  assert.match(cut, /Flags: qr aa tc rd; QUERY: 1; ANSWER: 0/);
  assert.match(await ask(nameText(large), 'TYPE61'), /\(TCP\)/);
  assert.match(await ask(name, 'TYPE61', '+edns=1'), /BADVERS/);
  assert.match(await kdigOutput(cookies.port, name, 'TYPE61', '+cookie'), /COOKIE: [0-9A-F]{48}/i);
  assert.match(await ask('CH', 'TXT', 'version.bind'), /REFUSED/);
  assert.match(
    await ask(nameText(hashedOwner('no', apex)), 'TYPE61', '+dnssec'),
    /NOERROR[\s\S]*NSEC\t[\s\S]*TYPE128|NXNAME/,
  );
});

test('closing ends connections', async t => {
  const server = await openServer(t, { zones });
  const { closed } = await streamClient(t, server.port);
  await Promise.all([server.close(), closed]);
  const again = await udpClient(t, server.port);
  again.send(queryOctets(owner));
  assert.equal(await again.next(100), null);
});
