import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { drawBmp } from '../../../../bin/demo/pictures.ts';
import { fetchPicture, maxPictureOctets } from '../../../../webmail/api/pictures/fetch-picture.ts';
import type { Target } from '../../../../webmail/api/pictures/ports.ts';
import { ownPlaces } from '../../../../webmail/api/pictures/target.ts';
import { atEnd } from '../../../support/at-end.ts';
import { makePair } from '../../../support/server-certificate.ts';

const outside = '93.184.215.14';

/** A server on this machine to which every connection leads, wherever it thinks that it goes. */
async function openNet(t: TestContext, answer: RequestListener, names: Record<string, string[]> = {}) {
  const asked: IncomingMessage[] = [];
  const targets: Target[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ports = {
    lookUp: async (name: string) => {
      const isThere = name.endsWith('.example') && !name.includes('own');
      const addresses = names[name] ?? (isThere ? [outside] : []);
      if (addresses.length === 0) throw new Error(`no such name: ${name}`);
      return addresses;
    },
    connect(target: Target) {
      targets.push(target);
      return connect(port, '127.0.0.1');
    },
  };
  const config = { hostname: 'mx.own.example', 'acme.names': ['mail.own.example'], 'dns.nameservers': [] };
  const own = ownPlaces(config, ports);
  const get = (url: string, timeoutMilliseconds = 5000) =>
    fetchPicture(url, { ports, own, timeoutMilliseconds });
  return { asked, targets, ports, get };
}

const showPicture: RequestListener = (_request, response) => void response.end(drawBmp(2, 2));

test('a picture is fetched from the address that was checked, by its name', async t => {
  const { asked, targets, get } = await openNet(t, showPicture);
  const found = await get('http://cdn.example/a.png?b=c#d');
  assert.equal(found?.mediaType, 'image/bmp');
  assert.deepEqual(Buffer.from(found.octets), drawBmp(2, 2));
  assert.deepEqual(targets, [{ address: outside, port: 80, hostname: 'cdn.example' }]);
  assert.equal(asked[0]?.url, '/a.png?b=c');
  assert.deepEqual(asked[0]?.headers, {
    host: 'cdn.example',
    'user-agent': 'Mozilla/5.0',
    accept: 'image/*',
    'accept-encoding': 'identity',
    connection: 'close',
  });
});

test('nothing is asked of addresses that a letter may not name', async t => {
  const { targets, get } = await openNet(t, showPicture, {
    'inside.example': ['10.0.0.1'],
    'both.example': [outside, '127.0.0.1'],
    'six.example': ['2a01:4f8::1', 'fd00::1'],
    'mapped.example': ['::ffff:169.254.169.254'],
    'machine.example': ['127.0.0.1'],
    'beside.example': ['198.41.0.4'],
    'mx.own.example': ['198.41.0.4'],
    localhost: [outside],
    intranet: [outside],
  });
  const refused = [
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://017700000001/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://0/',
    'http://localhost/',
    'http://localhost./',
    'http://intranet/',
    'http://inside.example/',
    'http://both.example/',
    'http://six.example/',
    'http://mapped.example/',
    'http://machine.example/',
    'http://beside.example/',
    'http://mx.own.example/',
    'http://MAIL.own.example./',
    'http://nobody.invalid/',
    'http://cdn.example:8080/',
    'http://cdn.example:443/',
    'https://cdn.example:80/',
    'http://cdn.example:25/',
    'http://user@cdn.example/',
    'http://user:secret@cdn.example/',
    'ftp://cdn.example/',
    'file:///etc/passwd',
    'gopher://cdn.example/',
    'data:image/png,x',
    'javascript:1',
    '//cdn.example/a.png',
    'cdn.example/a.png',
    `http://cdn.example/${'a'.repeat(5000)}`,
    '',
  ];
  for (const url of refused) assert.equal(await get(url), null, url);
  assert.deepEqual(targets, []);
});

test('the default port may be written out', async t => {
  const { targets, get } = await openNet(t, showPicture);
  assert.ok(await get('http://cdn.example:80/a'));
  assert.equal(targets[0]?.port, 80);
});

test('each redirection is looked up and checked anew, and there are three at most', async t => {
  const { asked, targets, get } = await openNet(
    t,
    (request, response) => {
      const steps = Number(/^\/(\d+)$/.exec(request.url ?? '')?.[1] ?? 0);
      const to = {
        '/inside': 'http://10.0.0.1/a',
        '/name': 'http://inside.example/a',
        '/port': 'http://cdn.example:8080/a',
        '/file': 'file:///etc/passwd',
        '/user': 'http://a@cdn.example/',
        '/bad': 'http://[',
        '/none': undefined,
      }[request.url ?? ''];
      const isEnd = request.url === '/0';
      if (isEnd) return void response.end(drawBmp(2, 2));
      response.statusCode = 302;
      const next = to ?? (steps > 0 ? `/${steps - 1}` : undefined);
      if (next !== undefined) response.setHeader('Location', next);
      response.setHeader('Set-Cookie', 'a=b').end();
    },
    { 'inside.example': ['192.168.0.1'] },
  );
  assert.ok(await get('http://cdn.example/3'));
  assert.equal(asked.length, 4);
  assert.ok(asked.every(({ headers }) => headers.cookie === undefined && headers.referer === undefined));
  assert.equal(await get('http://cdn.example/4'), null);
  targets.length = 0;
  for (const path of ['inside', 'name', 'port', 'file', 'user', 'bad', 'none']) {
    assert.equal(await get(`http://cdn.example/${path}`), null, path);
  }
  assert.ok(targets.every(({ address }) => address === outside));
  assert.equal(targets.length, 7);
});

test('a name that leads outside first and inside then reaches nothing inside', async t => {
  let times = 0;
  const names = new Proxy<Record<string, string[]>>(
    {},
    {
      get: (_names, name) => {
        if (name !== 'turns.example') return undefined;
        times += 1;
        return times === 1 ? [outside] : ['127.0.0.1'];
      },
    },
  );
  const { targets, get } = await openNet(
    t,
    (_request, response) => void response.writeHead(302, { Location: 'http://turns.example/again' }).end(),
    names,
  );
  assert.equal(await get('http://turns.example/'), null);
  assert.deepEqual(
    targets.map(({ address }) => address),
    [outside],
  );
});

test('what is no raster picture, too large, packed, or not there is nothing', async t => {
  const { asked, get } = await openNet(t, ({ url }, response) => {
    const large = Buffer.concat([drawBmp(2, 2), Buffer.alloc(maxPictureOctets)]);
    if (url === '/svg') response.setHeader('Content-Type', 'image/png').end('<svg onload="x()"/>'.padEnd(99));
    else if (url === '/large') response.end(large);
    else if (url === '/endless') {
      response.write(drawBmp(2, 2));
      const more = () => !response.destroyed && response.write(Buffer.alloc(64_000), more);
      more();
    } else if (url === '/packed') response.setHeader('Content-Encoding', 'gzip').end(drawBmp(2, 2));
    else if (url === '/gone') response.writeHead(404).end(drawBmp(2, 2));
    else if (url === '/part') response.writeHead(206).end(drawBmp(2, 2));
    else if (url === '/short') {
      response.writeHead(200, { 'Content-Length': 9999 }).write(drawBmp(2, 2));
      setImmediate(() => response.destroy());
    } else response.end();
  });
  for (const path of ['svg', 'large', 'endless', 'packed', 'gone', 'part', 'short', 'empty'])
    assert.equal(await get(`http://cdn.example/${path}`), null, path);
  assert.equal(asked.length, 8);
});

test('whoever answers too slowly is left, at any point of the way', async t => {
  const { get, ports } = await openNet(t, ({ url }, response) => {
    if (url === '/silent') return;
    response.write(drawBmp(2, 2));
    if (url === '/drops') {
      const timer = setInterval(() => response.write('\0'), 20);
      response.on('close', () => clearInterval(timer));
    }
  });
  const started = performance.now();
  assert.equal(await get('http://cdn.example/silent', 300), null);
  assert.equal(await get('http://cdn.example/stops', 300), null);
  assert.equal(await get('http://cdn.example/drops', 300), null);
  ports.lookUp = () => new Promise(() => {});
  assert.equal(await get('http://cdn.example/', 300), null);
  const server = createTcpServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 200 OK\r\nX-A: ');
    const timer = setInterval(() => socket.write('a'), 20);
    socket.on('close', () => clearInterval(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  ports.lookUp = async () => [outside];
  ports.connect = () => connect((server.address() as AddressInfo).port, '127.0.0.1');
  assert.equal(await get('http://cdn.example/loris', 300), null);
  const waited = performance.now() - started;
  assert.ok(waited > 1400 && waited < 10_000, `${waited} ms`);
});

test('where one address does not answer, the next one is asked', async t => {
  const { get, ports, targets } = await openNet(t, showPicture, { 'two.example': ['198.41.0.4', outside] });
  const { connect: reach } = ports;
  ports.connect = target => {
    if (target.address === outside) return reach(target);
    targets.push(target);
    return connect(1, '127.0.0.1');
  };
  assert.ok(await get('http://two.example/'));
  assert.deepEqual(
    targets.map(({ address }) => address),
    ['198.41.0.4', outside],
  );
});

test('over TLS the host must show a certificate for its name', async t => {
  const { certificate, key } = await makePair(['cdn.example']);
  const server = createHttpsServer({ cert: certificate, key }, showPicture);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  const { port } = server.address() as AddressInfo;
  const { get, ports, targets } = await openNet(t, showPicture);
  ports.connect = target => {
    targets.push(target);
    return connectTls({ port, host: '127.0.0.1', servername: target.hostname, ca: certificate });
  };
  assert.ok(await get('https://cdn.example/'));
  assert.equal(await get('https://other.example/'), null);
  assert.deepEqual(
    targets.map(target => target.port),
    [443, 443],
  );
});
