import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { quoted, splitWords, unquoted } from '../../../dns-keys/rr/words.ts';
import { WireError } from '../../../dns-keys/wire-error.ts';

describe('words of a zone file', () => {
  it('are parted by blanks, lines and parentheses, and end before a comment', () => {
    const text = 'a (b ; c "\n d)e\t"f ; (g" h\\ i \\"j k\\;l ;';
    assert.deepEqual(splitWords(text), ['a', 'b', 'd', 'e', '"f ; (g"', 'h\\ i', '\\"j', 'k\\;l']);
  });

  it('are refused for a quote or a backslash without its other half', () => {
    for (const text of ['"a', 'a"', 'a\\', '"a\\"']) assert.throws(() => splitWords(text), WireError);
  });

  it('are split from any text or refused', () => {
    const text = fc.string({ unit: fc.constantFrom(...'a" \\;()\n0é'), maxLength: 30 });
    fc.assert(
      fc.property(text, input => {
        try {
          for (const word of splitWords(input)) assert.notEqual(word, '');
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
      }),
    );
  });
});

describe('character-strings', () => {
  it('are the same after they were quoted, split off and read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 255 }), octets => {
        const [word = '', ...rest] = splitWords(quoted(octets));
        assert.deepEqual([unquoted(word), rest], [octets, []]);
      }),
    );
  });

  it('need no quotes', () => assert.deepEqual(unquoted('a\\ b\\065'), Uint8Array.from(Buffer.from('a bA'))));

  for (const word of ['"é"', 'a\\256', 'a\\é'])
    it(`are refused as ${word}`, () => assert.throws(() => unquoted(word), WireError));
});
