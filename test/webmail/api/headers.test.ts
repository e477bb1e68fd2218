import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Bundle, bundleUi } from '../../../webmail/api/bundle.ts';
import { routes } from '../../../webmail/api/routes.ts';
import { openTestWeb, password, type TestWeb } from './web.ts';

/** One kind of answer: how it is asked for, and what is told with it. */
interface Kind {
  readonly name: string;
  readonly path: string;
  readonly init?: RequestInit;
  readonly status?: number;
  readonly policy?: string;
  readonly cache?: string | RegExp;
  /** Express path of the route that answers, where it isn't `path`. */
  readonly route?: string;
}

const nothing = "default-src 'none'; frame-ancestors 'none'";
const pageWith = (styles: string) =>
  [
    `default-src 'none'; script-src 'self'; style-src 'self'${styles}; img-src data: blob:; connect-src 'self'`,
    "frame-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "require-trusted-types-for 'script'; trusted-types dompurify caliopen",
  ].join('; ');
const page = pageWith('');
const worker =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'";
const frame = (pictures: string) =>
  `default-src 'none'; img-src ${pictures}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin`;
const forEver = 'public, max-age=31536000, immutable';
const asked = 'private, no-cache';

async function ticketFor(web: TestWeb, purpose: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await web.fetch('/tickets', { method: 'POST', headers, body: JSON.stringify({ purpose }) });
  return (await answer.json()).ticket;
}

function json(method: string, body: unknown): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** The policy of a page that has one style in it. */
function policyFor(bundle: Bundle, path: string): string {
  const html = bundle.get(path)?.encodings.get('identity')?.toString() ?? '';
  const [style = '', ...others] = [...html.matchAll(/<style>(.*?)<\/style>/gs)].map(match => match[1] ?? '');
  assert.deepEqual(others, []);
  return pageWith(` 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
}

async function kindsOf(web: TestWeb, bundle: Bundle): Promise<Kind[]> {
  const file = (pattern: RegExp) => [...bundle.keys()].find(path => pattern.test(path)) ?? '/missing';
  const blob = `${web.account.id}/${await web.upload('<script>alert(1)</script>')}`;
  const download = `/jmap/download/${blob}/x.html?type=text/html`;
  const core = { using: ['urn:ietf:params:jmap:core'], methodCalls: [] };
  const sandboxed = "sandbox; default-src 'none'";
  const noStore = /no-store/;
  return [
    { name: 'sign-in page', path: '/', policy: policyFor(bundle, '/sign-in.en.html'), cache: asked },
    {
      name: 'page of a session',
      path: '/',
      init: { headers: { cookie: 'caliopen=x' } },
      policy: page,
      cache: asked,
    },
    { name: 'script', path: file(/^\/main-.*\.js$/), policy: page, cache: forEver },
    { name: 'worker', path: file(/^\/worker-.*\.js$/), policy: worker, cache: forEver },
    { name: 'style', path: file(/\.css$/), policy: page, cache: forEver },
    { name: 'Session object', path: '/jmap/session', cache: noStore },
    { name: 'discovery', path: '/.well-known/jmap', cache: noStore },
    { name: 'API', path: '/jmap', init: json('POST', core), cache: noStore },
    { name: 'API without sense', path: '/jmap', init: json('POST', 'x'), status: 400 },
    {
      name: 'upload',
      path: `/jmap/upload/${web.account.id}`,
      init: { method: 'POST', body: 'x' },
      status: 201,
      route: '/jmap/upload/:accountId',
    },
    { name: 'download', path: download, policy: sandboxed, route: '/jmap/download/:accountId/:blobId/*name' },
    { name: 'event stream', path: '/jmap/eventsource', init: { method: 'HEAD' } },
    { name: 'frame', path: `/frame/?ticket=${await ticketFor(web, 'frame')}`, policy: frame('data:') },
    {
      name: 'frame with pictures',
      path: `/frame/pictures/?ticket=${await ticketFor(web, 'frame')}`,
      policy: frame("data: 'self'"),
    },
    {
      name: 'picture',
      path: '/pictures/x',
      status: 404,
      policy: "default-src 'none'; sandbox",
      route: '/pictures/:token',
    },
    { name: 'session', path: '/session' },
    { name: 'first list', path: '/first-list', cache: noStore },
    { name: 'signing in', path: '/session', init: json('POST', { address: web.account.address, password }) },
    {
      name: 'signing in wrongly',
      path: '/session',
      init: json('POST', { address: 'x', password: 'x' }),
      status: 401,
    },
    { name: 'signing out', path: '/session', init: { method: 'DELETE' }, status: 204 },
    { name: 'sessions', path: '/sessions' },
    { name: 'other sessions', path: '/sessions', init: { method: 'DELETE' }, status: 403 },
    {
      name: 'a session',
      path: '/sessions/x',
      init: { method: 'DELETE' },
      status: 403,
      route: '/sessions/:id',
    },
    { name: 'tokens', path: '/tokens' },
    { name: 'a new token', path: '/tokens', init: json('POST', { kind: 'bearer', label: 'x' }), status: 403 },
    { name: 'a token', path: '/tokens/x', init: { method: 'DELETE' }, status: 403, route: '/tokens/:id' },
    { name: 'ticket', path: '/tickets', init: json('POST', { purpose: 'frame' }), status: 201 },
    { name: 'about', path: '/about' },
    { name: 'health', path: '/healthz' },
    { name: 'metrics', path: '/metrics' },
    { name: 'nothing', path: '/nothing', status: 404 },
    { name: 'a method too many', path: '/jmap', init: { method: 'PUT' }, status: 405 },
    { name: 'a malformed address', path: '/jmap/download/%zz/a/b', status: 400 },
  ];
}

/** For everybody, and told in test/webmail/api/key-directory.test.ts. */
const publicRoutes = /^\/(?:\.well-known\/openpgpkey|pks)\//;

test('every kind of answer says what a browser may do with it', async t => {
  const bundle = await bundleUi();
  const web = await openTestWeb(t, { bundle });
  const seen = new Set<string>();
  for (const { name, path, init = {}, status = 200, policy = nothing, cache, route } of await kindsOf(
    web,
    bundle,
  )) {
    const response = await web.fetch(path, init);
    await response.arrayBuffer();
    const field = (key: string) => response.headers.get(key);
    assert.equal(response.status, status, name);
    assert.equal(field('content-security-policy'), policy, name);
    assert.equal(field('x-content-type-options'), 'nosniff', name);
    assert.equal(field('referrer-policy'), 'no-referrer', name);
    assert.equal(field('x-dns-prefetch-control'), 'off', name);
    assert.equal(field('cross-origin-opener-policy'), 'same-origin', name);
    assert.equal(field('cross-origin-resource-policy'), 'same-origin', name);
    assert.match(field('permissions-policy') ?? '', /camera=\(\)/, name);
    assert.equal(field('x-powered-by'), null, name);
    assert.equal(field('server'), null, name);
    if (typeof cache === 'string') assert.equal(field('cache-control'), cache, name);
    else assert.match(field('cache-control') ?? '', cache ?? /^no-store$/, name);
    seen.add(`${(init.method ?? 'get').toLowerCase().replace('head', 'get')} ${route ?? path.split('?')[0]}`);
  }
  const unseen = routes
    .filter(({ path }) => !publicRoutes.test(path))
    .map(({ method, path }) => `${method} ${path}`)
    .filter(each => !seen.has(each));
  assert.deepEqual(unseen, [], 'a route without a row here');
});

test('the page allows nothing inline, nothing evaluated, nothing from elsewhere', () => {
  assert.doesNotMatch(page, /unsafe|https?:|\*/);
  assert.match(page, /require-trusted-types-for 'script'/);
});

test('only the sign-in pages have a style in them, and each allows that one alone', async () => {
  const bundle = await bundleUi();
  for (const [path, { policy, encodings }] of bundle) {
    const styles =
      encodings
        .get('identity')
        ?.toString()
        .match(/<style>/g)?.length ?? 0;
    const isSignIn = /^\/sign-in\.(?:en|fr)\.html$/.test(path);
    if (path.endsWith('.html')) assert.equal(styles, isSignIn ? 1 : 0, path);
    assert.equal(
      policy,
      isSignIn ? policyFor(bundle, path) : path.startsWith('/worker-') ? worker : page,
      path,
    );
  }
});

test('what came by mail is saved, whatever it says it is', async t => {
  const web = await openTestWeb(t);
  const blobId = await web.upload('<script>alert(1)</script>');
  for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/xml']) {
    const response = await web.fetch(
      `/jmap/download/${web.account.id}/${blobId}/x?type=${encodeURIComponent(type)}`,
    );
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment;/, type);
    assert.match(response.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'/, type);
  }
});
