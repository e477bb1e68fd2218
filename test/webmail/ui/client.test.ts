import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { client } from '../../../webmail/ui/client.ts';

/** The streams that the page opened, in place of the browser's. */
function openStreams(t: TestContext): EventTarget[] {
  const streams: EventTarget[] = [];
  class Stream extends EventTarget {
    constructor() {
      super();
      streams.push(this);
    }
    close() {}
  }
  const { EventSource: before } = globalThis;
  Object.assign(globalThis, { EventSource: Stream });
  t.after(() => Object.assign(globalThis, { EventSource: before }));
  t.mock.method(globalThis, 'fetch', async () => Response.json({ ticket: 'once', expiresAt: '' }));
  return streams;
}

test('a session that was ended elsewhere is noticed when the stream is opened again', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const streams = openStreams(t);
  const noticed = Promise.withResolvers<void>();
  const stop = client.watch(() => noticed.resolve());
  while (streams.length < 1) await turn();
  t.mock.method(globalThis, 'fetch', async () => Response.json({}, { status: 401 }));
  streams[0]?.dispatchEvent(new Event('error'));
  t.mock.timers.tick(5000);
  await noticed.promise;
  stop();
});

test('a stream that broke is opened again, and what changed meanwhile is looked for', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const streams = openStreams(t);
  const changes: (readonly string[] | null)[] = [];
  const stop = client.watch(types => changes.push(types));
  const opened = async (count: number) => {
    while (streams.length < count) await turn();
    streams.at(-1)?.dispatchEvent(new Event('open'));
  };
  await opened(1);
  assert.deepEqual(changes, []);
  const data = JSON.stringify({ '@type': 'StateChange', changed: { a1: { Email: '2', Settings: '2' } } });
  streams[0]?.dispatchEvent(new MessageEvent('state', { data }));
  assert.deepEqual(changes, [['Email', 'Settings']]);
  streams[0]?.dispatchEvent(new Event('error'));
  t.mock.timers.tick(5000);
  await opened(2);
  assert.deepEqual(changes.slice(1), [null]);
  stop();
});
