import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Log, silentLog } from '../../../delivery/log.ts';
import { poll } from '../../support/poll.ts';
import { openTestWeb, type TestWeb } from './web.ts';

interface Connection {
  readonly socket: Socket;
  /** How the answers so far begin. */
  readonly statuses: () => string[];
}

function connected(t: TestContext, web: TestWeb): Connection {
  const { hostname, port } = new URL(web.origin);
  const socket = connect(Number(port), hostname)
    .setEncoding('latin1')
    .on('error', () => {});
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', part => {
    text += part;
  });
  return { socket, statuses: () => text.match(/HTTP\/1\.1 \d+/g) ?? [] };
}

function head(web: TestWeb, framing: string): string {
  return `POST /jmap HTTP/1.1\r\nHost: x\r\nAuthorization: ${web.authorization}\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;
}

const octets = 1_000_000;
const chunk = `${octets.toString(16)}\r\n${' '.repeat(octets)}\r\n`;

test('a client whose body is too long hears so, and goes on with the same connection', async t => {
  const web = await openTestWeb(t);
  const bodies = [
    ['Transfer-Encoding: chunked', `${chunk.repeat(12)}0\r\n\r\n`],
    [`Content-Length: ${12 * octets}`, ' '.repeat(12 * octets)],
  ] as const;
  for (const [framing, body] of bodies) {
    const { socket, statuses } = connected(t, web);
    socket.write(head(web, framing));
    socket.write(body);
    await poll('the refusal', () => (statuses().length === 1 ? true : undefined));
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await poll('the next answer', () => (statuses().length === 2 ? true : undefined));
    assert.deepEqual(statuses(), ['HTTP/1.1 400', 'HTTP/1.1 200'], framing);
  }
});

test('a client that goes away in the middle is no error of the server', async t => {
  const errors: unknown[] = [];
  const log: Log = { ...silentLog, error: (...fields) => errors.push(fields) };
  const web = await openTestWeb(t, { log });
  const { socket } = connected(t, web);
  socket.write(`${head(web, 'Transfer-Encoding: chunked')}${chunk}`, () => socket.resetAndDestroy());
  await poll('the request to be over', async () => {
    const metrics = await (await fetch(`${web.origin}/metrics`)).text();
    return /request_seconds_count\{route="\/jmap"/.test(metrics) ? true : undefined;
  });
  assert.deepEqual(errors, []);
});
