import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashAsciiWords, wordKinds } from '../../../delivery/spam/ascii-words.ts';
import { hashText } from '../../../delivery/spam/slots.ts';

const rule = { kinds: wordKinds(/[a-z0-9$'@_-]/i, /[!?%*#+=~|<>]/), seed: 7, maxUnits: 24 };

function cutOut(text: string): number[] {
  const words = text.match(/[\p{L}\p{N}\p{Sc}'@_-]+|[!?%*#+=~|<>]+/gu) ?? [];
  return words.map(word => hashText(word.toLowerCase(), rule.seed, rule.maxUnits) >>> 0);
}

test('words hashed where they stand are the words that are cut out of the text', () => {
  const ascii = fc.string({ unit: fc.integer({ min: 0, max: 127 }).map(code => String.fromCharCode(code)) });
  const wordy = fc
    .array(fc.constantFrom('Buy', 'now', '!!', "don't", ' ', '\n', 'x'.repeat(30), '$9', '-'))
    .map(words => words.join(''));
  fc.assert(
    fc.property(fc.oneof(ascii, wordy), text => {
      const into = new Uint32Array(text.length + 1);
      const count = hashAsciiWords(text, rule, into);
      assert.deepEqual([...into.subarray(0, count)], cutOut(text));
    }),
  );
});

test('words beyond the room given are left out', () => {
  const into = new Uint32Array(2);
  assert.equal(hashAsciiWords('one two three', rule, into), 2);
  assert.deepEqual([...into], cutOut('one two'));
});
