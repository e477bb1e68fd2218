import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { htmlTokens, isTooMuch, textOfHtml } from '../../../webmail/ui/html-tags.ts';
import { assertLinear } from '../../delivery/message/work.ts';

const times = (count: number, html: string) => html.repeat(count);

test('an HTML text that is nested too deep, or has too much of anything, is too much', () => {
  const deep = [
    times(20_000, '<div>'),
    times(600, '<div></x>'),
    times(600, '<DIV a=">">'),
    times(600, '<div><x></div></x>').replaceAll('</div>', ''),
    times(600, '<div><b></div>'),
    times(600, '<span><div></span></div>'),
    times(600, '<div><table></div>'),
    times(600, '<li><dd>'),
    times(600, '<rt>'),
    times(600, '<option><rt>'),
    times(600, '<div><select></div>').replaceAll('select', 'object'),
    times(600, '<div><title></div></title>'),
    times(600, '<div><!--</div>-->'),
    times(600, '<div><a title="</div>">'),
    times(600, '<div><![CDATA[</div>'),
    `<svg>${times(600, '<g><!--</g>-->')}`,
    `<math>${times(600, '<mi/>')}`,
    `<script><!--<script></script>${times(600, '<div></div>')}`,
    times(50_000, '<br>'),
    `<p ${Array.from({ length: 1000 }, (_, place) => `a${place}`).join(' ')}>`,
  ];
  for (const html of deep) assert.ok(isTooMuch(html), html.slice(0, 60));
});

test('mail as it is written is not too much, however carelessly', () => {
  const row = '<tr><td><p>One<p>Two<font color=red><b>x</b></font><br><img src="a>b"></td></tr>';
  const fine = [
    `<!doctype html><html><head><style>a > b {}</style></head><body><table>${times(800, row)}</table></body></html>`,
    times(400, '<table><tr><td>').concat(times(400, '</table>')),
    times(2000, '<ul><li>a<li>b</ul>'),
    times(2000, '<dl><dt>a<dd><div>b</div><dd>c</dl>'),
    times(2000, '<li>a'),
    times(2000, '<div><span>left open</div>'),
    times(2000, '<!--[if mso]><table><tr><td><![endif]-->'),
    times(2000, '1 < 2 <3> <o:p></o:p>'),
    '<script type="application/ld+json">{"a":"<div>"}</script><svg><path/></svg>',
    '<',
    '<div',
    '<constructor></__proto__>&valueOf;',
    '<a b="',
  ];
  for (const html of fine) assert.ok(!isTooMuch(html), html.slice(0, 60));
});

test('twice the HTML is twice the work', () => {
  const pieces = [
    '<div>',
    '<div></div>',
    '<a b="',
    "<a b='",
    '<!--',
    '<style>',
    '</x',
    '<',
    '<p a  ',
    ' = ',
    '&#',
    '<title>',
  ];
  for (const piece of pieces) {
    const make = (amount: number) => piece.repeat(amount);
    assertLinear(make, isTooMuch, 50_000);
    assertLinear(make, textOfHtml, 50_000);
  }
  const held = times(500, '<div>');
  assertLinear(amount => held + times(amount, '<b></b></i>'), isTooMuch, 10_000);
});

test('the words of an HTML text keep their lines, and nothing else of it', () => {
  const html =
    '<title>x</title><style>p{}</style><p>Tea &amp; <b>cake</b>&#33;<br>at &lt;four&gt;</p><!-- no --><div>Me';
  assert.equal(textOfHtml(html), 'Tea & cake!\n\nat <four>\n\nMe');
});

test('property: any text is cut into tokens to its end, and is judged', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '</',
    '<!--',
    '-->',
    '"',
    "'",
    '=',
    ' ',
    '/',
    'div',
    'svg',
    'script',
    '&#x41;',
    'é',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map(all => all.join('')),
      html => {
        let place = -1;
        for (const token of htmlTokens(html)) {
          assert.ok(token.place > place);
          place = token.place;
        }
        assert.equal(typeof isTooMuch(html), 'boolean');
        assert.equal(typeof textOfHtml(html), 'string');
      },
    ),
  );
});
