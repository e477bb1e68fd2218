import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import fc from 'fast-check';
import { encodeQuery, readAnswer } from '../../delivery/dns/message.ts';
import { openResolver } from '../../delivery/resolver.ts';
import { Turns } from '../../delivery/turns.ts';
import { recordsOf, type Said, startNameServer } from '../support/name-server.ts';
import { poll } from '../support/poll.ts';

const isCode = (code: string) => (error: Error & { code?: string }) => error.code === code;

const start = (minimum: number, ttl: number) => ({
  type: 'SOA' as const,
  name: 'example.org',
  ttl,
  data: {
    mname: 'ns.example.org',
    rname: 'x.example.org',
    serial: 1,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum,
  },
});

test('records come in the shape of node:dns', async t => {
  const server = await startNameServer(
    t,
    recordsOf({
      'A a.example.org': ['192.0.2.1', '192.0.2.2'],
      'AAAA a.example.org': ['2001:db8::1'],
      'TXT t.example.org': [['v=spf1 ', '-all'], ['other']],
      'MX example.org': [{ preference: 10, exchange: 'mx.example.org' }],
      'PTR 1.2.0.192.in-addr.arpa': ['mx.example.org'],
      'A xn--bcher-kva.example': ['192.0.2.3'],
    }),
  );
  const resolve = openResolver({ servers: [server.address], timeoutMilliseconds: 1000 });
  assert.deepEqual(await resolve('A.example.org', 'A'), ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(await resolve('a.example.org.', 'AAAA'), [
    '2001:db8:0:0:0:0:0:1'.replace(':0:0:0:0:0:', '::'),
  ]);
  assert.deepEqual(await resolve('t.example.org', 'TXT'), [['v=spf1 ', '-all'], ['other']]);
  assert.deepEqual(await resolve('example.org', 'MX'), [{ exchange: 'mx.example.org', priority: 10 }]);
  assert.deepEqual(await resolve('1.2.0.192.in-addr.arpa', 'PTR'), ['mx.example.org']);
  assert.deepEqual(await resolve('bücher.example', 'A'), ['192.0.2.3']);
});

test('an answer is kept for its TTL within bounds, and each caller gets a list of its own', async t => {
  let ttl = 100;
  const server = await startNameServer(t, question =>
    recordsOf({ 'A a.example.org': ['192.0.2.1'] }, ttl)(question),
  );
  let now = 0;
  const resolve = openResolver({ servers: [server.address], timeoutMilliseconds: 1000, now: () => now });
  const ask = async () => {
    (await resolve('a.example.org', 'A')).pop();
    return server.asked.length;
  };
  assert.equal((await Promise.all([ask(), ask(), ask()])).at(-1), 1, 'at once: one question');
  now = 99_000;
  assert.equal(await ask(), 1);
  ttl = 0;
  now = 101_000;
  assert.equal(await ask(), 2);
  now += 4_000;
  assert.equal(await ask(), 2, 'at least 5 s');
  ttl = 1_000_000;
  now += 2_000;
  assert.equal(await ask(), 3);
  now += 3_601_000;
  assert.equal(await ask(), 4, 'at most an hour');
});

test('"no such record" is kept as its SOA says (RFC 2308), a failure for seconds', async t => {
  let said: Said = { code: 3, authorities: [start(40, 3000)] };
  const server = await startNameServer(t, () => said);
  let now = 0;
  const resolve = openResolver({ servers: [server.address], timeoutMilliseconds: 1000, now: () => now });
  const ask = (code: string) => assert.rejects(resolve('n.example.org', 'TXT'), isCode(code));
  await ask('ENOTFOUND');
  now = 39_000;
  await ask('ENOTFOUND');
  assert.equal(server.asked.length, 1);
  said = { code: 0, authorities: [start(100_000, 100_000)] };
  now = 41_000;
  await ask('ENODATA');
  now += 899_000;
  await ask('ENODATA');
  assert.equal(server.asked.length, 2);
  said = { code: 2 };
  now += 2_000;
  await ask('ESERVFAIL');
  const { length } = server.asked;
  await ask('ESERVFAIL');
  assert.equal(server.asked.length, length);
  now += 6_000;
  said = { code: 3 };
  await ask('ENOTFOUND');
});

test('an alias is followed, its TTL counts, and what was not asked for is not taken', async t => {
  const server = await startNameServer(t, ({ name }) => ({
    answers: [
      { type: 'A', name: 'evil.example', ttl: 300, data: '192.0.2.66' },
      { type: 'A', name: 'target.example', ttl: 300, data: '192.0.2.1' },
      { type: 'CNAME', name, ttl: 10, data: 'Target.example' },
    ],
  }));
  let now = 0;
  const resolve = openResolver({ servers: [server.address], timeoutMilliseconds: 1000, now: () => now });
  assert.deepEqual(await resolve('alias.example', 'A'), ['192.0.2.1']);
  now = 11_000;
  await resolve('alias.example', 'A');
  assert.equal(server.asked.length, 2);
});

test('a long answer comes over TCP, a server without EDNS is asked without', async t => {
  const long = Array.from({ length: 20 }, () => ['x'.repeat(200)]);
  const server = await startNameServer(t, question => ({
    ...recordsOf({ 'TXT long.example.org': long })(question),
    isTruncated: true,
  }));
  const resolve = openResolver({ servers: [server.address], timeoutMilliseconds: 1000 });
  assert.equal((await resolve('long.example.org', 'TXT')).length, 20);
  let count = 0;
  const old = await startNameServer(t, question =>
    count++ === 0 ? { code: 1 } : recordsOf({ 'A a.example.org': ['192.0.2.1'] })(question),
  );
  const other = openResolver({ servers: [old.address], timeoutMilliseconds: 1000 });
  assert.deepEqual(await other('a.example.org', 'A'), ['192.0.2.1']);
});

test('a dead server is passed over for one that answers, and is waited for less and less', async t => {
  const dead = await startNameServer(t, () => null);
  const alive = await startNameServer(t, recordsOf({ 'A a.example.org': ['192.0.2.1'] }));
  const both = openResolver({ servers: [dead.address, alive.address], timeoutMilliseconds: 400 });
  assert.deepEqual(await both('a.example.org', 'A'), ['192.0.2.1']);
  const none = openResolver({ servers: [dead.address], timeoutMilliseconds: 3000 });
  await Promise.all([1, 2, 3].map(at => assert.rejects(none(`n${at}.example.org`, 'A'), isCode('ETIMEOUT'))));
  const startedAt = performance.now();
  await assert.rejects(none('other.example.org', 'A'), isCode('ETIMEOUT'));
  assert.ok(performance.now() - startedAt < 1500, 'a server known to be dead is not waited for in full');
  const closed = openResolver({ servers: ['127.0.0.1:9'], timeoutMilliseconds: 30_000 });
  await assert.rejects(closed('a.example.org', 'A'), isCode('ECONNREFUSED'));
});

test('a server in a network that can not be reached is passed over', async t => {
  const alive = await startNameServer(t, recordsOf({ 'A a.example.org': ['192.0.2.1'] }));
  // No socket that was not asked to broadcast connects there: an error like that of IPv6 where there is none.
  const resolve = openResolver({ servers: ['255.255.255.255', alive.address], timeoutMilliseconds: 20_000 });
  assert.deepEqual(await resolve('a.example.org', 'A'), ['192.0.2.1']);
});

test('what is no name is not asked for', async () => {
  const resolve = openResolver({ servers: ['127.0.0.1:9'], timeoutMilliseconds: 1000 });
  for (const name of [
    '',
    'a..example',
    `${'x'.repeat(64)}.example`,
    'a b.example',
    `${'abcdefg.'.repeat(40)}x`,
  ]) {
    await assert.rejects(resolve(name, 'A'), isCode('EBADNAME'), name);
  }
});

test('no octets whatever are a crash, and only an answer to the question is one', () => {
  const question = { name: 'a.example.org', type: 'TXT' } as const;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 40 }), (noise, cut) => {
      const query = encodeQuery(7, question, { edns: true });
      query[2] = 0x80;
      readAnswer(Buffer.concat([query.subarray(0, cut), noise]), 7, question);
    }),
  );
  const answered = encodeQuery(7, question, { edns: false });
  answered[2] = 0x81;
  assert.equal(readAnswer(answered, 7, question)?.code, 0);
  assert.equal(readAnswer(answered, 8, question), null);
  assert.equal(readAnswer(answered, 7, { ...question, name: 'b.example.org' }), null);
  assert.equal(readAnswer(answered, 7, { ...question, type: 'A' }), null);
  const without = (code: number) => Buffer.from([0, 7, 0x81, code, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(readAnswer(without(0), 7, question), null, 'an answer that names no question');
  assert.equal(readAnswer(without(3), 7, question), null);
  assert.equal(readAnswer(without(1), 7, question)?.code, 1, 'a failure need not repeat the question');
});

const asked = { name: 'a.example.org', type: 'A' } as const;

/** An answer to `asked`, with these parts. */
function answerOf(parts: packet.Packet): ReturnType<typeof readAnswer> {
  const octets = packet.encode({ type: 'response', id: 7, questions: [{ ...asked, class: 'IN' }], ...parts });
  return readAnswer(octets, 7, asked);
}

test('questions and records of another class than IN are none', () => {
  const address = { type: 'A', name: asked.name, ttl: 60, data: '192.0.2.1' } as const;
  assert.deepEqual(answerOf({ answers: [address] })?.data, ['192.0.2.1']);
  assert.deepEqual(answerOf({ answers: [{ ...address, class: 'CH' }] })?.data, []);
  assert.deepEqual(answerOf({ answers: [{ ...address, flush: true }] })?.data, [], 'class 32769');
  const alias = { type: 'CNAME', name: asked.name, class: 'CH', ttl: 60, data: 'b.example.org' } as const;
  assert.deepEqual(answerOf({ answers: [alias, { ...address, name: 'b.example.org' }] })?.data, []);
  const negative = { ...start(40, 3000), class: 'CH' as const };
  assert.equal(answerOf({ authorities: [negative] })?.ttlSeconds, null);
  assert.equal(answerOf({ questions: [{ ...asked, class: 'CH' }], answers: [address] }), null);
  assert.equal(
    answerOf({ questions: [asked, { ...asked, name: 'b.example.org' }], answers: [address] }),
    null,
  );
});

test('an RCODE that EDNS has made longer is a failure, and not "no such record"', async t => {
  const options = { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] } as const;
  const opt = (extendedRcode: number) => ({ additionals: [{ ...options, extendedRcode } as never] });
  assert.equal(answerOf(opt(0))?.code, 0);
  assert.equal(answerOf({ ...opt(1), flags: 3 })?.code, 19);
  const server = await startNameServer(t, () => opt(1));
  const resolve = openResolver({ servers: [server.address], timeoutMilliseconds: 1000 });
  await assert.rejects(resolve('a.example.org', 'A'), isCode('ESERVFAIL'));
});

test('so many questions are under way at once, and more wait within their own time', async t => {
  let isSilent = true;
  const server = await startNameServer(t, question =>
    isSilent ? null : { answers: [{ type: 'A', name: question.name, ttl: 60, data: '192.0.2.1' }] },
  );
  const resolve = openResolver({ servers: [server.address], timeoutMilliseconds: 600, atOnce: 2 });
  const names = Array.from({ length: 8 }, (_, at) => `n${at}.example.org`);
  const silent = names.slice(0, 4).map(name => assert.rejects(resolve(name, 'A'), isCode('ETIMEOUT')));
  await poll('the first to be asked', () => (server.asked.length >= 2 ? true : undefined));
  assert.deepEqual([...new Set(server.asked)].sort(), ['A n0.example.org', 'A n1.example.org']);
  await Promise.all(silent);
  isSilent = false;
  const found = await Promise.all(names.slice(4).map(name => resolve(name, 'A')));
  assert.deepEqual(found.flat(), Array(4).fill('192.0.2.1'), 'who has left makes room');
});

test('those who came first have their turn first, and nobody who has given up', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const turns = new Turns({ total: 1, perKey: 1, waitMilliseconds: 1000 });
  assert.ok(await turns.begin(''));
  const late = turns.begin('');
  t.mock.timers.tick(1);
  const order: string[] = [];
  const waits = ['one', 'two'].map(async name => {
    assert.ok(await turns.begin(''));
    order.push(name);
    turns.end('');
  });
  t.mock.timers.tick(999);
  assert.equal(await late, false);
  assert.deepEqual(order, []);
  turns.end('');
  await Promise.all(waits);
  assert.deepEqual(order, ['one', 'two']);
});
