import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blocksOf, linkify, nameOf, plainLine } from '../../../webmail/ui/text.ts';

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

test('quoted lines form blocks of their own', () => {
  assert.deepEqual(blocksOf('Yes.\n\n> Shall we?\n>\n> Me\n\nSee you'), [
    { isQuoted: false, text: 'Yes.' },
    { isQuoted: true, text: '> Shall we?\n>\n> Me' },
    { isQuoted: false, text: 'See you' },
  ]);
});

test('controls and marks that turn the reading direction are taken out of one-line texts', () => {
  assert.equal(plainLine('letter\u202Etxt.html\r\nBcc: x\u0000'), 'lettertxt.html Bcc: x');
});

test('a display name that poses as an address gives way to the address', () => {
  assert.equal(nameOf({ name: 'service@bank.example', address: 'a@b.example' }), 'a@b.example');
  assert.equal(nameOf({ name: ' Demo\tFriend ', address: 'a@b.example' }), 'Demo Friend');
  assert.equal(nameOf({ name: null, address: 'a@b.example' }), 'a@b.example');
});
