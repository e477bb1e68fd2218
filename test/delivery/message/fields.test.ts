import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  decodeWords,
  decodeWordsStrictly,
  encodeWords,
  fieldsNamed,
  parseFieldParameters,
  parseIdentifiers,
  unfold,
} from '../../../delivery/message/fields.ts';
import { plainText } from './arbitrary.ts';

const words = JSON.parse(readFileSync('test/vectors/message/words.json', 'utf8')) as [string, string][];
const parameters = JSON.parse(readFileSync('test/vectors/message/parameters.json', 'utf8')) as [
  string,
  string,
  Record<string, string>,
][];

describe('decodeWords', () => {
  for (const [value, expected] of words) {
    it(`reads ${JSON.stringify(value)}`, () => assert.equal(decodeWords(value), expected));
  }

  it('reads back what encodeWords wrote', () => {
    fc.assert(
      fc.property(plainText, text => assert.equal(decodeWords(encodeWords(text)), text)),
      { numRuns: 2000 },
    );
  });

  it('is written in ASCII words of at most 75 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        const encoded = encodeWords(text);
        assert.match(encoded, /^[\x20-\x7e]*$/);
        if (encoded !== text) assert.ok(encoded.split(' ').every(word => word.length <= 75));
      }),
    );
  });

  it('reads anything without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'=?utf-8bq_ A\r\n'), maxLength: 60 }), value => {
        assert.equal(typeof decodeWords(value), 'string');
        assert.equal(typeof decodeWordsStrictly(value), 'string');
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves words beside other text alone in its strict form', () => {
    assert.equal(decodeWordsStrictly('D=?utf-8?q?=C3=A9?=mo'), 'D=?utf-8?q?=C3=A9?=mo');
    assert.equal(decodeWordsStrictly('(=?utf-8?q?=C3=A9?=) =?utf-8?q?a?='), '(é) a');
  });
});

describe('parseFieldParameters', () => {
  for (const [value, head, expected] of parameters) {
    it(`reads ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parseFieldParameters(value), { value: head, parameters: expected });
    });
  }

  it('keeps names of objects harmless', () => {
    const { parameters: read } = parseFieldParameters('a/b; __proto__=x; constructor=y');
    assert.deepEqual(Object.keys(read), ['__proto__', 'constructor']);
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });

  it('reads anything without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`a;="*01'%C3()\\ \r\n`), maxLength: 60 }), value => {
        assert.equal(typeof parseFieldParameters(value).value, 'string');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('header fields', () => {
  it('are found without regard to case, in their order', () => {
    const fields = ['Received', 'Subject', 'RECEIVED'].map((name, index) => ({
      name,
      value: String(index),
      start: 0,
      end: 0,
    }));
    assert.deepEqual(
      fieldsNamed(fields, 'received').map(field => field.value),
      ['0', '2'],
    );
  });

  it('are unfolded', () => {
    assert.equal(unfold(' a\r\n b\n\tc '), 'a b\tc');
  });

  it('hold identifiers between angle brackets', () => {
    assert.deepEqual(parseIdentifiers('<a@b> text <c@d>\r\n <e @f>'), ['a@b', 'c@d', 'e@f']);
    assert.deepEqual(parseIdentifiers('<open <a@b>'), ['a@b']);
    assert.deepEqual(parseIdentifiers('two words'), []);
    assert.deepEqual(parseIdentifiers('<>'), []);
  });
});
