import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseQuery, termsOf } from '../../../delivery/search/query.ts';
import type { EmailFilter, SearchTerm } from '../../../delivery/store/query.ts';

function term(words: string, field: SearchTerm['field'] = 'any', prefix = false): EmailFilter {
  return { search: { field, words: words.split(' '), prefix } };
}

const day = (text: string): Date => new Date(`${text}T00:00:00Z`);

const queries: ReadonlyArray<readonly [string, EmailFilter | null]> = [
  ['', null],
  ['  ', null],
  ['...', null],
  ['hello', term('hello')],
  ['hello world', { all: [term('hello'), term('world')] }],
  ['"Hello, world"', term('hello world')],
  ['"open phrase', term('open phrase')],
  ['hel*', term('hel', 'any', true)],
  ['été', term('ete')],
  ['東京都', term('東京 京都')],
  ['東', term('東', 'any', true)],
  ['from:jane@example.org', term('jane example org', 'originators')],
  ['to:"Jane Doe"', term('jane doe', 'destinations')],
  ['subject:hel*', term('hel', 'subject', true)],
  ['body:x attachment:y', { all: [term('x', 'body'), term('y', 'attachments')] }],
  ['objet:x à:y', { all: [term('x', 'subject'), term('y', 'destinations')] }],
  ['from: x', { all: [term('from'), term('x')] }],
  ['has:attachment', { hasAttachment: true }],
  ['is:unread', { noKeyword: '$seen' }],
  ['is:Flagged', { keyword: '$flagged' }],
  ['is:sealed', { sealed: true }],
  ['is:newsletter', { keyword: 'auto-newsletter' }],
  ['is:reçu', { keyword: 'auto-receipt' }],
  ['is:strange', term('strange')],
  ['before:2026-02-01', { before: day('2026-02-01') }],
  ['after:2026', { after: day('2026-01-01') }],
  ['on:2026-02', { all: [{ after: day('2026-02-01') }, { before: day('2026-03-01') }] }],
  ['before:soon', term('soon')],
  ['level:a', { level: 'A' }],
  ['larger:2M smaller:10k', { all: [{ minSizeOctets: 2_097_152 }, { maxSizeOctets: 10_240 }] }],
  ['list:demo.example.org', { fieldName: 'List-Id', contains: 'demo.example.org' }],
  ['-spam', { none: [term('spam')] }],
  ['-from:x y', { all: [{ none: [term('x', 'originators')] }, term('y')] }],
  ['NOT x', { none: [term('x')] }],
  ['a-b', term('a b')],
  ['a OR b c', { all: [{ any: [term('a'), term('b')] }, term('c')] }],
  ['a OU b', { any: [term('a'), term('b')] }],
  ['or', term('or')],
  ['OR', null],
  ['(a b) OR -(c)', { any: [{ all: [term('a'), term('b')] }, { none: [term('c')] }] }],
  ['((a', term('a')],
  ['a))', term('a')],
  ['https://example.org/x', term('https example org x')],
  ['note:todo', term('note todo')],
];

describe('parseQuery', () => {
  for (const [text, filter] of queries) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseQuery(text), filter));
  }

  it('reads tags by name, a system tag in either language; a name that no tag has is text', () => {
    const tagsNamed = (name: string) => (name === 'summer house' ? ['T1', 'T2'] : []);
    const cases: readonly (readonly [string, EmailFilter])[] = [
      ['in:inbox', { tag: 'inbox' }],
      ['dans:Réception', { tag: 'inbox' }],
      ['-in:spam', { none: [{ tag: 'junk' }] }],
      ['tag:"Summer House"', { any: [{ tag: 'T1' }, { tag: 'T2' }] }],
      ['étiquette:archives boat', { all: [{ tag: 'archive' }, term('boat')] }],
      ['in:toString', term('tostring')],
      ['in:nowhere', term('nowhere')],
    ];
    for (const [text, filter] of cases) assert.deepEqual(parseQuery(text, tagsNamed), filter, text);
  });

  it('reads anything, and gives a bounded filter of words that can be found', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '-',
      '"',
      'OR',
      'from:',
      'is:unread',
      'a',
      '*',
      ' ',
      ':',
      "'",
      '東',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map(all => all.join('')),
          fc.string(),
        ),
        text => {
          const filter = parseQuery(text);
          if (filter) assertSound(filter, 0);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('bounds a query of any length', () => {
    const filter = parseQuery('x '.repeat(100_000));
    assert.ok(filter && 'all' in filter && filter.all.length <= 64);
    parseQuery('('.repeat(100_000));
  });
});

function assertSound(filter: EmailFilter, depth: number): void {
  assert.ok(depth < 40);
  if ('search' in filter) {
    assert.ok(filter.search.words.length > 0);
    assert.ok(filter.search.words.every(word => word !== '' && !word.includes(' ')));
  }
  const inner =
    'all' in filter ? filter.all : 'any' in filter ? filter.any : 'none' in filter ? filter.none : [];
  for (const each of inner) assertSound(each, depth + 1);
}

describe('termsOf', () => {
  it('finds everything for an empty text and nothing for one without words', () => {
    assert.deepEqual(termsOf('any', ' '), { all: [] });
    assert.deepEqual(termsOf('any', '!?'), { any: [] });
  });

  it('wants every word and phrase', () => {
    assert.deepEqual(termsOf('subject', 'a "b c" d* \'e f\''), {
      all: [term('a', 'subject'), term('b c', 'subject'), term('d', 'subject', true), term('e f', 'subject')],
    });
  });

  it('reads escapes inside phrases', () => {
    assert.deepEqual(termsOf('any', '"a \\"b\\" c"'), term('a b c'));
  });

  it('looks for copies among the destinations of messages that have such a field', () => {
    assert.deepEqual(termsOf('to', 'x'), term('x', 'destinations'));
    assert.deepEqual(termsOf('cc', 'x'), { all: [term('x', 'destinations'), { fieldName: 'cc' }] });
    assert.deepEqual(termsOf('from', 'x'), term('x', 'originators'));
  });
});
