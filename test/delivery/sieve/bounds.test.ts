// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of Sieve look like those of templates
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from '../../../delivery/message/message.ts';
import { parseScript, parseScriptOctets } from '../../../delivery/sieve/parse-script.ts';
import { runScript } from '../../../delivery/sieve/run-script.ts';
import { matchWildcards, readWildcards } from '../../../delivery/sieve/wildcards.ts';
import { actionCases } from './cases-actions.ts';
import { faultCases } from './cases-faults.ts';
import { scriptFor, testCases } from './cases-tests.ts';
import { outcomeOf, wordsOf } from './run.ts';

/** Pieces that make something near to a script more often than not. */
const pieces = [
  ...[
    'keep',
    'stop',
    ';',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ',',
    'if ',
    'elsif ',
    'else',
    'not ',
    'allof',
    'anyof',
  ],
  ...[
    '"',
    '"a"',
    '"subject"',
    '"*?\\\\*"',
    ':is ',
    ':matches ',
    ':comparator ',
    'text:\r\n',
    '.\r\n',
    '# c\n',
    '/*',
  ],
  ...[
    'require ',
    '"fileinto"',
    '"variables"',
    '"${a}"',
    '"${1}"',
    'set ',
    '"a" "b"',
    'header ',
    'size :over ',
    '1K',
  ],
  ...[
    'fileinto ',
    'true',
    'false',
    '\u0000',
    '\u{1f600}',
    '\ud800',
    '"${hex: 41}"',
    'address ',
    'discard',
    '*/',
  ],
];
const nearlyScript = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map(each => each.join(''));
const whole = fc.constantFrom(
  ...[...actionCases, ...faultCases].map(({ script }) => script.slice(0, 2000)),
  ...testCases.map(scriptFor),
);
/** A script in which a piece is cut out or put in. */
const damaged = fc
  .tuple(whole, fc.nat(), fc.nat(20), fc.constantFrom(...pieces, ''))
  .map(([script, at, length, piece]) => {
    const from = at % (script.length + 1);
    return script.slice(0, from) + piece + script.slice(from + length);
  });

function emptyContext() {
  return {
    now: new Date(0),
    localOffsetMinutes: () => 0,
    mailboxExists: () => true,
    hasSpecialUse: () => true,
    spamProbability: 0.5,
    environment: {},
  };
}

test('any text is a script or has faults at places inside it, and what is a script runs', () => {
  const octets = fc.uint8Array({ maxLength: 2000 });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearlyScript, damaged), octets, (text, mail) => {
      const { script, faults } = parseScript(text);
      assert.equal(script === null, faults.length > 0);
      const lines = text.split('\n');
      for (const { line, column } of faults) {
        assert.ok(
          line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1] ?? '').length + 1,
        );
      }
      if (!script) return;
      const input = {
        message: parseMessage(mail),
        sizeOctets: mail.byteLength,
        envelope: { reversePath: text.slice(0, 9), forwardPath: null },
      };
      const { actions, failure } = runScript(script, input, emptyContext());
      assert.ok(actions.length > 0);
      if (failure) assert.deepEqual(wordsOf(actions), 'INBOX');
    }),
    { numRuns: 2000 },
  );
});

test('any octets are read without throwing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), octets => {
      const { script, faults } = parseScriptOctets(octets);
      assert.equal(script === null, faults.length > 0);
    }),
  );
});

/** The plain meaning of a pattern, by trying everything: `*` first as nothing, then as ever more. */
function matchesSlowly(text: readonly string[], pattern: string): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  const behind = rest.join('');
  if (first === '*') {
    return Array.from({ length: text.length + 1 }, (_, from) => from).some(from =>
      matchesSlowly(text.slice(from), behind),
    );
  }
  return text.length > 0 && (first === '?' || first === text[0]) && matchesSlowly(text.slice(1), behind);
}

test('a pattern matches what trying every way would find, and its pieces make up the text', () => {
  const unit = fc.constantFrom('a', 'b', '\u{1f600}');
  const text = fc.string({ unit, maxLength: 10 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\u{1f600}'), maxLength: 7 });
  fc.assert(
    fc.property(text, pattern, (value, sought) => {
      const spans = matchWildcards(value, readWildcards(sought), () => {});
      assert.equal(spans !== null, matchesSlowly([...value], sought));
      if (!spans) return;
      const fills = spans.map(([from, to]) => value.slice(from, to));
      let next = 0;
      assert.equal(
        sought.replace(/[*?]/g, () => fills[next++] ?? ''),
        value,
      );
      assert.equal(next, fills.length);
    }),
    { numRuns: 3000 },
  );
});

const letters = 'a'.repeat(900_000);
const long = `Subject: ${letters}\n\n${letters}`;
const list = (count: number, text: string) =>
  `[${Array.from({ length: count }, () => `"${text}"`).join(',')}]`;

/** Scripts and messages that would take for ever if either were believed. */
const hostile: readonly [what: string, script: string, message?: string][] = [
  ['stars between letters', `if header :matches "subject" "${'*a'.repeat(5000)}*b" { discard; }`, long],
  ['stars and question marks', `if header :matches "subject" "${'*a?'.repeat(5000)}b" { discard; }`, long],
  [
    'a long piece that nearly fits',
    `if header :matches "subject" "*${'a'.repeat(30_000)}b*" { discard; }`,
    long,
  ],
  [
    'a piece with holes that nearly fits',
    `if header :matches "subject" "*${'a?'.repeat(15_000)}b*" { discard; }`,
    long,
  ],
  ['many keys in a long body', `require "body"; if body :contains ${list(10_000, 'bbb')} { discard; }`, long],
  ['many long keys', `if header :contains "subject" ${list(8, `${'a'.repeat(7000)}b`)} { discard; }`, long],
  ['many fields asked for', `if header :contains ${list(6000, 'subject')} "b" { discard; }`, long],
  [
    'variables that grow',
    `require ["variables"]; set "a" "${'x'.repeat(4000)}"; ${'set "a" "${a}${a}${a}${a}${a}${a}${a}${a}";'.repeat(900)}`,
  ],
  [
    'a string of many variables',
    `require ["variables","fileinto"]; set "a" "${'x'.repeat(4000)}"; fileinto "${'${a}'.repeat(10_000)}";`,
  ],
  ['many flags', `require "imap4flags"; ${`addflag "${'f '.repeat(50)}";`.repeat(500)}`],
  ['many actions', 'keep; '.repeat(4000)],
  ['many tests', `if anyof (${Array.from({ length: 4000 }, () => 'exists "x"').join(',')}) { discard; }`],
  [
    'many dates',
    `require "date"; if anyof (${Array.from({ length: 900 }, () => 'date "date" "year" "1"').join(',')}) { discard; }`,
    `Date: ${'(('.repeat(400_000)}\n\n`,
  ],
  [
    'parts in parts',
    'require "body"; if body :content "message" :contains "zz" { discard; }',
    'Content-Type: message/rfc822\n\n'.repeat(3000),
  ],
  [
    'encoded words',
    'if header :matches "subject" "*x*y*z" { discard; }',
    `Subject: ${'=?utf-8?q?=41?= '.repeat(60_000)}\n\n`,
  ],
  [
    'many addresses',
    `if address :matches "to" "${'*a'.repeat(2000)}" { discard; }`,
    `To: ${'aa@a.example, '.repeat(60_000)}\n\n`,
  ],
];

for (const [what, script, message] of hostile) {
  test(`${what}: bounded, and never lost`, () => {
    const before = process.cpuUsage();
    const { actions } = outcomeOf(script, message === undefined ? {} : { message });
    const { user, system } = process.cpuUsage(before);
    assert.ok(actions.length > 0);
    assert.ok((user + system) / 1e6 < 2, `${(user + system) / 1e6} s`);
  });
}

test('a run that takes too long is the implicit keep, and says at which line', () => {
  const script = `keep;\nif header :matches "subject" "*${'a?'.repeat(15_000)}b*" { discard; }`;
  const { actions, failure } = outcomeOf(script, { message: long });
  assert.equal(wordsOf(actions), 'INBOX');
  assert.deepEqual(failure, { line: 2, text: 'the script takes too long on this message' });
});

test('a run that does more than it may is the implicit keep', () => {
  const { actions, failure } = outcomeOf('discard; '.repeat(40));
  assert.equal(wordsOf(actions), 'INBOX');
  assert.match(failure?.text ?? '', /more than 32 actions/);
});
