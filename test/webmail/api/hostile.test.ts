import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { methods } from '../../../webmail/api/jmap/methods.ts';
import { openTestWeb } from './web.ts';

/** Names that arguments and properties have, so that random requests get past the first check. */
const words = [
  'accountId',
  'ids',
  'properties',
  'filter',
  'sort',
  'create',
  'update',
  'destroy',
  'emails',
  'blobIds',
  'blobId',
  'mailboxIds',
  'keywords',
  'bodyStructure',
  'subParts',
  'textBody',
  'partId',
  'bodyValues',
  'value',
  'name',
  'parentId',
  'operator',
  'conditions',
  'position',
  'anchor',
  'limit',
  'sinceState',
  'sinceQueryState',
  'emailIds',
  'emailId',
  'facts',
  'header:From:asAddresses',
  'subject',
  'from',
  'text',
  'query',
  'property',
  'keyword',
  '__proto__',
  'constructor',
  '#ids',
  'resultOf',
  'path',
];

const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1e300,
    '',
    '#x',
    'AND',
    'NOT',
    'receivedAt',
    '$seen',
    'A',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const { json } = fc.letrec(tie => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), tie('json'), {
      maxKeys: 4,
    }),
  ),
}));

test('no arguments whatever make a method fail in the server', async t => {
  const web = await openTestWeb(t);
  await web.deliver('From: a@example.net\nSubject: a\n\nx\n');
  const call = fc.tuple(
    fc.constantFrom(...methods.map(({ name }) => name)),
    fc.dictionary(fc.constantFrom(...words.slice(1)), json, { maxKeys: 5 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 8, maxLength: 32 }), async calls => {
      for (const [name, args] of await web.call(...(calls as [string, Record<string, unknown>][]))) {
        assert.ok(name !== 'error' || args.type !== 'serverFail', JSON.stringify(calls));
      }
    }),
    { numRuns: 100, interruptAfterTimeLimit: 20_000 },
  );
});

test('any octets to any route are answered by no fault of ours', async t => {
  const web = await openTestWeb(t);
  const paths = ['/jmap', '/session', '/tickets', '/tokens', `/jmap/upload/${web.account.id}/`];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 100 }), async (path, octets) => {
      const headers = { 'content-type': 'application/json' };
      const response = await web.fetch(path, { method: 'POST', headers, body: Buffer.from(octets) });
      assert.ok(response.status < 500, `${path} ${response.status}`);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 10_000 },
  );
});

test('a request that is no HTTP does not stop the server', async t => {
  const web = await openTestWeb(t);
  const { port } = new URL(web.origin);
  for (const text of ['\0\0\0\0', 'GET / HTTP/9.9\r\n\r\n', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`]) {
    await new Promise<void>(resolve => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.on('data', () => socket.end());
    });
  }
  assert.equal((await fetch(`${web.origin}/healthz`)).status, 200);
});

test('a Basic field of any octets is refused', async t => {
  const web = await openTestWeb(t);
  for (const value of [
    '',
    '!!!',
    'YQ==',
    Buffer.from(':').toString('base64'),
    Buffer.alloc(3000, 0xff).toString('base64'),
  ]) {
    const response = await fetch(`${web.origin}/jmap/session`, {
      headers: { authorization: `Basic ${value}` },
    });
    assert.equal(response.status, 401, value.slice(0, 20));
  }
  for (const authorization of ['Digest x', 'Bearer', 'Bearer \u00ff']) {
    assert.equal((await fetch(`${web.origin}/jmap/session`, { headers: { authorization } })).status, 401);
  }
});

test('mistakes in arguments are told as such', async t => {
  const web = await openTestWeb(t);
  for (const collation of ['__proto__', 'constructor', 'none']) {
    const sort = [{ property: 'name', collation }];
    assert.equal(await web.refuse('Mailbox/query', { sort }), 'unsupportedSort', collation);
  }
  for (const after of ['', 'x', 'C', 'Cbm8', `C${'A'.repeat(500)}`]) {
    assert.equal(await web.refuse('Discussion/query', { after }), 'invalidArguments', after);
    assert.equal(await web.refuse('Audit/get', { after }), 'invalidArguments', after);
  }
});
