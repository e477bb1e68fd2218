import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { poll } from '../../support/poll.ts';
import { openTestWeb, password, type TestWeb } from './web.ts';

async function upload(web: TestWeb, body: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const answer = await web.fetch(`/jmap/upload/${web.account.id}/`, { method: 'POST', body });
  const { blobId } = (await answer.json()) as { blobId: string };
  return `/jmap/download/${web.account.id}/${blobId}/file`;
}

test('what was downloaded stays in no cache, and goes to other sites only with credentials of their own', async t => {
  const web = await openTestWeb(t);
  const path = await upload(web, 'letter');
  const byToken = await web.fetch(path);
  assert.equal(byToken.headers.get('cache-control'), 'no-store');
  assert.match(byToken.headers.get('vary') ?? '', /Authorization, Cookie, Origin/);
  assert.equal(byToken.headers.get('access-control-allow-origin'), '*');
  const signedIn = await fetch(`${web.origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ address: web.account.address, password }),
  });
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const byCookie = await fetch(`${web.origin}${path}`, { headers: { cookie, 'x-caliopen': '1' } });
  assert.equal(await byCookie.text(), 'letter');
  assert.equal(byCookie.headers.get('access-control-allow-origin'), null);
});

test('an attachment is no script and no style of a page', async t => {
  const web = await openTestWeb(t);
  const path = await upload(web, 'globalThis.isOwned = true');
  for (const type of ['text/javascript', 'application/x-ECMAScript', 'text/css', 'application/wasm']) {
    const answer = await web.fetch(`${path}?type=${encodeURIComponent(type)}`);
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
  }
  assert.equal((await web.fetch(`${path}?type=text%2Fplain`)).headers.get('content-type'), 'text/plain');
  for (const destination of ['script', 'style', 'worker', 'iframe']) {
    const answer = await web.fetch(path, { headers: { 'sec-fetch-dest': destination } });
    assert.equal(answer.status, 403, destination);
  }
  assert.equal((await web.fetch(path, { headers: { 'sec-fetch-dest': 'image' } })).status, 200);
});

test('a PDF is shown by a ticket alone, once, and nothing else is', async t => {
  const web = await openTestWeb(t);
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify({ purpose: 'download' });
  const ask = async (path: string, destination: string) => {
    const { ticket } = (await (await web.fetch('/tickets', { ...init, body })).json()) as { ticket: string };
    const address = `${web.origin}${path}?inline&ticket=${ticket}`;
    const answer = await fetch(address, { headers: { 'sec-fetch-dest': destination } });
    return { answer, again: await fetch(address) };
  };
  const pdf = await upload(web, '%PDF-1.7 and so on');
  for (const destination of ['iframe', 'document']) {
    const { answer, again } = await ask(pdf, destination);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/pdf');
    assert.match(answer.headers.get('content-disposition') ?? '', /^inline; filename="file"/);
    assert.doesNotMatch(answer.headers.get('content-security-policy') ?? '', /sandbox|script/);
    assert.match(
      answer.headers.get('content-security-policy') ?? '',
      /default-src 'none'.*frame-ancestors 'self'/,
    );
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(again.status, 401);
  }
  assert.equal((await ask(pdf, 'embed')).answer.status, 403);
  const page = await upload(web, '<script>alert(1)</script>%PDF-1.7');
  assert.equal((await ask(page, 'iframe')).answer.status, 404);
  const unasked = await web.fetch(`${pdf}?inline`);
  assert.match(unasked.headers.get('content-disposition') ?? '', /^attachment/);
  assert.match(unasked.headers.get('content-security-policy') ?? '', /^sandbox/);
  assert.equal((await web.fetch(`${pdf}?inline`, { headers: { 'sec-fetch-dest': 'iframe' } })).status, 403);
});

test('readers that take nothing hold up no more than a few, and the next come when they leave', async t => {
  const web = await openTestWeb(t);
  const path = await upload(web, new Uint8Array(20_000_000).fill(65));
  const { hostname, port } = new URL(web.origin);
  const request = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${web.authorization}\r\n\r\n`;
  const readers = Array.from({ length: 8 }, () => {
    const socket = connect(Number(port), hostname);
    t.after(() => socket.destroy());
    let begun = false;
    socket.once('data', () => {
      begun = true;
      socket.pause();
    });
    socket.write(request);
    return { socket, hasBegun: () => begun };
  });
  const begun = () => readers.filter(({ hasBegun }) => hasBegun());
  await poll('the first', () => (begun().length === 4 ? true : undefined));
  for (const { socket } of begun()) socket.destroy();
  await poll('the others', () => (begun().length === 8 ? true : undefined));
  for (const { socket } of begun()) socket.destroy();
  const whole = await (await web.fetch(path)).arrayBuffer();
  assert.equal(whole.byteLength, 20_000_000);
});
