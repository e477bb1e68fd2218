import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type HtmlScan, scanHtml } from '../../../delivery/message/html.ts';

const vectors = JSON.parse(readFileSync('test/vectors/message/html.json', 'utf8')) as [
  string,
  Partial<HtmlScan>,
][];

const pieces = fc.constantFrom(
  ...[
    '<',
    '>',
    '</',
    '<!--',
    '-->',
    '<a href="x">',
    '</a>',
    '<p style="display:none">',
    '</p>',
    '<style>',
    '</style>',
  ],
  ...[
    '<svg>',
    '</svg>',
    '<img src=//t.example/1 ',
    'style="',
    "'",
    '"',
    '=',
    'url(',
    ')',
    '&amp;',
    '&#',
    'text',
    ' ',
  ],
  ...['<title>', '<plaintext>', '<iframe srcdoc="', '\\', '\0', '\ud800'],
);

describe('scanHtml', () => {
  for (const [html, expected] of vectors) {
    it(`reads ${JSON.stringify(html)}`, () => {
      const scan = scanHtml(html);
      const chosen = Object.keys(expected).map(key => [key, scan[key as keyof HtmlScan]]);
      assert.deepEqual(Object.fromEntries(chosen), expected);
    });
  }

  it('reads anything without throwing', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 40 }), parts => {
        assert.equal(typeof scanHtml(parts.join('')).text, 'string');
      }),
      { numRuns: 2000 },
    );
  });

  it('bounds its lists', () => {
    const scan = scanHtml('<a href=x><img src=https://t.example/1>'.repeat(12_000));
    assert.equal(scan.images.length, 10_000);
    assert.equal(scan.links.length, 10_000);
  });
});
