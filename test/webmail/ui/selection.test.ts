import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  allToggled,
  noSelection,
  ranged,
  reduced,
  type Selection,
  toggled,
  whole,
  withRows,
} from '../../../webmail/ui/selection.ts';

const rows = ['a', 'b', 'c', 'd', 'e', 'f'];
const begun = withRows(noSelection, '#/tag/inbox', rows);
const chosen = (selection: Selection) => [...selection.keys].sort().join('');
const of = (...keys: string[]) => keys.reduce(toggled, begun);

test('a row is chosen and left out again', () => {
  assert.equal(chosen(of('b', 'd')), 'bd');
  assert.equal(chosen(of('b', 'd', 'b')), 'd');
});

test('a range goes from the row before to this one, in both directions, and does to all what it does to this one', () => {
  assert.equal(chosen(ranged(of('b'), 'd')), 'bcd');
  assert.equal(chosen(ranged(of('d'), 'b')), 'bcd');
  assert.equal(chosen(ranged(ranged(of('b'), 'f'), 'c')), 'b');
  assert.equal(chosen(ranged(begun, 'c')), 'c');
});

test('all that is loaded is chosen, then none', () => {
  const all = allToggled(of('b'));
  assert.equal(chosen(all), 'abcdef');
  assert.equal(chosen(allToggled(all)), '');
  assert.equal(chosen(allToggled(noSelection)), '');
});

test('all of a list holds what is loaded later, until a row is left out', () => {
  const more = withRows(whole(begun), begun.list, [...rows, 'g']);
  assert.deepEqual([more.isWhole, chosen(more)], [true, 'abcdefg']);
  const less = toggled(more, 'g');
  assert.deepEqual([less.isWhole, chosen(less)], [false, 'abcdef']);
});

test('another list begins with nothing chosen', () => {
  assert.equal(chosen(withRows(of('b'), '#/tag/other', rows)), '');
});

test('the same rows again are the same selection, so that nothing is drawn anew', () => {
  const selection = of('b');
  assert.equal(withRows(selection, selection.list, [...rows]), selection);
});

test('a row stays chosen while the list lets go of it', () => {
  const less = withRows(of('b', 'e'), begun.list, ['a', 'b']);
  assert.equal(chosen(less), 'be');
  assert.equal(chosen(withRows(less, begun.list, rows)), 'be');
});

test('property: what is chosen was there once, whatever is done', () => {
  const key = fc.constantFrom(...rows);
  const step = fc.oneof(
    key.map(one => (selection: Selection) => toggled(selection, one)),
    key.map(one => (selection: Selection) => ranged(selection, one)),
    fc.constantFrom(allToggled, whole, (selection: Selection) => reduced(selection)),
    fc.uniqueArray(key).map(loaded => (selection: Selection) => withRows(selection, begun.list, loaded)),
  );
  fc.assert(
    fc.property(fc.array(step), steps => {
      let selection = begun;
      for (const take of steps) {
        selection = take(selection);
        assert.ok([...selection.keys].every(one => rows.includes(one)));
        if (selection.isWhole) assert.ok(selection.rows.every(one => selection.keys.has(one)));
      }
    }),
  );
});
