import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FieldLookUp, fieldLookUp, fieldTerms, headHolds } from '../../../delivery/search/fields.ts';

/** Whether an index of these terms would give the email, and whether its value must still be read. */
function lookedUp(
  terms: ReadonlySet<string>,
  { whole, part, isExact }: FieldLookUp,
): 'yes' | 'no' | 'perhaps' {
  if (!whole.every(term => terms.has(term))) return 'no';
  if (part === null) return isExact ? 'yes' : 'perhaps';
  const { from, below, offset, text, unknown } = part;
  const known = [...terms].some(term => term >= from && term < below && term.slice(offset).includes(text));
  if ([...terms].some(term => unknown.some(start => term.startsWith(start)))) return 'perhaps';
  return known ? (isExact ? 'yes' : 'perhaps') : 'no';
}

function termsOf(head: string): Set<string> {
  return new Set(
    fieldTerms(head)
      .split(' ')
      .filter(term => term !== ''),
  );
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

const head = latin1(
  [
    'Received: from mx.example.net (mx.example.net [192.0.2.1])\r\n\tby mx.example.org; Mon, 1 Mar 2026',
    'Subject: Caf\u00e9 =?UTF-8?Q?Cr=C3=A8me?= =?UTF-8?Q?_br=C3=BBl=C3=A9e?=',
    'Message-ID: <one.2@host.example.net>',
    `DKIM-Signature: v=1; d=example.net; b=${'AbCd1234+/'.repeat(6)}`,
    'X-Empty:',
    'X-Spaced : yes',
    'no field at all',
    '',
    '',
  ].join('\r\n'),
);

const cases: readonly (readonly [string, string | null, boolean])[] = [
  ['received', null, true],
  ['X-EMPTY', null, true],
  ['X-Spaced', 'ye', true],
  ['X-None', null, false],
  ['no field at all', null, false],
  ['Message-ID', '<one.2@host.example.net>', true],
  ['message-id', 'one.2@host', true],
  ['Message-ID', 'E.2@HOST.EXA', true],
  ['Message-ID', '<ne.2', false],
  ['Message-ID', '>', true],
  ['Received', 'net [192.0', true],
  ['Received', ') \tby', false],
  ['Received', ')\tby mx', true],
  ['Received', '2026', true],
  ['Received', 'mx.', true],
  ['Received', 'MX.example.NET', true],
  ['Received', '(mx.example.net', true],
  ['Received', 'my.', false],
  ['Subject', 'CAFÉ', true],
  ['Subject', 'crème brûlée', true],
  ['Subject', '=?utf-8?q?cr', true],
  ['DKIM-Signature', 'd=example.', true],
  ['DKIM-Signature', 'b=abcd1234', true],
  ['DKIM-Signature', 'b=bbcd1234', false],
  ['DKIM-Signature', '4+/ab', true],
  ['DKIM-Signature', '4+/bb', false],
  ['X-Empty', 'a', false],
];

test('a header block holds a field by its name, and any piece of its value in upper or lower case', () => {
  for (const [name, contains, isThere] of cases) {
    assert.equal(headHolds(head, name, contains), isThere, `${name}: ${contains}`);
  }
});

test('the terms of a header block lead to every field that it holds', () => {
  const terms = termsOf(head);
  for (const [name, contains, isThere] of cases) {
    const answer = lookedUp(terms, fieldLookUp(name, contains));
    if (answer !== 'perhaps') assert.equal(answer, isThere ? 'yes' : 'no', `${name}: ${contains}`);
  }
});

test('a name, a whole word and a piece of one word are decided without reading the value', () => {
  const terms = termsOf(head);
  for (const [name, contains, answer] of [
    ['Received', null, 'yes'],
    ['X-None', null, 'no'],
    ['Message-ID', 'host.example', 'yes'],
    ['Message-ID', 'other.example', 'no'],
    ['Message-ID', '<another@host.example.net>', 'no'],
    ['DKIM-Signature', 'd=example.org', 'no'],
  ] as const) {
    assert.equal(lookedUp(terms, fieldLookUp(name, contains)), answer, `${name}: ${contains}`);
  }
});

test('what the terms say is what the header block holds, whatever is in it', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ' ',
      '\t',
      '<',
      '>',
      '@',
      '.',
      ':',
      ';',
      '=',
      ',',
      '"',
      '%',
      'ς',
      'Σ',
      'é',
      '\xe9',
      '=?utf-8?q?=41?=',
    ),
    fc.constantFrom(
      'a',
      'B',
      'ab',
      'abcd',
      'long.',
      'x'.repeat(39),
      'y'.repeat(41),
      'z.'.repeat(600),
      '\0',
      '\x7f',
    ),
  );
  const text = fc.array(piece, { maxLength: 6 }).map(pieces => pieces.join(''));
  const name = fc.constantFrom(
    'a',
    'A',
    'Received',
    'a-b',
    'a%',
    'a b',
    'é',
    'n'.repeat(201),
    `${'n'.repeat(201)}b`,
    '',
  );
  const fields = fc.array(fc.tuple(name, text), { maxLength: 4 });
  fc.assert(
    fc.property(fields, name, fc.option(text), (given, asked, contains) => {
      const block = latin1(given.map(([field, value]) => `${field}: ${value}\r\n`).join(''));
      const answer = lookedUp(termsOf(block), fieldLookUp(asked, contains));
      if (answer !== 'perhaps') assert.equal(answer === 'yes', headHolds(block, asked, contains));
    }),
    { numRuns: 3000 },
  );
});

test('however a header block is made, its terms are a bounded number of times as long', () => {
  const distinct = Array.from({ length: 50_000 }, (_unused, index) => (1296 + index).toString(36)).join(' ');
  const hostile = [
    `${'\xe9'.repeat(200)}:${'a '.repeat(100_000)}`,
    `${'x'.repeat(64)}:${'a '.repeat(100_000)}`,
    `${'x'.repeat(64)}:${distinct} \xe9`,
    `x${'\xe9'.repeat(1000)}:${distinct} =?utf-8?q?a?=`,
    'a:\r\n'.repeat(50_000),
  ];
  for (const head of hostile) {
    const times = fieldTerms(head).length / head.length;
    assert.ok(times < 40, `${head.slice(0, 80)}: ${times}`);
  }
});

test('a field with a long or a strange name is found by its words', () => {
  for (const name of ['x'.repeat(300), 'x-\xe9 y', '%41']) {
    const terms = termsOf(`${name}: one two\r\n`);
    assert.notEqual(lookedUp(terms, fieldLookUp(name, 'one')), 'no');
    assert.equal(lookedUp(terms, fieldLookUp(name, 'three')), 'no');
    assert.equal(lookedUp(terms, fieldLookUp(`${name}x`, null)), 'no');
  }
});
