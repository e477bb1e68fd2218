import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withoutRemote } from '../../../webmail/ui/remote-css.ts';
import { assertLinear } from '../../delivery/message/work.ts';

test('whatever would load from elsewhere is taken out and told', () => {
  const loading = [
    'a{background:url(//a.example/x)}',
    'a{background:URL( "https://a.example/x" )}',
    "a{background:u\\72l('\\68ttps://a.example/x')}",
    'a{background:url(https:\\2f\\2f a.example/x)}',
    'a{background-image:image-set(\'https://a.example/x\' 1x, "data:image/png,x" 2x)}',
    'a{background:-webkit-image-set(url(https://a.example/x) 1x)}',
    'a{background:/* url(x */url(https://a.example/x',
    '@import "//a.example/x";a{color:red}',
    '@im\\port url(https://a.example/x) screen;',
    'a{--b:url(https://a.example/x);background:var(--b)}',
    'a{--b:"https://a.example/x";background:image-set(var(--b) 1x)}',
  ];
  for (const css of loading) {
    const quiet = withoutRemote(css);
    assert.equal(quiet.wanted.length, 1, css);
    assert.doesNotMatch(quiet.css, /a\.example/, css);
  }
});

test('pictures that were fetched get our addresses; style sheets and fonts never do', () => {
  const fetched = new Map([
    ['https://a.example/1', '/pictures/one'],
    ['https://a.example/2', '/pictures/two'],
  ]);
  const css =
    '@import "https://a.example/1";@font-face{src:url(https://a.example/2)}a{background:url(HTTPS://A.example/1#x),url("//a.example/2"),url(//b.example)}';
  const quiet = withoutRemote(css, fetched);
  assert.equal(
    quiet.css,
    '@import "data:,";@font-face{src:url("data:,")}a{background:url("/pictures/one"),url("/pictures/two"),url("data:,")}',
  );
  const pictures = quiet.wanted.filter(({ isPicture }) => isPicture).map(({ address }) => address);
  assert.deepEqual(pictures, ['https://a.example/1', 'https://a.example/2', 'https://b.example/']);
  assert.equal(quiet.wanted.length, 5);
});

test('addresses of no place are taken out, too, but for pictures in the style and places in the letter', () => {
  for (const address of [
    'javascript:x',
    'data:text/css,x',
    'data:image/svg+xml,x',
    'cid:a',
    'blob:x',
    'a.png',
    '/frame/',
  ])
    assert.equal(withoutRemote(`a{background:url(${address})}`).css, 'a{background:url("data:,")}');
  assert.equal(withoutRemote('@import "javascript:x";').css, '@import "data:,";');
});

test('what loads nothing stays as it was written', () => {
  const still = [
    'a{background:url(data:image/png;base64,AA==)}',
    'a[href="https://a.example/"]::after{content:"// https://a.example/"}',
    '/* url(https://a.example/x) */ a > b{color:rgb(1 2 3 / 50%)}',
    '@media (min-width: 3em) { a { width: calc((1px + 2px) * 3) } }',
    'a{font-family:"un\\22 closed\n;b:url(#c)}',
  ];
  for (const css of still) assert.deepEqual(withoutRemote(css), { css, wanted: [] });
});

test('twice the style is twice the work', () => {
  const pieces = [
    'url(//',
    'url( ',
    'url("',
    '@import',
    "'",
    '/*',
    '((',
    '\\',
    'a',
    ' ',
    'url(//a)',
    '@import "//a";',
  ];
  for (const piece of pieces) assertLinear(amount => piece.repeat(amount), withoutRemote, 50_000);
});

test('property: any style is read, and a style without addresses stays as it is', () => {
  const piece = fc.constantFrom(
    'url(',
    ')',
    '"',
    "'",
    '\\',
    '\n',
    '@import',
    'a',
    '{',
    '}',
    ';',
    '(',
    '/*',
    '*/',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map(all => all.join('')),
      css => {
        assert.deepEqual(withoutRemote(css).wanted, []);
      },
    ),
  );
});
