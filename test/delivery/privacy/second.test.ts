import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkFacts, computeIndex } from '../../../delivery/privacy/index.ts';
import type { DiscussionIndex, PrivacyIndex } from '../../../delivery/privacy/shape.ts';
import { tables } from '../../../delivery/privacy/tables.ts';
import { discussions, factsOf } from './given-facts.ts';
import { type SecondIndex, secondDiscussion, secondIndex } from './second.ts';

const runs = 10_000;

function essence(index: PrivacyIndex | DiscussionIndex): SecondIndex {
  const { value, level, parts, ceiling, upTo, next } = index;
  return {
    value,
    level,
    parts,
    ...(ceiling ? { ceiling } : {}),
    upTo,
    next: next.map(({ steps, gain, who }) => ({ steps: [...steps], gain, who })),
  };
}

for (const { subject } of Object.values(tables)) {
  test(`the index of a ${subject} agrees with a second computation on ${runs} fact sets`, () => {
    fc.assert(
      fc.property(factsOf(subject), facts => {
        const index = computeIndex(subject, checkFacts(subject, facts));
        assert.deepEqual(essence(index), secondIndex(subject, facts));
      }),
      { numRuns: runs },
    );
  });
}

test(`the index of a discussion agrees with a second computation on ${runs} discussions`, () => {
  fc.assert(
    fc.property(discussions, discussion => {
      const index = computeIndex('discussion', checkFacts('discussion', discussion));
      assert.deepEqual(essence(index), secondDiscussion(discussion));
    }),
    { numRuns: runs },
  );
});
