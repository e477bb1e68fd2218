import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authservIdOf, isForgedResults } from '../../../delivery/authenticate/authserv-id.ts';

const isForged = (value: string) =>
  isForgedResults({ name: 'Authentication-Results', value }, 'mx.example.org');

test('the authserv-id stands behind white space and comments, as a token or quoted', () => {
  for (const [value, id] of [
    ['mx.example.org; spf=pass', 'mx.example.org'],
    [' (a (nested \\) one)) MX.example.org 1; none', 'mx.example.org'],
    ['"mx.example.org"; none', 'mx.example.org'],
    ['; none', null],
    ['(never closed mx.example.org; none', null],
  ] as const) {
    assert.equal(authservIdOf(value), id, value);
  }
});

test('no amount of white space, comments or depth hides results in our name', () => {
  for (const before of [
    '',
    '\n '.repeat(5000),
    '(c) '.repeat(5000),
    `${'('.repeat(5000)}${')'.repeat(5000)} `,
  ]) {
    assert.ok(isForged(`${before}mx.example.org.; dmarc=pass`), `${before.length} characters before`);
    assert.ok(!isForged(`${before}other.example; dmarc=pass`));
  }
});
