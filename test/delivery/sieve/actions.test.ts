import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScript } from '../../../delivery/sieve/parse-script.ts';
import { actionCases } from './cases-actions.ts';
import { outcomeOf, wordsOf } from './run.ts';

for (const { rule, script, does, message } of actionCases) {
  test(`${rule}: ${script.split('\r\n').slice(-1)}`, () => {
    const { faults } = parseScript(script);
    if (does === 'fault') return assert.equal(faults.length, 1);
    assert.deepEqual(faults, []);
    const outcome = outcomeOf(script, message === undefined ? {} : { message });
    if (does === 'failure') return assert.equal(typeof outcome.failure?.text, 'string');
    assert.equal(outcome.failure, null);
    assert.equal(wordsOf(outcome.actions), does);
  });
}
