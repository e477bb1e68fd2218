import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptFor, testCases } from './cases-tests.ts';
import { outcomeOf, wordsOf } from './run.ts';

for (const { rule, holds, ...given } of testCases) {
  test(`${rule}: ${given.test} is ${holds}`, () => {
    const { message, reversePath } = given;
    const outcome = outcomeOf(scriptFor(given), {
      ...(message === undefined ? {} : { message }),
      ...(reversePath === undefined ? {} : { reversePath }),
    });
    assert.equal(outcome.failure, null);
    assert.equal(wordsOf(outcome.actions), holds ? 'discard' : 'INBOX');
  });
}
