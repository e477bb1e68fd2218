import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { orderBatch } from '../../../../delivery/certificates/acme/batch.ts';
import { AcmeConnection } from '../../../../delivery/certificates/acme/connection.ts';
import { OrderBook } from '../../../../delivery/certificates/acme/order-book.ts';
import { readRecord } from '../../../../delivery/certificates/acme/record.ts';
import { openKeyring } from '../../../../delivery/crypto/keyring.ts';
import { silentLog } from '../../../../delivery/log.ts';
import { openTestClock } from '../../../support/clock.ts';
import { makePair } from '../../../support/server-certificate.ts';

/** A server that makes accounts and answers each order with what `answer` says of the name. */
async function openServer(t: TestContext, answer: (name: string) => { status: number; body: unknown }) {
  const { certificate, key } = await makePair(['localhost']);
  const asked: string[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', part => parts.push(part));
    request.once('end', () => {
      const origin = `https://${request.headers.host}`;
      response.setHeader('replay-nonce', 'nonce');
      if (request.url === '/dir') {
        const urls = {
          newNonce: `${origin}/nonce`,
          newAccount: `${origin}/account`,
          newOrder: `${origin}/order`,
        };
        return response.end(JSON.stringify(urls));
      }
      if (request.url === '/account') return response.setHeader('location', `${origin}/me`).end('{}');
      if (request.url !== '/order') return response.end();
      const { payload } = JSON.parse(Buffer.concat(parts).toString());
      const { identifiers } = JSON.parse(Buffer.from(payload, 'base64url').toString());
      asked.push(identifiers[0].value);
      const { status, body } = answer(identifiers[0].value);
      response.writeHead(status, { 'retry-after': '7200' });
      return response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, ca: certificate, directory: `https://localhost:${port}/dir` };
}

async function order(t: TestContext, names: readonly string[], answer: Parameters<typeof openServer>[1]) {
  const { asked, ca, directory } = await openServer(t, answer);
  const documents = new Map<string, Uint8Array>();
  const store = {
    getInstanceState: async (name: string) => {
      const octets = documents.get(name);
      return octets ? { octets, version: 1 } : null;
    },
    putInstanceState: async (name: string, octets: Uint8Array) => {
      documents.set(name, octets);
      return 1;
    },
  };
  const { signal } = new AbortController();
  const [clock, log, keyring] = [openTestClock(), silentLog, openKeyring(new Uint8Array(32))];
  const connection = new AcmeConnection(directory, { ca, signal });
  t.after(() => connection.close());
  const book = new OrderBook({ store, clock }, { ordersPerHour: 100, settleMilliseconds: 50 });
  await book.open(signal);
  const settings = { directory, email: '' };
  const deps = { ...{ store, keyring, clock, log, book, connection, settings }, onIssued() {} };
  const result = await orderBatch(names, deps, signal);
  const records = await Promise.all(names.map(name => readRecord(name, deps)));
  return { asked, book, clock, records, ...result };
}

const limited = { type: 'urn:ietf:params:acme:error:rateLimited', detail: 'too many' };

test('a limit of the account stops all orders for as long as the server says', async t => {
  const names = Array.from({ length: 20 }, (_none, index) => `n${index}.example`);
  const { asked, book, clock, isPaused, records } = await order(t, names, () => ({
    status: 429,
    body: limited,
  }));
  assert.ok(isPaused);
  assert.ok(asked.length < 10, `${asked.length} orders`);
  clock.advance(7190);
  assert.equal(await book.left(), 0);
  clock.advance(20);
  assert.ok((await book.left()) > 0);
  assert.ok(records.filter(({ refusals }) => refusals > 0).length <= 2, 'the other names do not pay for it');
});

test('a limit of one domain puts that name off, and the others are asked for', async t => {
  const refusal = { type: 'urn:ietf:params:acme:error:rejectedIdentifier', detail: 'no' };
  const { asked, isPaused, records, clock } = await order(t, ['a.example', 'b.example'], name =>
    name === 'a.example' ? { status: 429, body: limited } : { status: 400, body: refusal },
  );
  assert.equal(isPaused, false);
  assert.deepEqual(asked.sort(), ['a.example', 'b.example']);
  const pauses = records.map(({ orderAt }) => (orderAt.getTime() - clock.now().getTime()) / 1000);
  assert.deepEqual(pauses, [7200, 7200]);
  assert.deepEqual(
    records.map(({ problem }) => problem),
    ['rateLimited: too many', 'rejectedIdentifier: no'],
  );
});

test('trouble of the server itself is no refusal of a name', async t => {
  const { isPaused, records } = await order(t, ['a.example', 'b.example'], () => ({
    status: 503,
    body: 'down',
  }));
  assert.ok(isPaused);
  assert.deepEqual(
    records.map(({ refusals }) => refusals),
    [0, 0],
  );
});
