import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  maxHeld,
  missingIn,
  movedBy,
  noRows,
  type RowPage,
  type Rows,
  without,
  withPage,
} from '../../../webmail/ui/list-rows.ts';

/** A list of numbers on a server; a page of it. */
function pageOf(list: readonly number[], position: number, limit: number, isCounted = true): RowPage<number> {
  const rows = list.slice(position, position + limit);
  const hasMore = position + limit < list.length;
  return { position, rows, total: isCounted ? list.length : null, hasMore };
}

const upTo = (length: number): number[] => Array.from({ length }, (_unused, n) => n);

test('whatever is looked at, it is there after few requests, and little is held', () => {
  const looks = fc.array(fc.tuple(fc.nat(30_000), fc.integer({ min: 1, max: 58 })), { maxLength: 20 });
  fc.assert(
    fc.property(fc.nat(30_000), fc.boolean(), looks, (length, isCounted, ranges) => {
      const list = upTo(length);
      let rows: Rows<number> = withPage(noRows, pageOf(list, 0, 40, isCounted));
      for (const [first, height] of ranges) {
        for (let asked = 0; ; asked++) {
          const range = { first: Math.min(first, rows.total), end: Math.min(first + height, rows.total) };
          const missing = missingIn(rows, range);
          if (!missing) break;
          assert.ok(
            missing.limit > 0 && missing.limit <= 58 && missing.position >= 0,
            JSON.stringify(missing),
          );
          assert.ok(asked < 4, JSON.stringify({ range, missing, total: rows.total }));
          rows = withPage(rows, pageOf(list, missing.position, missing.limit, isCounted));
        }
        assert.ok(rows.held.size <= maxHeld);
        for (const [place, row] of rows.held) assert.equal(row, place);
      }
      if (isCounted) assert.equal(rows.total, length);
      else assert.ok(rows.total >= Math.min(length, 40) && rows.total <= length + 10);
    }),
  );
});

test('a list of unknown length ends where its last page does', () => {
  const list = upTo(95);
  let rows: Rows<number> = withPage(noRows, pageOf(list, 0, 40, false));
  assert.deepEqual([rows.total, rows.isCounted], [50, false]);
  rows = withPage(rows, pageOf(list, 40, 40, false));
  assert.deepEqual([rows.total, rows.isCounted], [90, false]);
  rows = withPage(rows, pageOf(list, 80, 40, false));
  assert.deepEqual([rows.total, rows.isCounted], [95, true]);
});

test('rows that move down keep what they are known by, and are asked for again', () => {
  const rows = movedBy(withPage(noRows, pageOf(upTo(100), 20, 40)), 3);
  assert.deepEqual([rows.held.get(23), rows.held.get(62), rows.moved], [20, 59, 3]);
  assert.deepEqual(missingIn(rows, { first: 30, end: 40 }), { position: 15, limit: 40 });
  const fresh = withPage(rows, {
    position: 15,
    rows: upTo(40).map(n => n + 1000),
    total: 103,
    hasMore: true,
  });
  assert.equal(missingIn(fresh, { first: 30, end: 40 }), null);
  assert.deepEqual([fresh.held.get(30), fresh.held.get(60), fresh.total], [1015, 57, 103]);
  assert.deepEqual(missingIn(fresh, { first: 50, end: 60 }), { position: 55, limit: 40 });
  const up = movedBy(fresh, -20);
  assert.deepEqual([up.held.get(0), up.held.get(-1), up.moved], [1005, undefined, -17]);
});

test('rows on their way out leave, and what stood below moves up', () => {
  const list = withPage(noRows, pageOf(upTo(60), 0, 40));
  const rows = without(list, row => row === 3 || row === 5);
  assert.deepEqual(
    [2, 3, 4, 5, 37].map(place => rows.held.get(place)),
    [2, 4, 6, 7, 39],
  );
  assert.deepEqual([rows.total, rows.held.size], [58, 38]);
  assert.equal(
    without(rows, row => row === 3),
    rows,
  );
});
