import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkify, nameOf, plainLine, trueHost } from '../../../webmail/ui/text.ts';
import { blocksOf } from '../../../webmail/ui/text-quotes.ts';
import { assertLinear } from '../../delivery/message/work.ts';

const links = (text: string) => linkify(text).filter(piece => typeof piece !== 'string');
const labels = (text: string) => links(text).map(link => link.label);

test('an address in a sentence becomes a link without the sentence’s punctuation', () => {
  assert.deepEqual(labels('See https://a.example/x?y=1, or (http://b.example/).'), [
    'https://a.example/x?y=1',
    'http://b.example/',
  ]);
});

test('a bracket that was opened inside an address belongs to it', () => {
  assert.deepEqual(labels('https://a.example/wiki/Tea_(drink)'), ['https://a.example/wiki/Tea_(drink)']);
});

test('only http and https addresses become links', () => {
  assert.deepEqual(labels('javascript:alert(1) data:text/html,x file:///etc/passwd ftp://a.example'), []);
});

test('quotation marks and brackets end an address, so it can’t leave an attribute', () => {
  assert.deepEqual(labels('https://a.example/"onmouseover="alert(1)'), ['https://a.example/']);
  assert.deepEqual(labels('https://a.example/<script>'), ['https://a.example/']);
});

test('property: the pieces together are the text, and every address is http or https', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map(text => `a https://${text} b http://${text}`),
  );
  fc.assert(
    fc.property(anything, text => {
      const pieces = linkify(text);
      assert.equal(pieces.map(piece => (typeof piece === 'string' ? piece : piece.label)).join(''), text);
      for (const link of links(text)) assert.match(link.href, /^https?:\/\//);
    }),
  );
});

test('controls and marks that turn the reading direction are taken out of one-line texts', () => {
  assert.equal(plainLine('letter\u202Etxt.html\r\nBcc: x\u0000'), 'lettertxt.html Bcc: x');
});

test('a display name that poses as an address gives way to the address', () => {
  assert.equal(nameOf({ name: 'service@bank.example', address: 'a@b.example' }), 'a@b.example');
  assert.equal(nameOf({ name: ' Demo\tFriend ', address: 'a@b.example' }), 'Demo Friend');
  assert.equal(nameOf({ name: null, address: 'a@b.example' }), 'a@b.example');
});

test('twice the text is twice the work, whatever it is made of', () => {
  const pieces = [
    ' ',
    '\t',
    '\u3000',
    '\u00A0',
    '\n',
    '\r\n',
    '\n \n',
    '>\na\n',
    '> \n\n',
    '))))',
    'http://',
    '(\u202E',
  ];
  for (const piece of pieces) {
    const make = (amount: number) => `a${piece.repeat(amount)}b`;
    assertLinear(make, text => blocksOf(text).map(block => linkify(block.text)), 100_000);
    assertLinear(make, plainLine, 100_000);
  }
  assertLinear(amount => 'http://a.example/))) '.repeat(amount), linkify, 20_000);
});

test('a text of very many links becomes few parts of the page', () => {
  assert.ok(linkify('http://a.example/ '.repeat(50_000)).length < 5000);
});

test('an address ends where the reading direction would turn, and its text can’t be written backwards', () => {
  assert.deepEqual(labels('https://a.example/\u202Emoc.knab'), ['https://a.example/']);
  assert.deepEqual(labels('https://a.example/\u2066x https://b.example\u200B.c.example'), [
    'https://a.example/',
    'https://b.example',
  ]);
  assert.deepEqual(
    blocksOf('\u202Ehttps://a.example').map(block => block.text),
    ['https://a.example'],
  );
});

test('an address that reads otherwise than it leads says where it leads', () => {
  const hosts = (text: string) => links(text).map(link => link.trueHost);
  assert.deepEqual(hosts('https://a.example/x http://A.Example:8080 http://localhost/'), [null, null, null]);
  assert.deepEqual(hosts('https://bank.example@evil.example/'), ['evil.example']);
  assert.deepEqual(hosts('https://b\u0430nk.example/'), ['xn--bnk-6cd.example']);
  assert.deepEqual(hosts('https://xn--bnk-6cd.example/'), ['xn--bnk-6cd.example']);
  assert.deepEqual(hosts('https://a。example/'), ['a.example']);
});

test('the words of a link are held against where it leads only when they name a host', () => {
  const to = (text: string) => trueHost(new URL('https://news.example/x'), text);
  for (const text of [
    'Read more',
    'news.example',
    'www.news.example/offer',
    'https://news.example',
    '2.50 off',
    '',
  ]) {
    assert.equal(to(text), null, text);
  }
  for (const text of ['bank.example', ' https://bank.example/x', 'b\u200Bank.example', 'http://10.0.0.1']) {
    assert.equal(to(text), 'news.example', text);
  }
});

test('a name or subject of which nothing would be seen counts as none', () => {
  for (const text of ['\u200B', '\u2063 \u00AD', '\u3164', '\u2800', '\u{E0041}', '\u034F\uFE0F']) {
    assert.equal(plainLine(text), '', text);
    assert.equal(nameOf({ name: text, address: 'a@b.example' }), 'a@b.example');
  }
  assert.equal(nameOf({ name: 'service＠bank.example', address: 'a@b.example' }), 'a@b.example');
  assert.equal(nameOf({ name: 'service﹫bank.example', address: 'a@b.example' }), 'a@b.example');
});
