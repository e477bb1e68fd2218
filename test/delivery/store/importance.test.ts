import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScoreFindings } from '../../../delivery/spam/findings.ts';
import { importanceOf } from '../../../delivery/store/importance.ts';

const score = (importance: ScoreFindings['importance']) => ({ importance }) as ScoreFindings;

test('emails that were stored with three words for it still say how important they are', () => {
  const words = (['low', 'normal', 'high'] as const).map(word => importanceOf({ score: score(word) }));
  assert.deepEqual(words, [-5, 0, 5]);
  assert.equal(importanceOf({ score: null }), 0);
});

test('a number beside them counts, from -10 to 10', () => {
  const of = (value: number) =>
    importanceOf({ score: score('high'), importance: { value, by: 'model', reasons: [] } });
  assert.deepEqual([of(-3), of(0), of(10), of(99), of(-99), of(2.4)], [-3, 0, 10, 10, -10, 2]);
});
