import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Arrival } from '../../../delivery/delivery.ts';
import { type Line, openLine } from '../../../delivery/line.ts';
import { silentLog } from '../../../delivery/log.ts';

function openFragileLine(
  t: TestContext,
  options: { threads?: number; timeoutSeconds?: number; failed?: string[] } = {},
): Line {
  const line = openLine({
    threads: options.threads ?? 1,
    timeoutSeconds: options.timeoutSeconds ?? 1,
    script: new URL('./fragile-judge.ts', import.meta.url),
    setup: () => ({
      data: { config: {}, instanceKey: new Uint8Array(), ports: null } as never,
      transfer: [],
    }),
    log: silentLog,
    onJudged: (_door, { failed }) => options.failed?.push(...failed),
  });
  t.after(() => line.close());
  return line;
}

function arrivalOf(word: string): Arrival {
  return {
    door: 'smtp',
    id: word,
    raw: Buffer.from(word),
    reversePath: '',
    session: {
      source: 'live',
      remoteAddress: null,
      remoteName: null,
      helo: null,
      tls: null,
      authenticatedUser: null,
    },
    receivedAt: new Date(),
    recipients: [],
    trustedHops: 0,
  };
}

async function send(line: Line, word: string): Promise<unknown> {
  return line.deliver(arrivalOf(word));
}

test('a message whose judging never ends is stored unjudged, and its neighbours are judged', async t => {
  const failed: string[] = [];
  const line = openFragileLine(t, { failed });
  const answers = await Promise.all(['wait', 'block', 'plain'].map(word => send(line, word)));
  assert.deepEqual(answers, [
    { word: 'wait', unjudged: false },
    { word: 'block', unjudged: true },
    { word: 'plain', unjudged: false },
  ]);
  assert.deepEqual(failed, ['score']);
});

test('a message that ends its thread is tried once more and then stored unjudged', async t => {
  const line = openFragileLine(t);
  assert.deepEqual(await send(line, 'die'), { word: 'die', unjudged: true });
  assert.deepEqual(await send(line, 'plain'), { word: 'plain', unjudged: false });
});

test('a thread that only waits longer than the limit is left alone', async t => {
  const line = openFragileLine(t);
  assert.deepEqual(await send(line, 'wait'), { word: 'wait', unjudged: false });
});

test('more messages than one thread takes at once wait for their turn', async t => {
  const line = openFragileLine(t, { threads: 2 });
  const words = Array.from({ length: 400 }, (_, index) => `m${index}`);
  const answers = await Promise.all(words.map(word => send(line, word)));
  assert.deepEqual(
    answers,
    words.map(word => ({ word, unjudged: false })),
  );
});

test('what comes with a message that keeps its thread busy does not wait behind it', async t => {
  for (const threads of [1, 2]) {
    const line = openFragileLine(t, { threads, timeoutSeconds: 20 });
    await Promise.all([send(line, 'plain'), send(line, 'plain')]);
    const words = ['busy', ...Array.from({ length: 20 }, () => 'where')];
    // Without being relieved, the busy one ends with its thread and is answered as unjudged.
    const answers = await Promise.all(words.map(word => send(line, word)));
    assert.ok(
      answers.every(answer => typeof answer === 'number'),
      `with ${threads} threads`,
    );
  }
});

test('closing waits for what is under way and refuses what comes after', async t => {
  const line = openFragileLine(t);
  const underWay = send(line, 'wait');
  const closed = line.close();
  await assert.rejects(send(line, 'late'), { code: 'shuttingDown' });
  assert.deepEqual(await underWay, { word: 'wait', unjudged: false });
  await closed;
});

test("the door's buffer is left to the door", async t => {
  const line = openFragileLine(t);
  const arrival = arrivalOf('plain');
  await line.deliver(arrival);
  assert.equal(Buffer.from(arrival.raw).toString(), 'plain');
});

test('a small message goes to the thread that has no large one', async t => {
  const line = openFragileLine(t, { threads: 2 });
  // Both threads have been started then.
  await Promise.all(['wait', 'wait'].map(word => send(line, word)));
  const words = [`where${' '.repeat(1_000_000)}`, 'where', 'where'];
  const [large, ...small] = await Promise.all(words.map(word => send(line, word)));
  assert.equal(small[0], small[1]);
  assert.notEqual(small[0], large);
});
