import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combinedReply } from '../../delivery/combined-reply.ts';
import type { Outcome } from '../../delivery/delivery.ts';
import type { ErrorCode } from '../../delivery/errors.ts';

const stored: Outcome = { forwardPath: 'a@example.org', status: 'stored', emailId: 'e1' };
const known: Outcome = { forwardPath: 'b@example.org', status: 'duplicate', emailId: 'e2' };
const deferred = (code: ErrorCode): Outcome => ({ forwardPath: 'c@example.org', status: 'deferred', code });
const refused: Outcome = { forwardPath: 'd@example.org', status: 'refused', code: 'messageRefused' };

const cases: readonly [string, readonly Outcome[], ErrorCode | null][] = [
  ['all stored, some before: 250', [stored, known], null],
  ['one owner alone and put off: its own reason', [deferred('overQuota')], 'overQuota'],
  [
    'all put off for the same reason: that reason',
    [deferred('storeFull'), deferred('storeFull')],
    'storeFull',
  ],
  ['some put off: a local error, nobody learns of the other', [stored, deferred('overQuota')], 'internal'],
  ['all refused: refused', [refused, refused], 'messageRefused'],
  ['some refused: never a refusal of what others have', [stored, refused], 'internal'],
  ['refused and put off: tried again', [refused, deferred('overQuota')], 'internal'],
  ['nobody at all', [], 'internal'],
];

for (const [name, outcomes, expected] of cases) {
  test(name, () => assert.equal(combinedReply(outcomes), expected));
}
