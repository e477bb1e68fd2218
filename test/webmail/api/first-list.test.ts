import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstRequest } from '../../../webmail/api/first-calls.ts';
import { addAccount, openTestWeb, password, type TestWeb } from './web.ts';

async function signIn({ origin, account }: Pick<TestWeb, 'origin' | 'account'>): Promise<string> {
  const response = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ address: account.address, password }),
  });
  return response.headers
    .getSetCookie()
    .map(cookie => cookie.split(';')[0])
    .join('; ');
}

test('the first list is what the API answers to its calls, for the account of the session alone', async t => {
  const web = await openTestWeb(t);
  await web.deliver(
    'From: Ada <ada@example.net>\r\nTo: owner@example.org\r\nSubject: The boat\r\n\r\nIt floats.\r\n',
  );
  const response = await fetch(`${web.origin}/first-list`, { headers: { cookie: await signIn(web) } });
  assert.equal(response.status, 200);
  const answer = (await response.json()) as { methodResponses: [string, { list?: unknown[] }, string][] };
  const asked = await web.fetch('/jmap', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(firstRequest(web.account.id)),
  });
  assert.deepEqual(answer, await asked.json());
  assert.deepEqual(
    answer.methodResponses.map(([name, , id]) => [name, id]),
    [
      ['Mailbox/get', 'tags'],
      ['Discussion/query', 'query'],
      ['Discussion/get', 'get'],
      ['Email/get', 'emails'],
    ],
  );
  assert.equal(answer.methodResponses[3]?.[1].list?.length, 1);
  const account = await addAccount(web.store, 'other@example.org');
  const cookie = await signIn({ ...web, account });
  const other = await fetch(`${web.origin}/first-list`, { headers: { cookie } });
  const theirs = (await other.json()) as typeof answer;
  assert.deepEqual(theirs.methodResponses[3]?.[1].list, []);
  assert.ok(!JSON.stringify(theirs).includes(web.account.id));
});

test('nobody else reads the first list: not without the cookie, and no page of another site', async t => {
  const web = await openTestWeb(t);
  assert.equal((await fetch(`${web.origin}/first-list`)).status, 401);
  const cookie = await signIn(web);
  const response = await fetch(`${web.origin}/first-list`, {
    headers: { cookie, origin: 'https://example.net', 'sec-fetch-site': 'cross-site' },
  });
  // Had the cookie come along, the browser would still keep the answer from the page.
  assert.equal(response.headers.get('access-control-allow-origin'), null);
  assert.equal(response.headers.get('cross-origin-resource-policy'), 'same-origin');
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.equal((await web.fetch('/first-list', { method: 'POST', body: '{}' })).status, 405);
});
