import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Store } from '../../../delivery/store/store.ts';
import { poll } from '../../support/poll.ts';
import { openTestWeb, type TestWeb } from './web.ts';

/** Reads events until `count` of that name have come. */
async function readEvents(
  response: Response,
  name: string,
  count: number,
): Promise<{ id: string; data: string }[]> {
  const events: { id: string; data: string }[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = new Map(block.split('\n').map(line => line.split(/: ?/, 2) as [string, string]));
      const data =
        block
          .split('\n')
          .find(line => line.startsWith('data: '))
          ?.slice(6) ?? '';
      if (lines.get('event') === name) events.push({ id: lines.get('id') ?? '', data });
    }
    if (events.length >= count) break;
  }
  return events;
}

function open(web: TestWeb, query: string, headers: Record<string, string> = {}): Promise<Response> {
  return web.fetch(`/jmap/eventsource?${query}`, { headers, signal: AbortSignal.timeout(20_000) });
}

test('§7.3 a change of the account is pushed as a StateChange', async t => {
  const web = await openTestWeb(t);
  const response = await open(web, 'types=*&closeafter=no&ping=0');
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const events = readEvents(response, 'state', 1);
  await web.deliver('Subject: news\n\nx\n');
  const [event] = await events;
  const change = JSON.parse(event?.data ?? '');
  assert.equal(change['@type'], 'StateChange');
  assert.equal(change.changed[web.account.id].Email, (await web.ask('Email/get', { ids: [] })).state);
});

test('§7.3 only the types asked for are pushed, and closeafter=state ends the stream', async t => {
  const web = await openTestWeb(t);
  const response = await open(web, 'types=Mailbox&closeafter=state&ping=0');
  const events = readEvents(response, 'state', 99);
  await web.deliver('Subject: news\n\nx\n');
  const list = await events;
  assert.equal(list.length, 1);
  assert.deepEqual(Object.keys(JSON.parse(list[0]?.data ?? '').changed[web.account.id]), ['Mailbox']);
});

test('§7.3 who comes back with Last-Event-ID is told what changed in between', async t => {
  const web = await openTestWeb(t);
  const events = readEvents(await open(web, 'types=Email&closeafter=no&ping=0'), 'state', 1);
  await web.deliver('Subject: one\n\nx\n');
  const seen = (await events)[0]?.id ?? '';
  await web.deliver('Subject: two\n\nx\n');
  const again = await open(web, 'types=Email&closeafter=state&ping=0', { 'last-event-id': seen });
  assert.equal((await readEvents(again, 'state', 1)).length, 1);
});

test('RFC 9661 §3: a change of the scripts is pushed, with the state that SieveScript/get gives', async t => {
  const web = await openTestWeb(t);
  const events = readEvents(await open(web, 'types=SieveScript&closeafter=state&ping=0'), 'state', 1);
  await web.deliver('Subject: news\n\nx\n');
  const blobId = await web.upload('keep;');
  await web.ask('SieveScript/set', { create: { a: { blobId } } });
  const [event] = await events;
  const { state } = await web.ask('SieveScript/get', {});
  assert.deepEqual(JSON.parse(event?.data ?? '').changed, { [web.account.id]: { SieveScript: state } });
});

test('§7.3 wrong parameters are refused', async t => {
  const web = await openTestWeb(t);
  assert.equal((await open(web, 'types=*&closeafter=never&ping=0')).status, 400);
  assert.equal((await open(web, 'types=*&closeafter=no&ping=x')).status, 400);
});

test('a ticket opens one stream, once', async t => {
  const web = await openTestWeb(t);
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ purpose: 'eventSource' }),
  };
  const { ticket } = await (await web.fetch('/tickets', init)).json();
  const url = `${web.origin}/jmap/eventsource?types=Email&closeafter=state&ping=0&ticket=${ticket}`;
  const wrongPlace = `${web.origin}/jmap?ticket=${ticket}`;
  assert.equal((await fetch(wrongPlace, { method: 'POST' })).status, 401);
  const stream = await fetch(url);
  assert.equal(stream.status, 200);
  await stream.body?.cancel();
  assert.equal((await fetch(url)).status, 401);
});

test('a ticket ends after a minute', async t => {
  const web = await openTestWeb(t);
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ purpose: 'eventSource' }),
  };
  const { ticket } = await (await web.fetch('/tickets', init)).json();
  web.clock.advance(61);
  assert.equal((await fetch(`${web.origin}/jmap/eventsource?ticket=${ticket}`)).status, 401);
});

test('a reader that takes nothing is cut off before its events fill the memory', async t => {
  const web = await openTestWeb(t);
  const watching = Promise.withResolvers<Parameters<Store['watch']>[1]>();
  web.store.watch = (_accountId, listener) => {
    watching.resolve(listener);
    return () => {};
  };
  const { hostname, port } = new URL(web.origin);
  const socket = connect(Number(port), hostname).pause();
  t.after(() => socket.destroy());
  const closed = once(
    socket.on('error', () => {}),
    'close',
  );
  socket.write(
    `GET /jmap/eventsource?types=Email HTTP/1.1\r\nHost: x\r\nAuthorization: ${web.authorization}\r\n\r\n`,
  );
  const tell = await watching.promise;
  for (let at = 0; at < 40; at++)
    tell({ accountId: web.account.id, types: { Email: `${at}${' '.repeat(500_000)}` } });
  await poll('the server to have written', async () => {
    const metrics = await (await fetch(`${web.origin}/metrics`)).text();
    return /caliopen_web_event_streams 0/.test(metrics) ? true : undefined;
  });
  socket.resume();
  await closed;
});

test('who went away before it was known who asks leaves no stream behind', async t => {
  const web = await openTestWeb(t);
  const asked = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const find = web.store.findSecret.bind(web.store);
  web.store.findSecret = async (kind, hash) => {
    asked.resolve();
    await gone.promise;
    return find(kind, hash);
  };
  let watched = 0;
  web.store.watch = () => {
    watched++;
    return () => {};
  };
  const { hostname, port } = new URL(web.origin);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET /jmap/eventsource?types=Email HTTP/1.1\r\nHost: x\r\nAuthorization: ${web.authorization}\r\n\r\n`,
  );
  await asked.promise;
  socket.resetAndDestroy();
  await once(socket, 'close');
  // The door learns of it by the time it has answered somebody else.
  await fetch(`${web.origin}/metrics`);
  gone.resolve();
  const next = await open(web, 'types=Email&closeafter=no&ping=0');
  assert.match(await (await fetch(`${web.origin}/metrics`)).text(), /caliopen_web_event_streams 1\n/);
  assert.equal(watched, 1);
  await next.body?.cancel();
});

test('§7.3 no event comes without data, and a ping comes at once with the id of now', async t => {
  const web = await openTestWeb(t);
  const response = await open(web, 'types=Email&closeafter=state&ping=30');
  await web.deliver('Subject: news\n\nx\n');
  const blocks = (await response.text()).split('\n\n').filter(block => block !== '');
  for (const block of blocks) assert.match(block, /^event: (?:ping|state)\nid: \S+\ndata: \{/m);
  assert.match(blocks[0] ?? '', /^event: ping$/m);
  assert.match(blocks[0] ?? '', /^data: \{"interval":30\}$/m);
});
