import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casemapKey } from '../../../delivery/search/collation.ts';

test('i;unicode-casemap holds texts for equal that differ in case or composition alone (RFC 5051)', () => {
  const equals: readonly [string, string][] = [
    ['eagle', 'EAGLE'],
    ['é', 'E\u0301'],
    ['ΐ', 'ΐ'],
    ['ﬁ', 'ﬁ'],
    ['Å', '\u212b'],
    ['Ж', 'ж'],
  ];
  for (const [one, other] of equals) assert.equal(casemapKey(one), casemapKey(other), one);
  assert.notEqual(casemapKey('e'), casemapKey('é'));
});

test('i;unicode-casemap puts accented letters behind their own and before the next', () => {
  const sorted = ['Ark', 'eagle', 'Émile', 'Fox', 'zebra', '_note'].map(casemapKey);
  assert.deepEqual(sorted.toSorted(), sorted);
});
