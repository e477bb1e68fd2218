import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { OrderBook } from '../../../../delivery/certificates/acme/order-book.ts';
import {
  newRecord,
  readRecord,
  refused,
  writeRecord,
} from '../../../../delivery/certificates/acme/record.ts';
import { openKeyring } from '../../../../delivery/crypto/keyring.ts';
import { silentLog } from '../../../../delivery/log.ts';
import { openTestClock } from '../../../support/clock.ts';

/** Documents in memory; a write is seen after `milliseconds`. */
function openDocuments(milliseconds = 0) {
  const documents = new Map<string, Uint8Array>();
  return {
    documents,
    async getInstanceState(name: string) {
      const octets = documents.get(name);
      return octets ? { octets, version: 1 } : null;
    },
    async putInstanceState(name: string, octets: Uint8Array) {
      if (milliseconds > 0) await wait(milliseconds);
      documents.set(name, octets);
      return 1;
    },
  };
}

const { signal } = new AbortController();
const limits = { ordersPerHour: 5, settleMilliseconds: 100 };

test('of several that want to order at once one may, and the next when it has done', async () => {
  const [store, clock] = [openDocuments(10), openTestClock()];
  const books = Array.from({ length: 5 }, () => new OrderBook({ store, clock }, limits));
  const answers = await Promise.all(books.map(book => book.open(signal)));
  const holders = books.filter((_book, index) => (answers[index] ?? 0) > 0);
  assert.equal(holders.length, 1);
  const other = books.find(book => book !== holders[0]);
  assert.equal(await other?.enter(1, []), false, 'who does not hold it enters nothing');
  assert.equal(await other?.left(), 0);
  await holders[0]?.close(null);
  assert.equal(await other?.open(signal), 5);
});

test('one that has ended without a word holds the others up for ten minutes', async () => {
  const [store, clock] = [openDocuments(), openTestClock()];
  const [lost, next] = [new OrderBook({ store, clock }, limits), new OrderBook({ store, clock }, limits)];
  assert.equal(await lost.open(signal), 5);
  clock.advance(599);
  assert.equal(await next.open(signal), 0);
  clock.advance(2);
  assert.equal(await next.open(signal), 5);
  assert.equal(await lost.enter(1, []), false);
});

test('one that is told to end while it waits for its turn gives it up', async () => {
  const [store, clock] = [openDocuments(), openTestClock()];
  const [one, next] = [new OrderBook({ store, clock }, limits), new OrderBook({ store, clock }, limits)];
  const ending = new AbortController();
  const opening = one.open(ending.signal);
  await wait(10);
  ending.abort();
  await assert.rejects(opening, { name: 'AbortError' });
  assert.equal(await next.open(signal), 5);
});

test('on a store that is too slow nobody orders', async () => {
  const [store, clock] = [openDocuments(150), openTestClock()];
  assert.equal(await new OrderBook({ store, clock }, limits).open(signal), 0);
});

test('answers to challenges are found by all while the order is open, by their tokens alone', async () => {
  const [store, clock] = [openDocuments(), openTestClock()];
  const [one, other] = [new OrderBook({ store, clock }, limits), new OrderBook({ store, clock }, limits)];
  await one.open(signal);
  await one.enter(2, [{ token: 'a', keyAuthorization: 'a.thumb' }]);
  assert.equal(await other.find('a'), 'a.thumb');
  for (const token of ['b', '__proto__', 'toString', '']) assert.equal(await other.find(token), null);
  await one.close(null);
  assert.equal(await one.find('a'), null);
  assert.equal(await other.left(), 3, 'two of the hour are used up');
  clock.advance(3601);
  assert.equal(await other.left(), 5);
});

test('pauses double up to six hours, or are as long as the server says', async () => {
  const [store, clock] = [openDocuments(), openTestClock()];
  const book = new OrderBook({ store, clock }, { ...limits, settleMilliseconds: 5 });
  const pauses: number[] = [];
  for (const seconds of [null, null, null, 100_000, null, null, null, null]) {
    await book.open(signal);
    const until = await book.close({ seconds });
    assert.equal(await book.left(), 0);
    const pause = ((until?.getTime() ?? 0) - clock.now().getTime()) / 1000;
    pauses.push(pause);
    clock.advance(pause);
  }
  assert.deepEqual(pauses, [300, 600, 1200, 100_000, 4800, 9600, 19_200, 21_600]);
});

test('a refused name waits an hour, then a day, or as long as the server says', () => {
  const now = openTestClock().now();
  const problem = { type: 'caa', detail: 'forbidden', retryAfterSeconds: null };
  const pauseOf = ({ orderAt }: { orderAt: Date }) => (orderAt.getTime() - now.getTime()) / 1000;
  const first = refused(newRecord, problem, now);
  const second = refused(first, problem, now);
  const third = refused(second, { ...problem, retryAfterSeconds: 200_000 }, now);
  assert.deepEqual([first, second, third].map(pauseOf), [3600, 86_400, 200_000]);
  assert.equal(third.problem, 'caa: forbidden');
});

test('a record is wrapped; after a change of the instance key it is read and known as outdated', async () => {
  const store = openDocuments();
  const [before, after] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const parts = { store, log: silentLog };
  const record = { ...newRecord, refusals: 3, problem: 'secret words' };
  await writeRecord('a.example', record, { ...parts, keyring: openKeyring(before) });
  const [octets] = store.documents.values();
  assert.ok(octets && !Buffer.from(octets).includes('secret words'));
  const rotated = openKeyring(after, { olderKeys: [before] });
  assert.deepEqual(await readRecord('a.example', { ...parts, keyring: rotated }), {
    ...record,
    isOutdated: true,
  });
  const without = openKeyring(after);
  assert.deepEqual(await readRecord('a.example', { ...parts, keyring: without }), newRecord);
});
