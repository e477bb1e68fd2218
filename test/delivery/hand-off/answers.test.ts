import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type Arrival, unseenSession } from '../../../delivery/delivery.ts';
import { type HandOffSettings, openHandOff } from '../../../delivery/hand-off/hand-off.ts';
import { readRspamdAnswer } from '../../../delivery/hand-off/rspamd.ts';
import { readSpamdAnswer } from '../../../delivery/hand-off/spamd.ts';
import { atEnd } from '../../support/at-end.ts';

const spamd = (head: string, body = '') => readSpamdAnswer(`${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`);

test("spamd's answer to SYMBOLS gives score, threshold and symbols", () => {
  assert.deepEqual(
    spamd('SPAMD/1.1 0 EX_OK\nContent-length: 20\nSpam: True ; 15.3 / 5.0', 'BAYES_99,URIBL_X\r\n'),
    {
      ...{ filter: 'spamassassin', score: 15.3, required: 5, symbols: ['BAYES_99', 'URIBL_X'] },
    },
  );
  assert.equal(spamd('SPAMD/1.5 0 EX_OK\nSpam: False ; -123.45 / 5.0').score, -123.45);
  for (const head of [
    '',
    'HTTP/1.1 200 OK',
    'SPAMD/1.1 75 EX_TEMPFAIL',
    'SPAMD/1.1 0 EX_OK',
    'SPAMD/1.1 0 EX_OK\nSpam: True ; x / 5',
  ]) {
    assert.throws(() => spamd(head), Error, head);
  }
});

test("Rspamd's answer gives score, the threshold of its mark, and symbols by weight", () => {
  const answer = {
    score: -3.75,
    required_score: 15,
    thresholds: { reject: 15, 'add header': 6, greylist: 4 },
    symbols: {
      ARC_NA: { score: 0 },
      'bad name': { score: 9 },
      BAYES_HAM: { score: -3 },
      PHISHING: { score: 4 },
    },
  };
  assert.deepEqual(readRspamdAnswer(answer), {
    ...{ filter: 'rspamd', score: -3.75, required: 6, symbols: ['PHISHING', 'BAYES_HAM', 'ARC_NA'] },
  });
  assert.equal(
    readRspamdAnswer({ score: 1, required_score: 15 })?.required,
    6,
    'versions that tell only when they refuse',
  );
  assert.equal(readRspamdAnswer({ score: 5, required_score: 15, action: 'add header' })?.required, 5);
  assert.equal(readRspamdAnswer({ is_skipped: true, score: 0, required_score: 15 }), null);
  assert.equal(
    readRspamdAnswer({ is_skipped: true, score: 15, required_score: 15, action: 'reject' })?.score,
    15,
  );
  for (const wrong of [
    null,
    [],
    'x',
    {},
    { score: '1', required_score: 5 },
    { score: 1 },
    { score: 1, required_score: 0 },
  ]) {
    assert.throws(() => readRspamdAnswer(wrong));
  }
});

test('no answer whatever is a crash', () => {
  const reads = (read: () => unknown) => {
    try {
      read();
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  };
  fc.assert(fc.property(fc.string(), text => reads(() => readSpamdAnswer(text))));
  fc.assert(fc.property(fc.jsonValue(), value => reads(() => readRspamdAnswer(value))));
});

const arrival: Arrival = {
  door: 'smtp',
  id: 'test',
  raw: Buffer.from('Subject: x\r\n\r\nbody\r\n'),
  reversePath: 'zoe@example.net',
  session: { ...unseenSession, source: 'live', remoteAddress: '192.0.2.7' },
  receivedAt: new Date('2026-03-02T12:00:00Z'),
  recipients: [],
  trustedHops: 0,
};

/** A port that takes connections and never answers. */
async function openSilence(t: TestContext): Promise<number> {
  const server = createServer(socket => socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const bound = server.address();
  return typeof bound === 'object' && bound ? bound.port : 0;
}

function open(settings: Partial<HandOffSettings>) {
  const warnings: object[] = [];
  const clock = { now: 0 };
  const all = { rspamd: null, spamd: null, timeoutMilliseconds: 200, maxOctets: 1000, ...settings };
  const deps = {
    log: { warn: (fields: object, message: string) => void warnings.push({ ...fields, message }) },
    now: () => clock.now,
    sessionFields: () => '',
  };
  return { handOff: openHandOff(all, deps), warnings, clock };
}

test('a filter that cannot be reached is unknown, logged once a minute, and left alone for a while', async t => {
  assert.equal(open({}).handOff, null);
  const port = await openSilence(t);
  for (const settings of [
    { rspamd: { url: `http://127.0.0.1:${port}`, password: '' } },
    { spamd: { host: '127.0.0.1', port } },
    { spamd: { path: '/nowhere/spamd.sock' } },
    { rspamd: { url: 'http://127.0.0.1:9', password: '' } },
  ]) {
    const { handOff, warnings, clock } = open(settings);
    const startedAt = performance.now();
    for (const _ of [1, 2, 3]) assert.equal(await handOff?.ask(arrival), null);
    assert.ok(performance.now() - startedAt < 5000);
    assert.equal(warnings.length, 1);
    clock.now = 1000;
    const restsAt = performance.now();
    assert.equal(await handOff?.ask(arrival), null);
    assert.ok(performance.now() - restsAt < 150, 'it is not asked');
    clock.now = 61_000;
    assert.equal(await handOff?.ask(arrival), null);
    assert.equal(warnings.length, 2);
  }
});

test('Rspamd is told the session, each recipient in a field of its own, and the message as it is', async t => {
  let seen: { path: string; fields: string[]; body: string } | null = null;
  const server = createHttpServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', piece => pieces.push(piece));
    request.on('end', () => {
      seen = { path: request.url ?? '', fields: request.rawHeaders, body: Buffer.concat(pieces).toString() };
      response.end(JSON.stringify({ score: 7, required_score: 15 }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const bound = server.address();
  const url = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}/behind/`;
  const { handOff } = open({ rspamd: { url, password: 'secret' }, timeoutMilliseconds: 10_000 });
  const recipients = ['ada@example.org', 'ben@example.org\r\nPassword: x'].map(forwardPath => ({
    forwardPath,
    accountId: 'a',
  }));
  assert.equal((await handOff?.ask({ ...arrival, recipients }))?.score, 7);
  assert.ok(seen);
  const { path, fields, body } = seen as { path: string; fields: string[]; body: string };
  assert.equal(path, '/behind/checkv2');
  const named = (name: string) => fields.filter((_, at) => at % 2 === 1 && fields[at - 1] === name);
  assert.deepEqual(named('Rcpt'), ['ada@example.org', 'ben@example.orgPassword: x']);
  assert.deepEqual(
    [named('IP'), named('From'), named('Password')],
    [['192.0.2.7'], ['zoe@example.net'], ['secret']],
  );
  assert.equal(body, 'Subject: x\r\n\r\nbody\r\n');
});

test('what is too large is not handed over', async () => {
  const { handOff, warnings } = open({ spamd: { host: '127.0.0.1', port: 9 }, maxOctets: 5 });
  assert.equal(await handOff?.ask(arrival), null);
  assert.deepEqual(warnings, []);
});
