import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answers, LearnAct, Request } from '../../../webmail/device/protocol.ts';
import { RequestError } from '../../../webmail/ui/client.ts';
import { openLearning } from '../../../webmail/ui/pgp/learning.ts';
import type { State } from '../../../webmail/ui/state.ts';
import type { Invocation, SealedMemory, SealedMemorySet } from '../../../webmail/wire.ts';

type Waiting = SealedMemory['waiting'][number];

const act = (number: number, change: Partial<Waiting> = {}): Waiting => ({
  ...{ emailId: `e${number}`, isSpam: true, at: '2026-03-01T12:00:00.000Z' },
  ...change,
});

/** A server that holds one memory, and a worker that says it has learned all it was asked. */
function openWorld({
  waiting,
  answer,
}: {
  waiting: Waiting[];
  answer?: (acts: readonly LearnAct[]) => Answers['learn'] | undefined;
}) {
  const world = {
    ...{ waiting, version: 0, memory: null as string | null, refusal: '' },
    /** Octets of the messages in turn, then again. */
    sizes: [100],
    /** What fetching a message fails with, by its blob. */
    unfetched: new Map<string, Error>(),
    calls: [] as string[],
    asked: [] as (readonly LearnAct[])[],
    fetched: [] as string[],
    /** How often the memory was asked for. */
    downloads: 0,
    /** Other devices that put just before this one. */
    rivals: 0,
  };
  const sizeOf = (id: string) => world.sizes[Number(id.slice(1)) % world.sizes.length];
  const listeners = new Set<() => void>();
  let state = { pushes: 0, session: { accountId: 'a1' } } as unknown as State;
  const methods: Record<string, (args: Record<string, unknown>) => unknown> = {
    'SealedMemory/get': ({ properties }) => {
      if (world.refusal) throw new RequestError(200, world.refusal);
      const memory = (properties as string[]).includes('memory') ? { memory: world.memory } : {};
      if ('memory' in memory) world.downloads++;
      return { accountId: 'a1', state: String(world.version), waiting: [...world.waiting], ...memory };
    },
    'Email/get': ({ ids }) => ({
      list: (ids as string[]).map(id => ({
        ...{ id, blobId: `b-${id}`, receivedAt: '2026-02-01T12:00:00Z', size: sizeOf(id) },
      })),
    }),
    'SealedMemory/set': args => {
      const put = args as unknown as SealedMemorySet;
      if (world.rivals-- > 0) world.version++;
      if (put.ifInState !== String(world.version)) throw new RequestError(200, 'stateMismatch');
      world.version++;
      world.memory = put.memory;
      world.waiting = world.waiting.filter(({ emailId }) => !put.done.some(one => one.emailId === emailId));
      return { newState: String(world.version) };
    },
  };
  let waited: (() => Promise<void>) | null = null;
  const learning = openLearning({
    store: {
      get: () => state,
      subscribe: listener => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    client: {
      async call(calls: readonly Invocation[]) {
        const [[name, args, id]] = calls as [Invocation];
        world.calls.push(name);
        return { [id]: methods[name]?.(args) as Record<string, unknown> };
      },
      async fetchBlob({ blobId }) {
        const error = world.unfetched.get(blobId);
        if (error) throw error;
        world.fetched.push(blobId);
        return new Blob([blobId]);
      },
    },
    async ask(_accountId, request: Extract<Request, { kind: 'learn' }>) {
      world.asked.push(request.acts);
      const done = request.acts.map(({ emailId }) => emailId);
      const memory = Uint8Array.of(...(request.memory ?? []), request.acts.length);
      return answer?.(request.acts) ?? { memory, weights: null, done };
    },
    later: act => {
      waited = act;
      return () => {
        waited = null;
      };
    },
  });
  const push = () => {
    state = { ...state, pushes: state.pushes + 1 };
    for (const listener of listeners) listener();
  };
  /** Lets the pause behind a push, or behind the unlocking, pass. */
  const pause = async () => {
    const act = waited;
    waited = null;
    await act?.();
  };
  return { world, learning, push, pause };
}

test('with nothing that waits one small question is all', async () => {
  const { world, learning, push, pause } = openWorld({ waiting: [] });
  push();
  learning.start();
  await pause();
  assert.deepEqual([world.calls, world.asked], [['SealedMemory/get'], []]);
});

test('what waits is learned five messages at a time, and again what comes later', async () => {
  const waiting = Array.from({ length: 12 }, (_, number) => act(number));
  const { world, learning, push, pause } = openWorld({ waiting });
  learning.start();
  await pause();
  assert.deepEqual(
    world.asked.map(({ length }) => length),
    [5, 5, 2],
  );
  // What was put is gone on with, while it is the last.
  assert.equal(world.downloads, 1);
  assert.equal(Buffer.from(world.memory ?? '', 'base64').toString('hex'), '050502');
  assert.equal(Buffer.from(world.asked[0]?.[0]?.octets ?? []).toString(), 'b-e0');
  world.waiting = [act(50, { isSpam: null })];
  push();
  await pause();
  assert.deepEqual(
    world.asked.at(-1)?.map(({ emailId, octets }) => [emailId, octets]),
    [['e50', null]],
  );
  assert.equal(world.fetched.length, 12);
  learning.stop();
  world.waiting = [act(51)];
  push();
  await pause();
  assert.equal(world.waiting.length, 1);
});

test('where another device was faster its memory is read again', async () => {
  const { world, learning, pause } = openWorld({ waiting: [act(1), act(2)] });
  world.rivals = 2;
  learning.start();
  await pause();
  assert.deepEqual([world.asked.length, world.waiting], [3, []]);
  world.rivals = 99;
  world.waiting = [act(3)];
  learning.start();
  await pause();
  // Not for ever: the next push tries again.
  assert.deepEqual([world.asked.length, world.waiting.length], [6, 1]);
});

test('what this device can’t open, and messages that are too large, hold nothing up', async () => {
  const done = (acts: readonly LearnAct[]) => acts.map(({ emailId }) => emailId).filter(id => id !== 'e0');
  const { world, learning, push, pause } = openWorld({
    waiting: Array.from({ length: 22 }, (_, number) => act(number)),
    answer: acts => ({ memory: Uint8Array.of(1), weights: null, done: done(acts) }),
  });
  world.sizes = [10_000_001];
  learning.start();
  await pause();
  assert.deepEqual([world.waiting.map(({ emailId }) => emailId), world.fetched], [['e0'], []]);
  const asked = world.asked.length;
  push();
  await pause();
  assert.equal(world.asked.length, asked);
});

test('an account whose mail is not sealed, and a memory of another key, are left alone', async () => {
  const { world, learning, push, pause } = openWorld({
    waiting: [act(1)],
    answer: () => ({ failure: 'noKey' }),
  });
  learning.start();
  await pause();
  push();
  await pause();
  assert.deepEqual([world.asked.length, world.waiting.length], [1, 1]);
  assert.ok(!world.calls.includes('SealedMemory/set'));
  world.refusal = 'forbidden';
  const before = world.calls.length;
  learning.start();
  await pause();
  push();
  await pause();
  assert.equal(world.calls.length, before + 1);
});

test('learning that could not be tried is tried again at the next push, not at once', async () => {
  const answers: Answers['learn'][] = [{ failure: 'broken' }];
  const { world, learning, push, pause } = openWorld({ waiting: [act(1)], answer: () => answers.pop() });
  learning.start();
  await pause();
  assert.deepEqual([world.asked.length, world.waiting.length], [1, 1]);
  push();
  await pause();
  assert.deepEqual([world.asked.length, world.waiting.length], [2, 0]);
});

test('a round holds no more than ten megabytes of messages', async () => {
  const waiting = Array.from({ length: 6 }, (_, number) => act(number));
  const { world, learning, pause } = openWorld({ waiting });
  world.sizes = [6_000_000, 4_000_000, 1_000_000, 20_000_000, 9_000_000, 10_000_000];
  learning.start();
  await pause();
  assert.deepEqual(
    world.asked.map(acts => acts.map(({ octets }) => octets && Buffer.from(octets).toString())),
    [['b-e0', 'b-e1'], ['b-e2', null, 'b-e4'], ['b-e5']],
  );
  assert.deepEqual(world.waiting, []);
});

test('a message that can’t be fetched is left, and the others are learned', async () => {
  const waiting = Array.from({ length: 8 }, (_, number) => act(number));
  const { world, learning, push, pause } = openWorld({ waiting });
  for (const number of [0, 1, 2, 3, 4, 6]) world.unfetched.set(`b-e${number}`, new RequestError(500));
  world.unfetched.set('b-e6', new TypeError('the body broke off'));
  learning.start();
  await pause();
  assert.deepEqual(world.fetched, ['b-e5', 'b-e7']);
  const calls = world.calls.length;
  push();
  await pause();
  assert.equal(world.calls.length, calls + 1);
  world.unfetched.clear();
  learning.start();
  await pause();
  assert.deepEqual(world.waiting, []);
});

test('without a connection, or a session, all of it waits for the next push', async () => {
  const { world, learning, push, pause } = openWorld({ waiting: [act(1)] });
  for (const status of [0, 401]) {
    world.unfetched.set('b-e1', new RequestError(status));
    learning.start();
    await pause();
    assert.equal(world.waiting.length, 1);
    world.unfetched.clear();
    push();
    await pause();
    assert.deepEqual(world.waiting, []);
    world.waiting = [act(1)];
  }
});
