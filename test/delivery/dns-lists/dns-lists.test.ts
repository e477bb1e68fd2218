import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addressName, openDnsLists } from '../../../delivery/dns-lists/dns-lists.ts';
import { meaningOf, parseDnsList } from '../../../delivery/dns-lists/list.ts';
import { openResolver } from '../../../delivery/resolver.ts';
import { type NameServer, recordsOf, type Said, startNameServer } from '../../support/name-server.ts';

const list = (text: string) => {
  const parsed = parseDnsList(text);
  assert.ok(parsed, text);
  return parsed;
};

test('a list is read as an admin writes it, and only so', () => {
  assert.deepEqual(list('ZEN.example.org=127.0.0.2-3;127.*.0.10:-0.5;test:here'), {
    zone: 'zen.example.org',
    codes: [
      {
        octets: [
          [127, 127],
          [0, 0],
          [0, 0],
          [2, 3],
        ],
        weight: 1,
      },
      {
        octets: [
          [127, 127],
          [0, 255],
          [0, 0],
          [10, 10],
        ],
        weight: -0.5,
      },
    ],
    testName: 'here',
  });
  for (const text of [
    '',
    'zen.example.org',
    'zen=127.0.0.2',
    'zen.example.org=128.0.0.2',
    'zen.example.org=127.0.0',
    'zen.example.org=127.0.0.3-2',
    'zen.example.org=127.0.0.256',
    'zen.example.org=127.0.0.2:2',
    'zen.example.org=127.0.0.2:',
    'zen.example.org 126-128.0.0.2',
    'zen.example.org=127.0.0.2;test:a;test:b',
  ]) {
    assert.equal(parseDnsList(text), null, text);
  }
});

test('only listed codes count; 127.255.255.x and what is not of 127/8 are errors', () => {
  const known = list('a.example=127.0.0.2-4:0.5;127.255.*.*');
  assert.deepEqual(meaningOf(known, '127.0.0.3'), { kind: 'listed', weight: 0.5 });
  for (const [code, kind] of [
    ['127.0.0.5', 'other'],
    ['127.0.0.1', 'other'],
    ['127.255.255.254', 'error'],
    ['127.255.255.2', 'error'],
    ['127.255.0.2', 'listed'],
    ['192.0.2.1', 'error'],
    ['nonsense', 'error'],
  ]) {
    assert.equal(meaningOf(known, code ?? '').kind, kind, code);
  }
});

test('addresses are asked backwards: octets, and the nibbles of IPv6 (RFC 5782 §2.4)', () => {
  assert.equal(addressName('192.0.2.99'), '99.2.0.192');
  assert.equal(
    addressName('2001:db8:1:2:3:4:567:89ab'),
    'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2',
  );
});

const good = {
  'A 2.0.0.127.zen.example.org': ['127.0.0.2'],
  'A 7.2.0.192.zen.example.org': ['127.0.0.2', '127.0.0.9'],
  'A test.dom.example.org': ['127.0.1.2'],
  'A evil.example.dom.example.org': ['127.0.1.2'],
  [`A ${'1.0.0.0'}.${'0.'.repeat(20)}8.b.d.0.1.0.0.2.zen.example.org`]: ['127.0.0.3'],
};

interface Opened {
  readonly server: NameServer;
  readonly warnings: object[];
  readonly clock: { now: number };
  check(address: string | null, domains?: readonly string[]): Promise<string[]>;
}

async function open(
  t: TestContext,
  answer: (question: { readonly name: string; readonly type: string }) => Said,
  texts: readonly string[] = ['zen.example.org=127.0.0.2;127.0.0.3:0.5'],
): Promise<Opened> {
  const server = await startNameServer(t, answer);
  const clock = { now: 0 };
  const warnings: object[] = [];
  const now = () => clock.now;
  const lists = openDnsLists(
    { addresses: texts.map(list), domains: [list('dom.example.org=127.0.1.*')] },
    {
      resolver: openResolver({ servers: [server.address], timeoutMilliseconds: 300, now }),
      log: { warn: (fields, message) => void warnings.push({ message, ...fields }) },
      now,
      timeoutMilliseconds: 400,
    },
  );
  return {
    ...{ server, warnings, clock },
    check: async (address, domains = []) =>
      (await lists.check({ address, domains })).map(
        ({ zone, of, code, weight }) => `${zone} ${of} ${code} ${weight}`,
      ),
  };
}

test('an entry is found, by address and by domain, with its weight', async t => {
  const { check, warnings, server } = await open(t, recordsOf(good));
  assert.deepEqual(await check('192.0.2.7', ['evil.example', 'good.example']), [
    'zen.example.org 192.0.2.7 127.0.0.2 1',
    'dom.example.org evil.example 127.0.1.2 1',
  ]);
  assert.deepEqual(await check('2001:db8::1'), ['zen.example.org 2001:db8::1 127.0.0.3 0.5']);
  assert.deepEqual(await check('192.0.2.8', []), []);
  assert.deepEqual(warnings, []);
  const { length } = server.asked;
  await check('192.0.2.7');
  assert.equal(server.asked.length, length, 'answers are kept for their TTL');
  assert.deepEqual(await check('10.0.0.7'), []);
  assert.deepEqual(await check(null), []);
  assert.equal(server.asked.length, length, 'nobody is asked about addresses of our own network');
});

test('a list that lists everything, or not its test entry, is taken out, told once, and tried again later', async t => {
  let everything = true;
  const { check, warnings, server, clock } = await open(t, question =>
    everything
      ? { answers: [{ type: 'A', name: question.name, ttl: 60, data: '127.0.0.2' }] }
      : recordsOf(good)(question),
  );
  assert.deepEqual(await check('192.0.2.7'), []);
  assert.deepEqual(warnings, [
    { message: 'dnsListFailed', zone: 'zen.example.org', why: 'lists everything' },
  ]);
  const { length } = server.asked;
  await check('192.0.2.9');
  assert.equal(server.asked.length, length, 'it is not asked meanwhile');
  everything = false;
  clock.now += 16 * 60_000;
  assert.deepEqual(await check('192.0.2.7'), ['zen.example.org 192.0.2.7 127.0.0.2 1']);
  const none = await open(t, recordsOf({ 'A 7.2.0.192.zen.example.org': ['127.0.0.2'] }));
  assert.deepEqual(await none.check('192.0.2.7'), []);
  assert.match(JSON.stringify(none.warnings), /does not list its test entry/);
});

test('a list that refuses us or is answered by somebody else says nothing', async t => {
  for (const code of ['127.255.255.254', '203.0.113.80']) {
    const { check, warnings, server } = await open(
      t,
      recordsOf({ ...good, 'A 7.2.0.192.zen.example.org': [code] }),
    );
    assert.deepEqual(await check('192.0.2.7'), []);
    assert.equal(warnings.length, 1);
    const { length } = server.asked;
    assert.deepEqual(await check('192.0.2.6'), []);
    assert.equal(server.asked.length, length, 'it is left alone');
    const blocked = await open(t, recordsOf({ ...good, 'A 2.0.0.127.zen.example.org': [code] }));
    assert.deepEqual(await blocked.check('192.0.2.7'), [], 'its test says so, too');
  }
});

test('a list that does not answer costs one bounded wait, counts nothing, and is told once', async t => {
  const { check, warnings, server } = await open(
    t,
    question => (question.name.endsWith('dead.example') ? null : recordsOf(good)(question)),
    ['zen.example.org=127.0.0.2', 'dead.example=127.0.0.2'],
  );
  const startedAt = performance.now();
  assert.deepEqual(await check('192.0.2.7'), ['zen.example.org 192.0.2.7 127.0.0.2 1']);
  assert.ok(performance.now() - startedAt < 2000);
  for (const last of [8, 9, 10]) assert.deepEqual(await check(`192.0.2.${last}`), []);
  assert.equal(warnings.length, 1);
  const { length } = server.asked.filter(asked => asked.endsWith('dead.example'));
  await check('192.0.2.11');
  assert.equal(
    server.asked.filter(asked => asked.endsWith('dead.example')).length,
    length,
    'it is left alone',
  );
});

test('a list that is silent for one message, whatever is asked for it, is asked for the next one', async t => {
  let isSilent = true;
  const { check, clock } = await open(t, question => (isSilent ? null : recordsOf(good)(question)));
  assert.deepEqual(await check('192.0.2.7', ['evil.example', 'a.example', 'b.example']), []);
  isSilent = false;
  clock.now += 10_000;
  assert.deepEqual(await check('192.0.2.7', ['evil.example']), [
    'zen.example.org 192.0.2.7 127.0.0.2 1',
    'dom.example.org evil.example 127.0.1.2 1',
  ]);
});

test('a name of its own can be the test entry', async t => {
  const records = { 'A dbltest.com.dbl.example': ['127.0.1.2'], 'A 7.2.0.192.dbl.example': ['127.0.1.9'] };
  const { check } = await open(t, recordsOf(records), ['dbl.example=127.0.1.2-99;test:dbltest.com']);
  assert.deepEqual(await check('192.0.2.7'), ['dbl.example 192.0.2.7 127.0.1.9 1']);
});
