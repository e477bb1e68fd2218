import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openKeyServer } from '../../delivery/verifying-server.ts';
import { type Pair, serveHttps } from '../support/key-server.ts';
import { makePair } from '../support/server-certificate.ts';

let pair: Pair;

// The `fetch` of a process keeps the authorities of its first connection.
before(async () => {
  pair = await makePair(['localhost']);
  setDefaultCACertificates([...getCACertificates('default'), pair.certificate]);
});

/** Bad answers as key servers and what stands before them give them, and what is made of each. */
const answers: readonly {
  readonly name: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly failure: 'refused' | 'lost';
  readonly reason: string | RegExp;
}[] = [
  {
    name: 'a fault of the key',
    status: 400,
    body: '{"error":"Parsing of key data failed."}',
    failure: 'refused',
    reason: 'it does not take this; Parsing of key data failed.',
  },
  {
    name: 'a key that is too large, said by nginx',
    status: 413,
    headers: { 'content-type': 'text/html' },
    body: '<html>413 Request Entity Too Large</html>',
    failure: 'refused',
    reason: 'the key is too large for it',
  },
  {
    name: 'a limit of requests',
    status: 429,
    headers: { 'retry-after': '60' },
    body: '{"error":"slow down"}',
    failure: 'refused',
    reason: 'it was asked too often; slow down; try again in 60 seconds',
  },
  {
    name: 'maintenance',
    status: 503,
    body: '{"error":"We are currently undergoing scheduled database maintenance!"}',
    failure: 'refused',
    reason: /^it is out of service; We are currently .*; try again later$/,
  },
  {
    name: 'maintenance, as Hagrid 1.1 says it',
    status: 503,
    body: '{"message":"scheduled works\\n"}',
    failure: 'refused',
    reason: 'it is out of service; scheduled works; try again later',
  },
  {
    name: 'a fault of its own',
    status: 500,
    failure: 'lost',
    reason: 'it has a fault (500); try again later',
  },
  {
    name: 'another kind of server',
    status: 404,
    failure: 'refused',
    reason: 'there is no VKS at this address',
  },
  { name: 'a word of no use', status: 418, failure: 'refused', reason: 'it answers 418' },
  {
    name: 'another place',
    status: 308,
    headers: { location: 'https://elsewhere.example/vks/v1/upload' },
    failure: 'refused',
    reason: /^it sends on to https:\/\/elsewhere\.example\/vks\/v1\/upload; give that server/,
  },
  {
    name: 'text that a terminal would follow',
    status: 400,
    body: JSON.stringify({ error: `a\u001b[2J\nb\u202e${'c'.repeat(1000)}` }),
    failure: 'refused',
    reason: `it does not take this; a [2J b ${'c'.repeat(300 - 'a [2J b '.length)}`,
  },
  { name: 'a page', body: '<html></html>', failure: 'lost', reason: 'its answer is not that of a VKS' },
  { name: 'an array', body: '["AB"]', failure: 'lost', reason: 'its answer is not that of a VKS' },
  {
    name: 'more than anybody needs',
    body: `{"token":"${'x'.repeat(70_000)}"}`,
    failure: 'lost',
    reason: 'its answer is longer than 65536 octets',
  },
];

describe('what a verifying key server answers', { concurrency: 4 }, () => {
  for (const { name, status = 200, headers = {}, body = '', failure, reason } of answers) {
    it(`may be ${name}`, async t => {
      const url = await serveHttps(t, pair, (request: IncomingMessage, response: ServerResponse) => {
        request.resume();
        response.writeHead(status, headers).end(body);
      });
      const server = openKeyServer(url, { fetch, timeoutMilliseconds: 20_000 });
      const found = await server.post('/vks/v1/upload', {});
      assert.equal(found.failure, failure);
      const text = found.failure === null ? '' : found.reason;
      if (typeof reason === 'string') assert.equal(text, reason);
      else assert.match(text, reason);
    });
  }

  it('may be none, or one that never ends: the wait is over in time', async t => {
    for (const handler of [
      (request: IncomingMessage) => request.resume(),
      (request: IncomingMessage, response: ServerResponse) => {
        request.resume();
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(drip));
      },
    ]) {
      const url = await serveHttps(t, pair, handler);
      const server = openKeyServer(url, { fetch, timeoutMilliseconds: 700 });
      const found = await server.post('/vks/v1/upload', {});
      assert.deepEqual(found, { failure: 'lost', reason: 'it did not answer within 0.7 seconds' });
    }
  });

  it('may be a connection that breaks behind the request: then it may have it', async t => {
    const url = await serveHttps(t, pair, async request => {
      request.resume();
      await once(request, 'end');
      request.socket.destroy();
    });
    const found = await openKeyServer(url, { fetch, timeoutMilliseconds: 20_000 }).post('/', {});
    assert.equal(found.failure, 'lost');
  });

  it('is not asked for where the server is not reached, or is another one', async t => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    let asked = 0;
    const url = await serveHttps(t, await makePair(['localhost']), () => {
      asked += 1;
    });
    for (const [address, reason] of [
      [`https://127.0.0.1:${port}`, /ECONNREFUSED/],
      [url, /self-signed certificate/],
    ] as const) {
      const found = await openKeyServer(address, { fetch, timeoutMilliseconds: 20_000 }).post('/', {});
      assert.ok(found.failure === 'refused', `${address}: ${JSON.stringify(found)}`);
      assert.match(found.reason, reason);
    }
    assert.equal(asked, 0);
  });

  it('is looked for below the path of its address', async t => {
    const paths: (string | undefined)[] = [];
    const url = await serveHttps(t, pair, (request, response) => {
      paths.push(`${request.method} ${request.url}`);
      request.resume();
      response.end('{"token":"t"}');
    });
    const server = openKeyServer(`${url}/keys//`, { fetch, timeoutMilliseconds: 20_000 });
    assert.equal(server.address, `${url}/keys`);
    assert.deepEqual(await server.post('/vks/v1/upload', {}), { failure: null, answer: { token: 't' } });
    assert.deepEqual(paths, ['POST /keys/vks/v1/upload']);
  });
});
