import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { drawBmp } from '../../../bin/demo/pictures.ts';
import { capabilities } from '../../../webmail/wire.ts';
import { atEnd } from '../../support/at-end.ts';
import { poll } from '../../support/poll.ts';
import { htmlLetter } from '../../support/reader.ts';
import { type Answer, addAccount, openTestWeb, password, type TestWeb, type TestWebOptions } from './web.ts';

/** A web door whose pictures come from a server here, one web session, and what that server was asked. */
async function openDoor(t: TestContext, options: TestWebOptions = {}) {
  const asked: string[] = [];
  /** Answers that wait to be sent. */
  const held: (() => void)[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(`${headers.host}${url}`);
    response.setHeader('Set-Cookie', 'a=b').setHeader('Content-Type', 'text/html');
    if (url === '/text') response.end('<!doctype html>');
    else if (url === '/slow.png') held.push(() => response.end(drawBmp(3, 3)));
    else response.end(drawBmp(3, 3));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const { port } = server.address() as AddressInfo;
  const picturePorts = {
    lookUp: async (name: string) =>
      name === 'inside.example' ? ['10.0.0.1'] : name.endsWith('.example') ? ['93.184.215.14'] : [],
    connect: () => connect(port, '127.0.0.1'),
  };
  const web = await openTestWeb(t, { picturePorts, ...options });
  return { web, asked, held, session: await signIn(web) };
}

/** What the webmail's page may do with its cookie. */
interface Session {
  readonly cookie: string;
  sign(emailId: string, urls: readonly string[]): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

async function signIn(web: TestWeb, address = web.account.address): Promise<Session> {
  const headers = { 'content-type': 'application/json', 'x-caliopen': '1' };
  const body = JSON.stringify({ address, password });
  const response = await fetch(`${web.origin}/session`, { method: 'POST', headers, body });
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { accountId } = await response.json();
  return {
    cookie,
    async sign(emailId, urls) {
      const methodCalls = [['Picture/sign', { accountId, emailId, urls }, 'c']];
      const request = JSON.stringify({ using: Object.values(capabilities), methodCalls });
      const init = { method: 'POST', headers: { ...headers, cookie }, body: request };
      const { methodResponses } = await (await fetch(`${web.origin}/jmap`, init)).json();
      return methodResponses[0][0] === 'error' ? methodResponses[0][1].type : methodResponses[0][1].list;
    },
    get: (path, more = {}) => fetch(`${web.origin}${path}`, { headers: { cookie, ...more } }),
  };
}

const letter = `<img src="http://cdn.example/1.png#x"><p style="background: url('//cdn.example/2.png')">
  <img srcset="http://cdn.example/3.png 1x"><img src="http://cdn.example/text"><img src="http://inside.example/">
  <img src="http://news.example/track/open.php?u=1"><img src="http://news.example/seen" width="1" height="1">
  <img src="http://10.0.0.1/a.png"><img src="http://cdn.example:8080/a.png">`;

test('pictures that a message names are signed, all others are refused with a reason', async t => {
  const { web, session, asked } = await openDoor(t);
  const id = await web.deliver(htmlLetter(letter));
  const urls = {
    'http://cdn.example/1.png': null,
    'HTTP://CDN.example/1.png#other': null,
    'https://cdn.example/2.png': null,
    'http://cdn.example/3.png': null,
    'http://inside.example/': null,
    'http://news.example/track/open.php?u=1': 'beacon',
    'http://news.example/seen': 'beacon',
    'http://10.0.0.1/a.png': 'notPublic',
    'http://cdn.example:8080/a.png': 'notPublic',
    'http://cdn.example/4.png': 'notFound',
    'http://elsewhere.example/': 'notFound',
    'no address': 'notFound',
    '': 'notFound',
  };
  const list = await session.sign(id, Object.keys(urls));
  assert.deepEqual(Object.fromEntries(list.map((one: Answer) => [one.url, one.refused])), urls);
  for (const { address, refused } of list) assert.equal(address === null, refused !== null);
  assert.deepEqual(asked, []);
  assert.equal(await session.sign(id, Array(501).fill('x')), 'invalidArguments');
  assert.equal(await session.sign('nobody', []), 'invalidArguments');
});

test('a signed picture is shown with the type that it has, and nothing of its host’s', async t => {
  const { web, session, asked } = await openDoor(t);
  const id = await web.deliver(htmlLetter(letter));
  const [{ address }] = await session.sign(id, ['http://cdn.example/1.png']);
  const response = await session.get(address, { 'sec-fetch-dest': 'image' });
  assert.equal(response.status, 200);
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), drawBmp(3, 3));
  const header = (name: string) => response.headers.get(name);
  assert.equal(header('content-type'), 'image/bmp');
  assert.equal(header('x-content-type-options'), 'nosniff');
  assert.equal(header('content-security-policy'), "default-src 'none'; sandbox");
  assert.equal(header('cross-origin-resource-policy'), 'same-origin');
  assert.equal(header('cache-control'), 'private, max-age=600, immutable');
  assert.equal(header('set-cookie'), null);
  assert.deepEqual(asked, ['cdn.example/1.png']);
  const [again] = await session.sign(id, ['http://cdn.example/1.png']);
  assert.equal((await session.get(again.address)).status, 200);
  assert.equal(asked.length, 1, 'asked a second time');
  const metrics = await (await fetch(`${web.origin}/metrics`)).text();
  assert.match(metrics, /caliopen_web_pictures_total\{outcome="fetched"\} 1/);
  assert.match(metrics, /caliopen_web_pictures_total\{outcome="remembered"\} 1/);
});

test('whatever keeps a picture away, the answer is the same', async t => {
  const { web, session, asked } = await openDoor(t);
  const id = await web.deliver(htmlLetter(letter));
  const list = await session.sign(id, [
    'http://cdn.example/1.png',
    'http://cdn.example/text',
    'http://inside.example/',
  ]);
  const [good, text, inside] = list.map((one: Answer) => one.address);
  const other = await signIn(web);
  const answers = [
    await session.get(text),
    await session.get(inside),
    await session.get('/pictures/nothing'),
    await session.get(`${good}A`),
    await session.get(good, { 'sec-fetch-dest': 'document' }),
    await session.get(good, { 'sec-fetch-dest': 'script' }),
    await other.get(good),
    await web.fetch(good),
  ];
  const seen = await Promise.all(
    answers.map(async answer => {
      const {
        date,
        'keep-alive': _keepAlive,
        connection: _connection,
        ...headers
      } = Object.fromEntries(answer.headers);
      assert.ok(date);
      return JSON.stringify([answer.status, headers, await answer.text()]);
    }),
  );
  assert.equal(new Set(seen).size, 1, seen.join('\n'));
  assert.equal(answers[0]?.status, 404);
  assert.deepEqual(asked, ['cdn.example/text']);
  assert.equal((await fetch(`${web.origin}${good}`)).status, 401, 'nobody is signed in');
  assert.equal((await session.get(good)).status, 200, 'what was refused has not used it up');
  const [{ address: late }] = await session.sign(id, ['http://cdn.example/1.png']);
  web.clock.advance(601);
  assert.equal((await session.get(late)).status, 404, 'ten minutes later');
});

test('an address is good once, however many ask at the same time', async t => {
  const { web, session } = await openDoor(t);
  const id = await web.deliver(htmlLetter(letter));
  const [{ address }] = await session.sign(id, ['http://cdn.example/1.png']);
  const both = await Promise.all([session.get(address), session.get(address)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 404]);
  const again = await session.get(address);
  assert.deepEqual([again.status, again.headers.get('cache-control')], [404, 'no-store']);
});

test('what never arrived may be asked for again, as browsers do when a connection breaks', async t => {
  const { web, session, held } = await openDoor(t);
  const url = 'http://cdn.example/slow.png';
  const id = await web.deliver(htmlLetter(`<img src="${url}">`));
  const [{ address }] = await session.sign(id, [url]);
  const { port, host } = new URL(web.origin);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET ${address} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${session.cookie}\r\n\r\n`);
  const [send] = await poll('it is on its way', async () => (held.length > 0 ? held : undefined));
  assert.equal((await session.get(address)).status, 404, 'while it is on its way');
  socket.destroy();
  send?.();
  await poll('the address is good again', async () =>
    (await session.get(address)).status === 200 ? true : undefined,
  );
  assert.equal((await session.get(address)).status, 404);
});

test('only a web session shows pictures, of messages of its own account, where the server fetches any', async t => {
  const { web, session } = await openDoor(t);
  const id = await web.deliver(htmlLetter(letter));
  const urls = ['http://cdn.example/1.png'];
  assert.equal(await web.refuse('Picture/sign', { emailId: id, urls }), 'forbidden');
  await addAccount(web.store, 'other@example.org');
  const other = await signIn(web, 'other@example.org');
  assert.equal(await other.sign(id, urls), 'invalidArguments');
  const [{ address }] = await session.sign(id, urls);
  assert.equal((await other.get(address)).status, 404);
  const none = await openDoor(t, { settings: { 'web.pictures': false } });
  const letterThere = await none.web.deliver(htmlLetter(letter));
  assert.equal(await none.session.sign(letterThere, urls), 'forbidden');
});

test('what came encrypted or sealed names no picture that anybody fetches', async t => {
  const { web, session } = await openDoor(t);
  const findings = {
    form: 'pgpInline',
    encryption: 'public',
    signature: 'none',
    subject: 'open',
    noIntegrity: false,
    signer: null,
    opened: true,
    failure: null,
    algorithms: [],
  };
  const id = await web.deliver(htmlLetter(letter));
  const [email] = await web.store.getEmails(web.account.id, [id]);
  assert.ok(email);
  const closed = await web.deliver(htmlLetter(letter, 'Closed'), {
    findings: { ...email.findings, decrypt: findings } as never,
  });
  const [refused] = await session.sign(closed, ['http://cdn.example/1.png']);
  assert.deepEqual([refused.address, refused.refused], [null, 'notFound']);
  const sealed = await web.deliver(htmlLetter(letter, 'Sealed'), { sealed: true });
  assert.equal(await session.sign(sealed, ['http://cdn.example/1.png']), 'invalidArguments');
});

test('a long message is looked through in the thread for long messages', async t => {
  const { web, session } = await openDoor(t);
  const id = await web.deliver(htmlLetter(`${'<p>words</p>'.repeat(20_000)}${letter}`));
  const [signed] = await session.sign(id, ['http://cdn.example/1.png']);
  assert.equal(signed.refused, null);
});
