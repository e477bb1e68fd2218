import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePathCommand } from '../../../delivery/lmtp/path.ts';

const cases: readonly [string, string | null][] = [
  ['MAIL FROM:<>', ''],
  ['mail from: <a@b.example> SIZE=10', 'a@b.example'],
  ['MAIL FROM:a@b.example', 'a@b.example'],
  ['MAIL FROM:<@r.example,@s.example:a@b.example>', 'a@b.example'],
  ['MAIL FROM:<"a b> c"@b.example> BODY=8BITMIME', '"a b> c"@b.example'],
  ['MAIL FROM:<a..b@@c>', 'a..b@@c'],
  ['MAIL FROM:<é@b.example> SMTPUTF8', 'é@b.example'],
  ['MAIL FROM:', null],
  ['MAIL <a@b.example>', null],
  ['MAIL FROM:<a@b.example', null],
];

for (const [line, address] of cases) {
  test(`${JSON.stringify(line)} names ${address === null ? 'no path' : JSON.stringify(address)}`, () => {
    assert.equal(parsePathCommand('MAIL FROM', line)?.address ?? null, address);
  });
}

test('parameters go by upper-case keyword, the first one counts', () => {
  const parsed = parsePathCommand('RCPT TO', 'RCPT TO:<a@b.example> notify=NEVER X __proto__=1 NOTIFY=DELAY');
  assert.deepEqual({ ...(parsed?.args || {}) }, { NOTIFY: 'NEVER', X: true, __PROTO__: '1' });
});

test('no line makes it throw or take long', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '"', '\\', '@', ':', ' ', 'a', '='), maxLength: 400 }),
      rest => {
        parsePathCommand('MAIL FROM', `MAIL FROM:${rest}`);
      },
    ),
  );
  const startedAt = performance.now();
  parsePathCommand('MAIL FROM', `MAIL FROM:<"${'\\"<'.repeat(5000)}`);
  assert.ok(performance.now() - startedAt < 200);
});
