import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestWeb, password, type TestWeb } from './web.ts';

/** Signs in as a browser does; gives its cookie. */
async function signIn(web: TestWeb): Promise<string> {
  const response = await fetch(`${web.origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ address: web.account.address, password }),
  });
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function askTickets(web: TestWeb, cookie: string, body: unknown): Promise<Response> {
  return fetch(`${web.origin}/tickets`, {
    method: 'POST',
    headers: { cookie, 'x-caliopen': '1', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function ticketOf(web: TestWeb, cookie: string, purpose = 'download'): Promise<string> {
  const response = await askTickets(web, cookie, { purpose });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return (await response.json()).ticket;
}

/** A download as the browser asks for it when a link is followed; gives the status. */
async function follow(web: TestWeb, path: string, ticket: string | null, cookie = ''): Promise<number> {
  const address = `${web.origin}${path}${ticket === null ? '' : `?ticket=${ticket}`}`;
  const response = await fetch(address, { headers: cookie ? { cookie } : {} });
  await response.arrayBuffer();
  return response.status;
}

/** The address of something to download. */
async function letterIn(web: TestWeb): Promise<string> {
  return `/jmap/download/${web.account.id}/${await web.upload('letter')}/letter.txt`;
}

test('a ticket is good once', async t => {
  const web = await openTestWeb(t);
  const [path, cookie] = [await letterIn(web), await signIn(web)];
  const ticket = await ticketOf(web, cookie);
  assert.equal(await follow(web, path, ticket, cookie), 200);
  assert.equal(await follow(web, path, ticket, cookie), 401);
});

test('two who come with one ticket at once are not both let in', async t => {
  const web = await openTestWeb(t);
  const [path, cookie] = [await letterIn(web), await signIn(web)];
  const ticket = await ticketOf(web, cookie);
  const found = await Promise.all(Array.from({ length: 8 }, () => follow(web, path, ticket, cookie)));
  assert.deepEqual(found.toSorted(), [200, ...Array(7).fill(401)]);
});

test('a ticket is good for 60 seconds', async t => {
  const web = await openTestWeb(t);
  const [path, cookie] = [await letterIn(web), await signIn(web)];
  const [early, late] = [await ticketOf(web, cookie), await ticketOf(web, cookie)];
  web.clock.advance(59);
  assert.equal(await follow(web, path, early, cookie), 200);
  web.clock.advance(2);
  assert.equal(await follow(web, path, late, cookie), 401);
});

test('a ticket is good for its purpose only', async t => {
  const web = await openTestWeb(t);
  const [path, cookie] = [await letterIn(web), await signIn(web)];
  const paths = { download: path, eventSource: '/jmap/eventsource', frame: '/frame/' };
  for (const purpose of Object.keys(paths)) {
    for (const [other, place] of Object.entries(paths)) {
      if (other === purpose) continue;
      const ticket = await ticketOf(web, cookie, purpose);
      assert.equal(await follow(web, place, ticket, cookie), 401, `${purpose} at ${place}`);
    }
  }
  for (const place of ['/session', '/sessions', '/tokens', '/jmap/session'])
    assert.equal(await follow(web, place, await ticketOf(web, cookie)), 401, place);
});

test('a ticket opens nothing without the cookie of the session that made it', async t => {
  const web = await openTestWeb(t);
  const path = await letterIn(web);
  const [own, other] = [await signIn(web), await signIn(web)];
  assert.equal(await follow(web, path, await ticketOf(web, own)), 401, 'no cookie');
  assert.equal(await follow(web, path, await ticketOf(web, own), other), 401, 'another session');
  assert.equal(await follow(web, path, await ticketOf(web, own), 'caliopen=guess'), 401, 'a guess');
  const spent = await ticketOf(web, own);
  await follow(web, path, spent, other);
  assert.equal(await follow(web, path, spent, own), 401, 'shown to somebody else');
});

test('the cookie alone opens nothing that a letter could name', async t => {
  const web = await openTestWeb(t);
  const [path, cookie] = [await letterIn(web), await signIn(web)];
  for (const place of [path, '/jmap/eventsource?closeafter=state', '/frame/'])
    assert.notEqual(await follow(web, place, null, cookie), 200, place);
  const headers = { cookie, 'x-caliopen': '1' };
  assert.equal((await fetch(`${web.origin}${path}`, { headers })).status, 200);
  const foreign = { ...headers, origin: 'https://example.net' };
  assert.equal((await fetch(`${web.origin}${path}`, { headers: foreign })).status, 403);
});

test('a client without a cookie gets tickets that stand alone', async t => {
  const web = await openTestWeb(t);
  const path = await letterIn(web);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ purpose: 'download' });
  const { ticket } = await (await web.fetch('/tickets', { method: 'POST', headers, body })).json();
  assert.equal(await follow(web, path, ticket), 200);
});

test('several tickets come with one request', async t => {
  const web = await openTestWeb(t);
  const [path, cookie] = [await letterIn(web), await signIn(web)];
  const answer = await (await askTickets(web, cookie, { purpose: 'download', count: 20 })).json();
  assert.equal(new Set(answer.tickets).size, 20);
  assert.equal(answer.ticket, answer.tickets[0]);
  for (const ticket of answer.tickets.slice(0, 3)) assert.equal(await follow(web, path, ticket, cookie), 200);
  for (const count of [0, 21, 1.5, -1, '3', null]) {
    const refused = await askTickets(web, cookie, { purpose: 'download', count });
    assert.equal(refused.status, 400, String(count));
  }
  assert.equal((await askTickets(web, cookie, { purpose: 'everything' })).status, 400);
});
