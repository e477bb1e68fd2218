import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryError } from '../../../delivery/errors.ts';
import { addAccount, basic, openTestWeb, password, type TestWeb } from './web.ts';

const byPassword = { headers: { authorization: basic('owner@example.org', password) } };

function signIn(web: TestWeb, address: string, secret: string, headers: Record<string, string> = {}) {
  return fetch(`${web.origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ address, password: secret }),
  });
}

async function cookieOf(web: TestWeb): Promise<string> {
  const response = await signIn(web, 'owner@example.org', password);
  assert.equal(response.status, 200);
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

test('signing in sets a cookie that scripts and other sites do not get', async t => {
  const web = await openTestWeb(t);
  const response = await signIn(web, 'Owner@Example.org', password);
  assert.equal(response.status, 200);
  const cookie = response.headers.get('set-cookie') ?? '';
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  const body = await response.json();
  assert.deepEqual([body.accountId, body.custody], [web.account.id, 'none']);
});

test('the cookie alone changes nothing without our header field and our Origin', async t => {
  const web = await openTestWeb(t);
  const cookie = await cookieOf(web);
  const body = JSON.stringify({ using: [], methodCalls: [] });
  const send = (headers: Record<string, string>) =>
    fetch(`${web.origin}/jmap`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body,
    });
  assert.equal((await send({})).status, 403);
  assert.equal((await send({ 'x-caliopen': '1', origin: 'https://example.net' })).status, 403);
  assert.equal((await send({ 'x-caliopen': '1', origin: 'null' })).status, 403);
  assert.equal((await send({ 'x-caliopen': '1', origin: web.origin })).status, 200);
  assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie } })).status, 200);
});

test('signing out ends the session', async t => {
  const web = await openTestWeb(t);
  const cookie = await cookieOf(web);
  const out = await fetch(`${web.origin}/session`, {
    method: 'DELETE',
    headers: { cookie, 'x-caliopen': '1' },
  });
  assert.equal(out.status, 204);
  assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie } })).status, 401);
});

test('sessions are listed and revoked', async t => {
  const web = await openTestWeb(t);
  const cookie = await cookieOf(web);
  const other = await cookieOf(web);
  const headers = { cookie, 'x-caliopen': '1' };
  const { sessions } = await (await fetch(`${web.origin}/sessions`, { headers })).json();
  assert.equal(sessions.length, 2);
  const foreign = sessions.find((session: { isCurrent: boolean }) => !session.isCurrent);
  const gone = await fetch(`${web.origin}/sessions/${foreign.id}`, { method: 'DELETE', headers });
  assert.equal(gone.status, 204);
  assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie: other } })).status, 401);
  assert.equal((await fetch(`${web.origin}/sessions/none`, { method: 'DELETE', headers })).status, 404);
});

test('all sessions but the one that asks are signed out at once', async t => {
  const web = await openTestWeb(t);
  const own = await cookieOf(web);
  const others = [await cookieOf(web), await cookieOf(web)];
  const headers = { cookie: own, 'x-caliopen': '1' };
  const gone = await fetch(`${web.origin}/sessions`, { method: 'DELETE', headers });
  assert.equal(gone.status, 204);
  for (const cookie of others)
    assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie } })).status, 401);
  const { sessions } = await (await fetch(`${web.origin}/sessions`, { headers })).json();
  assert.deepEqual(
    sessions.map((each: Record<string, unknown>) => [each.isCurrent, each.network]),
    [[true, '127.0.0']],
  );
  assert.equal((await auditOf(web, 'secretRevoked')).length, 2);
  const byToken = await web.fetch('/sessions', { method: 'DELETE' });
  assert.equal(byToken.status, 403, 'an app password or token signs nobody out');
});

test('a session ends when it is not used', async t => {
  const web = await openTestWeb(t, { settings: { 'session.days': 2 } });
  const cookie = await cookieOf(web);
  web.clock.advance(86_400 * 1.5);
  assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie } })).status, 200);
  web.clock.advance(86_400 * 1.5);
  assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie } })).status, 200);
  web.clock.advance(86_400 * 2.5);
  assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie } })).status, 401);
});

test('wrong credentials are refused alike, then throttled', async t => {
  const web = await openTestWeb(t);
  for (const [address, secret] of [
    ['owner@example.org', 'wrong'],
    ['nobody@example.org', 'wrong'],
    ['', ''],
    ['owner@example.org', 'x'.repeat(5000)],
  ] as const) {
    const response = await signIn(web, address, secret);
    assert.equal(response.status, 401);
    assert.deepEqual(await response.json(), {
      type: 'about:blank',
      status: 401,
      title: 'Authentication credentials invalid',
    });
  }
  for (let count = 0; count < 4; count++) await signIn(web, 'owner@example.org', `wrong ${count}`);
  const throttled = await signIn(web, 'owner@example.org', password);
  assert.equal(throttled.status, 429);
  assert.ok(Number(throttled.headers.get('retry-after')) > 0);
  web.clock.advance(60);
  assert.equal((await signIn(web, 'owner@example.org', password)).status, 200);
});

test('Basic asks for credentials, a page is not made to', async t => {
  const web = await openTestWeb(t);
  const plain = await fetch(`${web.origin}/.well-known/jmap`);
  assert.equal(plain.status, 401);
  assert.match(plain.headers.get('www-authenticate') ?? '', /^Basic /);
  const page = await fetch(`${web.origin}/about`, { headers: { 'x-caliopen': '1' } });
  assert.match(page.headers.get('www-authenticate') ?? '', /^Bearer /);
  for (const preloaded of ['/session', '/first-list']) {
    const { status, headers } = await fetch(web.origin + preloaded);
    assert.deepEqual([status, headers.get('www-authenticate')?.split(' ')[0]], [401, 'Bearer'], preloaded);
  }
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
  const browser = await fetch(`${web.origin}/.well-known/jmap`, { headers });
  assert.match(browser.headers.get('www-authenticate') ?? '', /^Bearer /);
});

test('many first requests at once with good credentials are one sign-in', async t => {
  const web = await openTestWeb(t);
  const answers = await Promise.all(Array.from({ length: 12 }, () => web.fetch('/jmap/session', byPassword)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
});

test('app passwords and bearer tokens open the API and make no further secrets', async t => {
  const web = await openTestWeb(t);
  const make = async (kind: string) => {
    const init = {
      method: 'POST',
      headers: { ...byPassword.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ kind, label: 'phone' }),
    };
    const response = await web.fetch('/tokens', init);
    assert.equal(response.status, 201);
    return response.json();
  };
  const app = await make('appPassword');
  const bearer = await make('bearer');
  for (const authorization of [basic('owner@example.org', app.secret), `Bearer ${bearer.secret}`]) {
    const headers = { authorization, 'content-type': 'application/json' };
    assert.equal((await fetch(`${web.origin}/jmap/session`, { headers })).status, 200);
    const body = JSON.stringify({ kind: 'bearer', label: 'more' });
    assert.equal((await fetch(`${web.origin}/tokens`, { method: 'POST', headers, body })).status, 403);
  }
  const { tokens } = await (await web.fetch('/tokens')).json();
  assert.equal(tokens.length, 3, 'with the one of the test itself');
  assert.equal((await web.fetch(`/tokens/${bearer.id}`, { method: 'DELETE' })).status, 403);
  await web.fetch(`/tokens/${bearer.id}`, { method: 'DELETE', ...byPassword });
  const headers = { authorization: `Bearer ${bearer.secret}` };
  assert.equal((await fetch(`${web.origin}/jmap/session`, { headers })).status, 401);
});

test('an app password of one account opens no other', async t => {
  const web = await openTestWeb(t);
  await addAccount(web.store, 'other@example.org');
  const init = {
    method: 'POST',
    headers: { ...byPassword.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'appPassword', label: 'phone' }),
  };
  const { secret } = await (await web.fetch('/tokens', init)).json();
  const headers = { authorization: basic('other@example.org', secret) };
  assert.equal((await fetch(`${web.origin}/jmap/session`, { headers })).status, 401);
});

test('a changed password is asked for at once, a closed account opens no more', async t => {
  const web = await openTestWeb(t);
  assert.equal((await web.fetch('/jmap/session', byPassword)).status, 200);
  await web.store.setPasswordHash(web.account.id, null);
  assert.equal((await web.fetch('/jmap/session', byPassword)).status, 401);
  const cookie = await (async () => {
    await addAccount(web.store, 'closing@example.org');
    const response = await signIn(web, 'closing@example.org', password);
    return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  })();
  const closing = await web.store.getAccountByAddress('closing@example.org');
  await web.store.updateAccount(closing?.id ?? '', { state: 'closed' });
  assert.equal((await fetch(`${web.origin}/session`, { headers: { cookie } })).status, 401);
});

test('other spellings of an address are the same account to the throttle', async t => {
  const web = await openTestWeb(t);
  const spellings = [
    'owner@example.org',
    'OWNER@example.org.',
    '"owner"@example.org',
    'owner@ｅxample.org',
    'owner@example。org',
    'owner@exam\u00adple.org',
  ];
  for (const address of spellings) await signIn(web, address, 'wrong');
  for (const address of spellings)
    assert.notEqual((await signIn(web, address, 'wrong')).status, 401, address);
});

async function auditOf(web: TestWeb, action: string) {
  const { items } = await web.store.listAudit(web.account.id);
  return items.filter(entry => entry.action === action).map(({ detail }) => detail);
}

test('sign-ins by password and token are written once a day, failed ones are counted', async t => {
  const web = await openTestWeb(t);
  for (let count = 0; count < 3; count++) await web.fetch('/jmap/session');
  for (let count = 0; count < 3; count++) await web.fetch('/jmap/session', byPassword);
  const means = (await auditOf(web, 'signIn')).map(detail => detail.means);
  assert.deepEqual(means.sort(), ['bearer', 'password']);
  web.clock.advance(86_400);
  await web.fetch('/jmap/session');
  assert.equal((await auditOf(web, 'signIn')).length, 3);
  for (let count = 0; count < 4; count++) await signIn(web, 'owner@example.org', `wrong ${count}`);
  assert.deepEqual(await auditOf(web, 'signInFailed'), [{ network: '127.0.0', tries: 1 }]);
});

test('signing out is written, and leaves what the person set on this device', async t => {
  const web = await openTestWeb(t);
  const headers = { cookie: await cookieOf(web), 'x-caliopen': '1' };
  const out = await fetch(`${web.origin}/session`, { method: 'DELETE', headers });
  assert.equal(out.headers.get('clear-site-data'), '"cache"');
  assert.equal((await auditOf(web, 'signOut')).length, 1);
});

async function ticketOf(web: TestWeb, cookie: string): Promise<string> {
  const response = await fetch(`${web.origin}/tickets`, {
    method: 'POST',
    headers: { cookie, 'x-caliopen': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ purpose: 'eventSource' }),
  });
  return (await response.json()).ticket;
}

test('a stream and a ticket end with the session they came from', async t => {
  const web = await openTestWeb(t);
  const cookie = await cookieOf(web);
  const [used, unused] = [await ticketOf(web, cookie), await ticketOf(web, cookie)];
  const streamed = (ticket: string) =>
    fetch(`${web.origin}/jmap/eventsource?ticket=${ticket}`, { headers: { cookie } });
  const stream = await streamed(used);
  assert.equal(stream.status, 200);
  const ended = stream.text();
  await fetch(`${web.origin}/session`, { method: 'DELETE', headers: { cookie, 'x-caliopen': '1' } });
  assert.doesNotMatch(await ended, /event: state/);
  assert.equal((await streamed(unused)).status, 401);
});

test('a stream of a closed account tells nothing more', async t => {
  const web = await openTestWeb(t);
  const stream = await web.fetch('/jmap/eventsource?types=*&closeafter=no');
  const ended = stream.text();
  await web.store.updateAccount(web.account.id, { state: 'closed' });
  await web.store.putTag(web.account.id, { name: 'late' });
  assert.doesNotMatch(await ended, /event: state/);
});

test('a store that can not be written lets known clients go on, and new ones in only when that is recorded', async t => {
  const web = await openTestWeb(t);
  const full = async () => {
    throw new DeliveryError('storeFull');
  };
  const audit = t.mock.method(web.store, 'appendAudit', full);
  const lastUse = t.mock.method(web.store, 'touchSecret', full);
  for (const _try of [1, 2]) assert.equal((await web.fetch('/jmap/session')).status, 507, 'not recorded');
  audit.mock.restore();
  assert.equal((await web.fetch('/jmap/session')).status, 200);
  assert.equal((await auditOf(web, 'signIn')).length, 1);
  t.mock.method(web.store, 'appendAudit', full);
  assert.equal((await web.fetch('/jmap/session')).status, 200, 'recorded today');
  assert.ok(lastUse.mock.callCount() > 0);
});
