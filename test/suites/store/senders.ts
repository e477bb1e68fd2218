import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SenderCounts, Store } from '../../../delivery/store/store.ts';
import { coded, type StoreFactory, withStore } from './under-test.ts';

/** What the instance knows of senders. */
export function senderSuite(factory: StoreFactory): void {
  describe('senders: counts', () => countCases(factory));
  describe('senders: sights', () => sightCases(factory));
}

const dayMilliseconds = 86_400_000;
const now = new Date('2026-03-01T12:00:00Z');

function daysAgo(days: number): Date {
  return new Date(now.getTime() - days * dayMilliseconds);
}

async function countsOf(store: Store, key: string, at = now): Promise<SenderCounts | undefined> {
  const found = await store.getSenderCounts([key], at);
  assert.ok(found.length <= 1);
  return found[0];
}

function isNear(found: number | undefined, expected: number): boolean {
  return found !== undefined && Math.abs(found - expected) < 1e-6;
}

function countCases(factory: StoreFactory): void {
  it('of each key are added up, and nothing is told of a key that is not known', () =>
    withStore(factory, async ({ store, reopen }) => {
      assert.deepEqual(await store.getSenderCounts(['d:example.net'], now), []);
      const later = new Date(now.getTime() + 1000);
      await store.addSenderCounts(
        [
          { key: 'd:example.net', wanted: 2, unwanted: 1 },
          { key: 'é\u{1f600}', wanted: 0, unwanted: 5 },
        ],
        now,
      );
      await store.addSenderCounts(
        [
          { key: 'd:example.net', wanted: 1, unwanted: 0 },
          { key: 'd:example.net', wanted: 1, unwanted: -1 },
        ],
        later,
      );
      const opened = await reopen();
      await opened.addSenderCounts([{ key: 'd:example.net', wanted: 3, unwanted: 0 }], now);
      const found = await opened.getSenderCounts(
        ['none', 'd:example.net', 'é\u{1f600}', 'd:example.net'],
        later,
      );
      assert.deepEqual(
        found.sort((one, other) => (one.key < other.key ? -1 : 1)),
        [
          { key: 'd:example.net', wanted: 7, unwanted: 0, firstSeenAt: now, lastSeenAt: later },
          { key: 'é\u{1f600}', wanted: 0, unwanted: 5, firstSeenAt: now, lastSeenAt: now },
        ],
      );
    }));

  it('lose half of their weight in 30 days, and are forgotten after a year', () =>
    withStore(factory, async ({ store }) => {
      for (const days of [0, 30, 60])
        await store.addSenderCounts([{ key: 'a', wanted: 8, unwanted: 4 }], daysAgo(days));
      await store.addSenderCounts([{ key: 'old', wanted: 8, unwanted: 0 }], daysAgo(367));
      await store.addSenderCounts([{ key: 'a', wanted: 1000, unwanted: 0 }], daysAgo(367));
      const found = await countsOf(store, 'a');
      assert.ok(
        isNear(found?.wanted, 8 + 4 + 2) && isNear(found?.unwanted, 4 + 2 + 1),
        JSON.stringify(found),
      );
      assert.deepEqual([found?.firstSeenAt, found?.lastSeenAt], [daysAgo(60), now]);
      assert.equal(await countsOf(store, 'old'), undefined);
      const later = await countsOf(store, 'a', new Date(now.getTime() + 30 * dayMilliseconds));
      assert.ok(isNear(later?.wanted, 7), JSON.stringify(later));
      // A reader whose clock is behind finds them as new.
      assert.ok(
        isNear(
          (await countsOf(store, 'a', daysAgo(1)))?.wanted,
          8 + 8 * 0.5 ** (29 / 30) + 8 * 0.5 ** (59 / 30),
        ),
      );
    }));

  it('of several processes at once are all there', () =>
    withStore(factory, async ({ store, another }) => {
      const processes = [store, await another()];
      await Promise.all(
        Array.from({ length: 40 }, (_unused, index) =>
          processes[index % 2]?.addSenderCounts(
            [
              { key: 'busy', wanted: 1, unwanted: 0 },
              { key: `one-${index}`, wanted: 0, unwanted: 1 },
            ],
            now,
          ),
        ),
      );
      assert.equal((await countsOf(store, 'busy'))?.wanted, 40);
      const keys = Array.from({ length: 40 }, (_unused, index) => `one-${index}`);
      assert.equal((await store.getSenderCounts(keys, now)).length, 40);
    }));

  it('too many keys, one too long or empty, and what is no whole number are refused', () =>
    withStore(factory, async ({ store }) => {
      const isRefused = coded('badInput');
      const many = Array.from({ length: 51 }, (_unused, index) => String(index));
      await assert.rejects(store.getSenderCounts(many, now), isRefused);
      for (const key of ['', 'k'.repeat(256)]) {
        await assert.rejects(store.addSenderCounts([{ key, wanted: 1, unwanted: 0 }], now), isRefused);
        await assert.rejects(store.noteSight(key, now, 60), isRefused);
      }
      await assert.rejects(store.addSenderCounts([{ key: 'a', wanted: 0.5, unwanted: 0 }], now), isRefused);
      await store.addSenderCounts([{ key: 'k'.repeat(255), wanted: 1, unwanted: 0 }], now);
      assert.equal((await countsOf(store, 'k'.repeat(255)))?.wanted, 1);
    }));
}

function sightCases(factory: StoreFactory): void {
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);

  it('tell the first and the last one before', () =>
    withStore(factory, async ({ store, another, reopen }) => {
      assert.deepEqual(await store.noteSight('k', now, 100), { firstSeenAt: now, lastSeenAt: null });
      const other = await another();
      assert.deepEqual(await other.noteSight('k', after(60), 100), { firstSeenAt: now, lastSeenAt: now });
      const opened = await reopen();
      // The first is kept as long as the last one is.
      assert.deepEqual(await opened.noteSight('k', after(150), 100), {
        firstSeenAt: now,
        lastSeenAt: after(60),
      });
      assert.deepEqual(await opened.noteSight('other', after(150), 100), {
        firstSeenAt: after(150),
        lastSeenAt: null,
      });
    }));

  it('are forgotten when the key was not seen for so long', () =>
    withStore(factory, async ({ store }) => {
      await store.noteSight('k', now, 100);
      await store.noteSight('k', after(90), 100);
      assert.deepEqual(await store.noteSight('k', after(191), 100), {
        firstSeenAt: after(191),
        lastSeenAt: null,
      });
      assert.deepEqual(await store.noteSight('k', after(192), 100), {
        firstSeenAt: after(191),
        lastSeenAt: after(191),
      });
    }));

  it('by a clock behind, or of several processes at once, leave the earliest as the first', () =>
    withStore(factory, async ({ store, another }) => {
      await store.noteSight('behind', after(10), 100);
      assert.deepEqual((await store.noteSight('behind', now, 100)).firstSeenAt, now);
      assert.deepEqual(await store.noteSight('behind', after(20), 100), {
        firstSeenAt: now,
        lastSeenAt: after(10),
      });
      const processes = [store, await another()];
      const seconds = [5, 3, 9, 1, 7, 8];
      await Promise.all(
        seconds.map((second, index) => processes[index % 2]?.noteSight('k', after(second), 100)),
      );
      assert.deepEqual(await store.noteSight('k', after(30), 100), {
        firstSeenAt: after(1),
        lastSeenAt: after(9),
      });
    }));
}
