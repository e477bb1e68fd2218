import assert from 'node:assert/strict';
import { get } from 'node:http';
import { test } from 'node:test';
import { bundleUi } from '../../../webmail/api/bundle.ts';
import { openTestWeb } from './web.ts';

test('the frame of an HTML body is an empty document that can load and run nothing, opened by a ticket once', async t => {
  const web = await openTestWeb(t);
  const open = async (path: string) => {
    const headers = { 'content-type': 'application/json' };
    const made = await web.fetch('/tickets', { method: 'POST', headers, body: '{"purpose":"frame"}' });
    const { ticket } = (await made.json()) as { ticket: string };
    return [await fetch(`${web.origin}${path}?ticket=${ticket}`), `${path}?ticket=${ticket}`] as const;
  };
  for (const [path, pictures] of [
    ['/frame/', 'data:'],
    ['/frame/pictures/', "data: 'self'"],
  ] as const) {
    const [response, address] = await open(path);
    assert.equal(response.status, 200);
    assert.equal(
      response.headers.get('content-security-policy'),
      `default-src 'none'; img-src ${pictures}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin`,
    );
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(response.headers.get('x-dns-prefetch-control'), 'off');
    assert.match(await response.text(), /<body><\/body>/);
    assert.equal((await fetch(`${web.origin}${address}`)).status, 401, 'a second time');
    assert.equal((await web.fetch(path)).status, 401, 'without a ticket');
  }
});

test('health says it is alive, metrics count for this machine alone', async t => {
  const web = await openTestWeb(t);
  assert.equal(await (await fetch(`${web.origin}/healthz`)).text(), 'ok\n');
  const metrics = await fetch(`${web.origin}/metrics`);
  assert.match(await metrics.text(), /caliopen_web_request_seconds_count\{route="\/healthz"/);
  const proxied = await fetch(`${web.origin}/metrics`, { headers: { 'x-forwarded-for': '192.0.2.1' } });
  assert.equal(proxied.status, 404);
  for (const headers of [
    { 'x-real-ip': '192.0.2.1' },
    { forwarded: 'for=192.0.2.1' },
    { via: '1.1 proxy' },
    { 'x-forwarded-host': 'mail.example.org' },
    { host: 'rebound.example.net' },
    { host: '127.0.0.1.example.net' },
  ]) {
    assert.equal(await statusOf(`${web.origin}/metrics`, headers), 404, JSON.stringify(headers));
  }
  assert.equal(await statusOf(`${web.origin}/metrics`, { host: 'localhost:8080' }), 200);
});

/** With a Host field, which `fetch` doesn't let through. */
function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, answer => resolve(answer.resume().statusCode)).on('error', reject);
  });
}

test('a JMAP client of another origin may call with its own credentials, never with the cookie', async t => {
  const web = await openTestWeb(t);
  const headers = { origin: 'https://client.example.net', 'access-control-request-method': 'POST' };
  const asked = await fetch(`${web.origin}/jmap`, { method: 'OPTIONS', headers });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get('access-control-allow-origin'), '*');
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /Authorization/);
  assert.equal(asked.headers.get('access-control-allow-credentials'), null);
  const answered = await web.fetch('/jmap/session', { headers });
  assert.equal(answered.headers.get('access-control-allow-origin'), '*');
  const session = await fetch(`${web.origin}/session`, { method: 'OPTIONS', headers });
  assert.equal(session.headers.get('access-control-allow-origin'), null);
});

test('a method that a path does not take is a 405 that names those it takes', async t => {
  const web = await openTestWeb(t);
  const response = await fetch(`${web.origin}/jmap`, { method: 'PUT' });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get('allow'), 'POST');
});

test('what is not there is a 404 that gives nothing away', async t => {
  const web = await openTestWeb(t);
  for (const path of ['/nothing', '/../package.json', '/webmail/api/app.ts', '/main.ts']) {
    const response = await fetch(`${web.origin}${path}`);
    assert.equal(response.status, 404);
    assert.equal(response.headers.get('x-powered-by'), null);
    assert.equal(
      response.headers.get('content-security-policy'),
      "default-src 'none'; frame-ancestors 'none'",
    );
  }
});

test('the bundle is named by content, compressed, and its page names what was built', async () => {
  const bundle = await bundleUi();
  const page = bundle.get('/index.en.html')?.encodings.get('identity')?.toString() ?? '';
  const [script = ''] = /(?<=<script type="module" src=")[^"]+/.exec(page) ?? [];
  const [style = ''] = /\/style-[A-Z0-9]+\.css/.exec(page) ?? [];
  for (const path of [script, style]) {
    const asset = bundle.get(path);
    assert.ok(asset?.isImmutable, path);
    const whole = asset.encodings.get('identity')?.byteLength ?? 0;
    assert.ok((asset.encodings.get('br')?.byteLength ?? whole) < whole);
  }
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|\son\w+=|<style|\sstyle=/);
});
