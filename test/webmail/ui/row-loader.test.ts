import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type From, type Held, type Reading, RowLoader } from '../../../webmail/ui/row-loader.ts';
import { poll } from '../../support/poll.ts';

interface Mail {
  readonly id: string;
  readonly person: string;
}

const mail = (n: number, person = `p${n}`): Mail => ({ id: String(n).padStart(6, '0'), person });

/** A loader over a list in memory, newest first, and what was asked and told. */
function opened(length: number) {
  const server = { list: Array.from({ length }, (_unused, n) => mail(length - n)), fails: 0 };
  const asked: string[] = [];
  const news: number[] = [];
  const errors: unknown[] = [];
  const screen: { reading: Reading; held: Held<Mail> | null } = {
    reading: { isAtTop: true, anchor: 0 },
    held: null,
  };
  async function load(from: From, limit: number) {
    asked.push(JSON.stringify([from, limit]));
    await Promise.resolve();
    if (server.fails > 0) {
      server.fails--;
      throw new Error('no answer');
    }
    const before =
      'anchor' in from ? server.list.filter(({ id }) => id > from.anchor).length + from.offset : 0;
    const position = 'position' in from ? from.position : Math.max(0, before);
    const rows = server.list.slice(position, position + limit);
    return { position, rows, total: server.list.length, hasMore: position + limit < server.list.length };
  }
  const source = { key: 'list', load, idOf: ({ id }: Mail) => id, keyOf: ({ person }: Mail) => person };
  const loader = new RowLoader<Mail>(
    source,
    { onNews: rows => news.push(rows.length), onError: error => errors.push(error) },
    held => {
      screen.held = held;
    },
  );
  loader.reading.current = () => screen.reading;
  const at = (place: number) => screen.held?.rows.held.get(place)?.person;
  const until = (place: number, person: string) =>
    poll(
      `${person} at ${place}`,
      () => (at(place) === person && !screen.held?.rows.stale.has(place)) || undefined,
    );
  return { server, loader, screen, asked, news, errors, at, until };
}

test('rows in sight are loaded, some around them, and nothing twice', async () => {
  const { loader, asked, until, screen } = opened(10_000);
  await loader.begin();
  loader.want({ first: 0, end: 12 });
  assert.equal(asked.length, 1);
  loader.want({ first: 28, end: 40 });
  await until(45, 'p9955');
  loader.want({ first: 30, end: 42 });
  assert.equal(asked.length, 2);
  assert.equal(screen.held?.rows.total, 10_000);
});

test('while the thumb flies nothing is asked for; where it rests, one page is', async () => {
  const { loader, asked, until } = opened(10_000);
  await loader.begin();
  for (let first = 500; first < 9000; first += 500) loader.want({ first, end: first + 12 });
  assert.equal(asked.length, 1);
  await until(8500, 'p1500');
  assert.equal(asked.length, 2);
});

test('at the top new rows come in, and each row goes on being known by its place less what came', async () => {
  const { server, loader, screen, news, until } = opened(100);
  await loader.begin();
  server.list.unshift(mail(101, 'new'));
  loader.look();
  await until(0, 'new');
  assert.deepEqual([screen.held?.rows.moved, news, screen.held?.waiting], [1, [1], 0]);
  server.list.unshift(mail(102, 'p90'));
  server.list.splice(12, 1);
  loader.look();
  await until(0, 'p90');
  assert.deepEqual([screen.held?.rows.moved, news], [2, [1, 1]]);
});

test('what changes while the first page is on its way is looked for behind it', async () => {
  const { loader, asked } = opened(100);
  const beginning = loader.begin();
  loader.look();
  await beginning;
  assert.equal(asked.length, 2);
});

test('further down what is read stays, and what is new waits at the top', async () => {
  const { server, loader, screen, news, until } = opened(1000);
  await loader.begin();
  loader.want({ first: 300, end: 312 });
  await until(300, 'p700');
  screen.reading = { isAtTop: false, anchor: 300 };
  server.list.unshift(mail(1001, 'new'), mail(1000.5 as number, 'p400'));
  server.list.splice(
    server.list.findIndex(({ id }) => id === mail(400).id),
    1,
  );
  loader.look();
  await until(302, 'p700');
  assert.deepEqual([screen.held?.rows.moved, screen.held?.waiting, news], [2, 2, [2]]);
  loader.want({ first: 302, end: 314 });
  screen.reading = { isAtTop: true, anchor: 0 };
  loader.want({ first: 0, end: 12 });
  await until(0, 'new');
  assert.equal(screen.held?.waiting, 0);
});

test('a row that is gone gives its place to the next one', async () => {
  const { server, loader, screen, until } = opened(1000);
  await loader.begin();
  loader.want({ first: 300, end: 312 });
  await until(300, 'p700');
  screen.reading = { isAtTop: false, anchor: 300 };
  server.list.splice(300, 1);
  loader.look();
  await until(300, 'p699');
  assert.equal(screen.held?.rows.moved, 0);
  loader.drop(({ person }) => person === 'p698');
  assert.equal(screen.held?.rows.held.get(301)?.person, 'p697');
  assert.equal(screen.held?.rows.total, 998);
});

test('what failed is asked for again when the list is scrolled', async () => {
  const { server, loader, screen, errors, until } = opened(1000);
  server.fails = 1;
  await loader.begin();
  assert.equal(screen.held?.isLoaded, false);
  assert.ok(screen.held?.error);
  await loader.begin();
  assert.deepEqual([screen.held?.isLoaded, screen.held?.error], [true, undefined]);
  server.fails = 1;
  loader.want({ first: 30, end: 42 });
  await poll('the error', () => errors.length === 2 || undefined);
  loader.want({ first: 31, end: 43 });
  await until(50, 'p950');
});

test('a server that gives fewer rows than it counted is not asked without end', async () => {
  const { server, loader, asked } = opened(1000);
  await loader.begin();
  const whole = server.list;
  server.list = whole.slice(0, 42);
  Object.defineProperty(server.list, 'length', { value: 1000, writable: true });
  loader.want({ first: 34, end: 46 });
  await poll('an answer', () => asked.length > 1 || undefined);
  await new Promise(resolve => setImmediate(resolve));
  assert.ok(asked.length <= 3, asked.join());
  loader.stop();
});
