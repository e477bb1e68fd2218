import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseQuery } from '../../../delivery/search/query.ts';
import { shownTerms, snippets } from '../../../delivery/search/snippet.ts';

function show(text: string, query: string, maxOctets?: number): string | null {
  return snippets(text, shownTerms(parseQuery(query), ['subject', 'body']), maxOctets);
}

describe('snippets', () => {
  it('marks every match and escapes the rest', () => {
    assert.equal(
      show('Été <b>& été</b>', 'ete', Infinity),
      '<mark>Été</mark> &lt;b&gt;&amp; <mark>été</mark>&lt;/b&gt;',
    );
  });

  it('is null where nothing matches', () => {
    assert.equal(show('nothing here', 'needle'), null);
    assert.equal(show('', 'needle'), null);
    assert.equal(show('needle', '-needle'), null);
    assert.equal(show('needle', 'from:needle'), null);
  });

  it('marks phrases, prefixes and characters inside unspaced runs', () => {
    assert.equal(show('one two three', '"two three"', Infinity), 'one <mark>two three</mark>');
    assert.equal(show('needles and need', 'need*', Infinity), '<mark>needles</mark> and <mark>need</mark>');
    assert.equal(show('東京都の天気', '京都', Infinity), '東<mark>京都</mark>の天気');
  });

  it('begins a preview near the first match', () => {
    const shown = show(`${'before '.repeat(100)}needle ${'after '.repeat(100)}`, 'needle');
    assert.match(shown ?? '', /^before .*<mark>needle<\/mark> after/);
  });

  it('stays within its octets and well-formed for any text', () => {
    const text = fc.array(
      fc.oneof(
        fc.constantFrom('needle', '<', '&', '東京', '😀', ' '),
        fc.string({ unit: 'binary', maxLength: 9 }),
      ),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 300 }), (parts, maxOctets) => {
        const shown = show(parts.join(' '), 'needle OR 東京', maxOctets);
        if (shown === null) return;
        assert.ok(Buffer.byteLength(shown) <= maxOctets);
        assert.match(shown.replace(/<mark>[^<>]+<\/mark>|&(?:amp|lt|gt);/g, ''), /^[^<>&]*$/);
      }),
      { numRuns: 500 },
    );
  });
});
