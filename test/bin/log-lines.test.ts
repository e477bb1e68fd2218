import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableLogLine } from '../../bin/serve/log-lines.ts';

test('a JSON line becomes time, door, level, event and fields', () => {
  const line = JSON.stringify({ level: 'warn', time: '2026-03-01T12:00:00.000Z', event: 'slow', seconds: 2 });
  assert.equal(readableLogLine('smtp', line), '12:00:00 smtp warn slow seconds=2');
});

test('nothing a peer says can end a line of the log or steer the terminal', () => {
  const hostile = 'a\n12:00:00 smtp error forged \u001b[31m\u0085\u2028';
  const lines = [
    readableLogLine('smtp', JSON.stringify({ event: 'delivery', reversePath: hostile })),
    readableLogLine('smtp', hostile),
  ];
  for (const line of lines) assert.match(line, /^[^\p{Cc}\u2028]+$/u);
});
