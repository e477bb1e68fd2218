import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  maxMounted,
  mountedRange,
  type Range,
  rowAfterKey,
  scrolled,
  scrollTo,
  tallest,
  type Viewport,
  visibleRange,
} from '../../../webmail/ui/list-window.ts';

/** A screen somewhere in a list, no higher than 45 rows. */
const viewport: fc.Arbitrary<Viewport> = fc
  .record({
    total: fc.nat(200_000),
    rowHeight: fc.integer({ min: 20, max: 200 }),
    rows: fc.double({ min: 0.1, max: 45, noNaN: true }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ total, rowHeight, rows, at }) => {
    const height = rows * rowHeight;
    return { total, rowHeight, height, scrollTop: at * Math.max(0, total * rowHeight - height) };
  });
const before: fc.Arbitrary<Range> = fc
  .tuple(fc.nat(200_000), fc.nat(maxMounted))
  .map(([first, length]) => ({ first, end: first + length }));

test('every pixel of the screen shows a row that is in the document, and few others are', () => {
  fc.assert(
    fc.property(viewport, before, (screen, last) => {
      const visible = visibleRange(screen);
      const mounted = mountedRange(screen, last);
      assert.ok(mounted.first >= 0 && mounted.end <= screen.total, JSON.stringify(mounted));
      assert.ok(mounted.first <= visible.first && mounted.end >= visible.end, JSON.stringify(mounted));
      assert.ok(mounted.end - mounted.first <= maxMounted, JSON.stringify(mounted));
      const { scrollTop, height, rowHeight, total } = screen;
      assert.ok(visible.first * rowHeight <= scrollTop + 0.001);
      assert.ok(visible.end * rowHeight >= Math.min(scrollTop + height, total * rowHeight) - 0.001);
    }),
  );
});

test('a small scroll draws nothing anew', () => {
  const at = (scrollTop: number): Viewport => ({ scrollTop, height: 800, rowHeight: 76, total: 1000 });
  const first = mountedRange(at(7600), { first: 0, end: 0 });
  assert.equal(mountedRange(at(7600 + 2 * 76), first), first);
  assert.equal(mountedRange(at(7600 - 2 * 76), first), first);
  assert.notEqual(mountedRange(at(7600 + 20 * 76), first), first);
});

test('a row that is scrolled to is wholly on screen, by the least way', () => {
  fc.assert(
    fc.property(viewport, fc.nat(200_000), (screen, index) => {
      fc.pre(index < screen.total && screen.height > 2 * screen.rowHeight);
      const scrollTop = scrollTo(index, screen);
      const top = index * screen.rowHeight;
      assert.ok(scrollTop <= top + 0.001 && scrollTop + screen.height >= top + screen.rowHeight - 0.001);
      const wasShown = top >= screen.scrollTop && top + screen.rowHeight <= screen.scrollTop + screen.height;
      if (wasShown) assert.equal(scrollTop, screen.scrollTop);
    }),
  );
});

test('keys lead from row to row and stay in the list', () => {
  const screen = { height: 800, rowHeight: 76, total: 100 };
  const from = (key: string, index = 50) => rowAfterKey(key, index, screen);
  assert.deepEqual(
    ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'].map(key => from(key)),
    [51, 49, 59, 41, 0, 99],
  );
  assert.deepEqual([from('ArrowUp', 0), from('PageDown', 98), from('ArrowDown', 99)], [0, 99, 99]);
  assert.deepEqual([from('Enter'), from('constructor'), from('j')], [null, null, null]);
  assert.equal(rowAfterKey('Home', 0, { ...screen, total: 0 }), null);
});

/** The element of a list, as a browser scrolls it: not beyond its ends. */
function element(total: number, rowHeight: number, height: number) {
  const most = Math.min(total, tallest) * rowHeight - height;
  const view = { scrollTop: 0, above: 0, height, rowHeight, total };
  const bar = () => view.scrollTop - view.above * rowHeight;
  return {
    view,
    bar,
    most,
    scroll: (to: number) => Object.assign(view, scrolled(Math.min(Math.max(to, 0), most), view)),
  };
}

test('a list that has more rows than an element has room for is scrolled as one that has not', () => {
  const way = fc.array(
    fc.oneof(
      fc.record({ by: fc.integer({ min: -1500, max: 1500 }) }),
      fc.record({ to: fc.double({ min: 0, max: 1, noNaN: true }) }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 50_000, max: 2_000_000 }), way, (total, moves) => {
      const list = element(total, 76, 800);
      for (const move of moves) {
        const before = list.view.scrollTop;
        if ('to' in move) list.scroll(move.to * list.most);
        else list.scroll(list.bar() + move.by);
        const { scrollTop, above } = list.view;
        // What is in sight stands inside the element, and the list is not left.
        assert.ok(list.bar() >= -0.5 && list.bar() <= list.most + 0.5, String(list.bar()));
        assert.ok(scrollTop >= 0 && scrollTop <= total * 76 - 800 + 0.5, String(scrollTop));
        assert.ok(above >= 0 && above <= Math.max(0, total - tallest));
        // A small way is as long as the wheel asked for.
        if ('by' in move) {
          const asked = Math.min(Math.max(before + move.by, 0), total * 76 - 800);
          assert.ok(Math.abs(scrollTop - asked) < 1, `${scrollTop}, not ${asked}`);
        }
      }
      list.scroll(list.most);
      assert.ok(Math.abs(list.view.scrollTop - (total * 76 - 800)) < 1, 'its end');
      list.scroll(0);
      assert.equal(list.view.scrollTop, 0);
    }),
  );
});

test('a list that has room is scrolled as its element is', () => {
  const list = element(tallest, 76, 800);
  for (const to of [0, 30, 76_000, 7_599_200]) {
    list.scroll(to);
    assert.deepEqual([list.view.scrollTop, list.view.above], [to, 0]);
  }
});
