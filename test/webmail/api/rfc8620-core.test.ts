import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { capabilities } from '../../../webmail/wire.ts';
import { openTestWeb, type TestWeb } from './web.ts';

async function post(web: TestWeb, body: string | Uint8Array, contentType = 'application/json') {
  const init = { method: 'POST', headers: { 'content-type': contentType }, body };
  const response = await web.fetch('/jmap', init as RequestInit);
  return { status: response.status, type: response.headers.get('content-type'), json: await response.json() };
}

test('§2 the Session object names the account, its capabilities and addresses on the Host asked', async t => {
  const web = await openTestWeb(t);
  for (const path of ['/.well-known/jmap', '/jmap/session']) {
    const response = await web.fetch(path);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'no-cache, no-store, must-revalidate');
    const session = await response.json();
    assert.equal(session.username, 'owner@example.org');
    assert.equal(session.apiUrl, `${web.origin}/jmap`);
    assert.ok(session.downloadUrl.startsWith(web.origin));
    for (const variable of ['{accountId}', '{blobId}', '{name}', '{type}']) {
      assert.ok(session.downloadUrl.includes(variable));
    }
    assert.ok(session.capabilities[capabilities.core].maxObjectsInGet >= 500);
    assert.equal(session.capabilities['urn:ietf:params:jmap:submission'], undefined);
    assert.equal(session.primaryAccounts[capabilities.mail], web.account.id);
    const { accountCapabilities } = session.accounts[web.account.id];
    assert.ok(accountCapabilities[capabilities.mail].emailQuerySortOptions.includes('receivedAt'));
  }
});

test('§2 the addresses follow the Host of the request', async t => {
  const web = await openTestWeb(t);
  const { port } = new URL(web.origin);
  const session = await new Promise<string>((resolve, reject) => {
    const headers = { authorization: web.authorization, host: 'mail.example.org:99' };
    httpRequest({ port, path: '/.well-known/jmap', headers }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
  assert.equal(JSON.parse(session).apiUrl, 'http://mail.example.org:99/jmap');
});

test('§4 Core/echo gives its arguments back', async t => {
  const web = await openTestWeb(t);
  const args = { accountId: web.account.id, hello: true, list: [1, 'two', null] };
  assert.deepEqual(await web.ask('Core/echo', args), args);
});

test('§3.6.1 request-level errors are problem details', async t => {
  const web = await openTestWeb(t);
  const cases: [string, string][] = [
    ['{', 'notJSON'],
    ['{}', 'notRequest'],
    [JSON.stringify({ using: ['urn:example:x'], methodCalls: [] }), 'unknownCapability'],
    ['['.repeat(100_000), 'limit'],
  ];
  for (const [body, type] of cases) {
    const answer = await post(web, body);
    assert.equal(answer.status, 400);
    assert.match(answer.type ?? '', /^application\/problem\+json/);
    assert.equal(answer.json.type, `urn:ietf:params:jmap:error:${type}`);
  }
  assert.equal((await post(web, '{}', 'text/plain')).json.type, 'urn:ietf:params:jmap:error:notJSON');
});

test('§3.6.1 a request longer than maxSizeRequest is refused', async t => {
  const web = await openTestWeb(t);
  const answer = await post(web, Buffer.alloc(10_000_001, 0x20));
  assert.equal(answer.json.limit, 'maxSizeRequest');
});

test('§3.6.1 more requests at once than maxConcurrentRequests are refused', async t => {
  const web = await openTestWeb(t);
  await web.ask('Core/echo');
  const held = Array.from({ length: 8 }, () => {
    const { port } = new URL(web.origin);
    const headers = { authorization: web.authorization, 'content-type': 'application/json' };
    const request = httpRequest({ port, path: '/jmap', method: 'POST', headers });
    request.on('error', () => {});
    request.write('{"using":[');
    return request;
  });
  t.after(() => {
    for (const request of held) request.destroy();
  });
  let limit: unknown;
  for (let tries = 0; tries < 200 && limit === undefined; tries++) {
    const answer = await post(web, JSON.stringify({ using: [], methodCalls: [] }));
    if (answer.status === 400) limit = answer.json.limit;
  }
  assert.equal(limit, 'maxConcurrentRequests');
});

test('§3.6.2 method-level errors leave the other calls alone', async t => {
  const web = await openTestWeb(t);
  const responses = await web.call(
    ['Nothing/get', {}],
    ['Mailbox/get', { accountId: 'other' }],
    ['Mailbox/get', { ids: 'x' }],
    ['Mailbox/get', { unknown: true }],
    ['Mailbox/get', { properties: ['nothing'] }],
    ['Core/echo', { accountId: web.account.id }],
  );
  assert.deepEqual(
    responses.map(([name, args]) => (name === 'error' ? args.type : name)),
    [
      'unknownMethod',
      'accountNotFound',
      'invalidArguments',
      'invalidArguments',
      'invalidArguments',
      'Core/echo',
    ],
  );
});

test('§3.6.2 a method whose capability is not used is unknown', async t => {
  const web = await openTestWeb(t);
  const methodCalls = [['Mailbox/get', { accountId: web.account.id }, 'a']];
  const { json } = await post(web, JSON.stringify({ using: [capabilities.core], methodCalls }));
  assert.deepEqual(json.methodResponses, [['error', { type: 'unknownMethod' }, 'a']]);
});

test('§3.6.2 more ids than maxObjectsInGet or maxObjectsInSet are too many', async t => {
  const web = await openTestWeb(t);
  const ids = Array.from({ length: 501 }, (_none, index) => `e${index}`);
  assert.equal(await web.refuse('Email/get', { ids }), 'requestTooLarge');
  assert.equal(await web.refuse('Email/set', { destroy: ids }), 'requestTooLarge');
});

test('§3.3 creation ids go from call to call and into the response', async t => {
  const web = await openTestWeb(t);
  const accountId = web.account.id;
  const body = JSON.stringify({
    using: Object.values(capabilities),
    createdIds: {},
    methodCalls: [
      ['Mailbox/set', { accountId, create: { top: { name: 'Top' } } }, 'a'],
      ['Mailbox/set', { accountId, create: { under: { name: 'Under', parentId: '#top' } } }, 'b'],
      ['Mailbox/get', { accountId, ids: ['#under'] }, 'c'],
    ],
  });
  const { json } = await post(web, body);
  assert.equal(json.methodResponses[2][1].list[0].parentId, json.createdIds.top);
  assert.equal(json.methodResponses[2][1].list[0].id, json.createdIds.under);
});

test('§3.7 results are referred to within a request', async t => {
  const web = await openTestWeb(t);
  await web.deliver('Subject: one\nFrom: a@example.net\n\nhello\n');
  const responses = await web.call(
    ['Email/query', {}],
    [
      'Email/get',
      { '#ids': { resultOf: 'c0', name: 'Email/query', path: '/ids' }, properties: ['subject', 'threadId'] },
    ],
    ['Thread/get', { '#ids': { resultOf: 'c1', name: 'Email/get', path: '/list/*/threadId' } }],
    ['Email/get', { '#ids': { resultOf: 'c1', name: 'Email/query', path: '/ids' } }],
  );
  const thread = responses[2]?.[1].list as { emailIds: string[] }[];
  assert.deepEqual(thread[0]?.emailIds, responses[0]?.[1].ids);
  assert.equal(responses[3]?.[1].type, 'invalidResultReference');
});

test('§6.1 §6.2 an upload is given back as it came, as an attachment that can do nothing', async t => {
  const web = await openTestWeb(t);
  const octets = Buffer.from([0, 1, 2, 255]);
  const path = `/jmap/upload/${web.account.id}/`;
  const uploaded = await web.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: octets,
  });
  assert.equal(uploaded.status, 201);
  const blob = await uploaded.json();
  assert.deepEqual([blob.accountId, blob.type, blob.size], [web.account.id, 'image/png', 4]);
  const name = encodeURIComponent('../é"\r\n.html');
  const download = `/jmap/download/${web.account.id}/${blob.blobId}/${name}?type=text/html`;
  const response = await web.fetch(download);
  assert.equal(response.status, 200);
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), octets);
  assert.equal(response.headers.get('content-type'), 'text/html');
  assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename="___.html"; /);
  assert.equal(response.headers.get('content-security-policy'), "sandbox; default-src 'none'");
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
});

test('§6.2 tricks in blob ids and account ids find nothing', async t => {
  const web = await openTestWeb(t);
  const { id } = web.account;
  for (const path of [
    `/jmap/download/${id}/..%2f..%2fetc%2fpasswd/x`,
    `/jmap/download/${id}/%00/x`,
    `/jmap/download/${id}/nothing/x`,
    `/jmap/download/${id}/nothing_p0/x`,
    '/jmap/download/other/nothing/x',
  ]) {
    const response = await web.fetch(path);
    assert.equal(response.status, 404, path);
    assert.match(response.headers.get('content-type') ?? '', /problem\+json/);
  }
  assert.equal((await web.fetch(`/jmap/download/${id}/%zz/x`)).status, 400);
  assert.equal((await web.fetch('/jmap/upload/other/', { method: 'POST', body: 'x' })).status, 404);
});

test('§6.3 Blob/copy tells what is there', async t => {
  const web = await openTestWeb(t);
  const init = { method: 'POST', body: 'octets' };
  const { blobId } = await (await web.fetch(`/jmap/upload/${web.account.id}/`, init)).json();
  const answer = await web.ask('Blob/copy', { fromAccountId: web.account.id, blobIds: [blobId, 'none'] });
  assert.deepEqual(answer.copied, { [blobId]: blobId });
  assert.deepEqual(answer.notCopied, { none: { type: 'notFound' } });
  assert.equal(await web.refuse('Blob/copy', { fromAccountId: 'x', blobIds: [] }), 'fromAccountNotFound');
});

test('§3.6.1 registered capabilities that are not ours may be named, their methods are unknown', async t => {
  const web = await openTestWeb(t);
  const using = [capabilities.core, capabilities.mail, 'urn:ietf:params:jmap:submission'];
  const methodCalls = [['Identity/get', { accountId: web.account.id, ids: null }, '0']];
  const { status, json } = await post(web, JSON.stringify({ using, methodCalls }));
  assert.equal(status, 200);
  assert.equal(json.methodResponses[0][1].type, 'unknownMethod');
});

test('§6.2 a file name with slashes downloads, and names no path', async t => {
  const web = await openTestWeb(t);
  const uploaded = await web.fetch(`/jmap/upload/${web.account.id}/`, { method: 'POST', body: 'octets' });
  const { blobId } = (await uploaded.json()) as { blobId: string };
  for (const name of ['in/valid name.txt', 'in%2Fvalid%20name.txt']) {
    const response = await web.fetch(`/jmap/download/${web.account.id}/${blobId}/${name}?type=text/plain`);
    assert.equal(await response.text(), 'octets');
    assert.match(response.headers.get('content-disposition') ?? '', /filename="in_valid name\.txt"/);
  }
});
