import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isProgram, nameParts, previewKind } from '../../../webmail/ui/attachment-kinds.ts';
import { decodeText, pictureType } from '../../../webmail/ui/load-preview.ts';

test('what is shown goes by the type, and by the name only where the type says nothing', () => {
  const kind = (type: string, name = '') => previewKind({ type, name });
  assert.equal(kind('image/png'), 'picture');
  assert.equal(kind('IMAGE/JPEG'), 'picture');
  assert.equal(kind('image/svg+xml', 'a.png'), 'text');
  assert.equal(kind('text/html'), 'text');
  assert.equal(kind('message/rfc822'), 'text');
  assert.equal(kind('application/pdf'), 'pdf');
  assert.equal(kind('application/ld+json'), 'text');
  assert.equal(kind('application/octet-stream', 'a.PNG'), 'picture');
  assert.equal(kind('application/octet-stream', 'a.pdf'), 'pdf');
  assert.equal(kind('application/octet-stream', 'a.csv'), 'text');
  for (const [type, name] of [
    ['application/zip', 'a.png'],
    ['application/octet-stream', 'png'],
    ['image/tiff', 'a.tiff'],
    ['video/mp4', 'a.mp4'],
    ['application/vnd.ms-excel', 'a.csv'],
  ] as const)
    assert.equal(kind(type, name), null, `${type} ${name}`);
});

test('a picture is known by its first octets', () => {
  const type = (letters: string) => pictureType(Buffer.from(letters, 'latin1'));
  assert.equal(type('\x89PNG\r\n\x1a\n\0\0'), 'image/png');
  assert.equal(type('\xff\xd8\xff\xe0'), 'image/jpeg');
  assert.equal(type('GIF89a'), 'image/gif');
  assert.equal(type('RIFF\x01\x02\x03\x04WEBPVP8 '), 'image/webp');
  assert.equal(type('\0\0\0\x1cftypavif'), 'image/avif');
  assert.equal(type('BM\x36\x10\0\0\0\0\0\0'), 'image/bmp');
  for (const other of ['<html>', '<svg xmlns', '%PDF-1.7', 'GIF87', 'BMW is a car', ''])
    assert.equal(type(other), null, other);
});

test('a text is read by its mark, its charset, or as what it can be', () => {
  const read = (letters: string, charset: string | null) =>
    decodeText(Buffer.from(letters, 'latin1'), charset);
  assert.equal(read('d\xe9j\xe0 \x80', 'windows-1252'), 'déjà €');
  assert.equal(read('d\xe9j\xe0', null), 'déjà');
  assert.equal(read('d\xe9j\xe0', 'us-ascii'), 'déjà');
  assert.equal(read('d\xc3\xa9j\xc3\xa0', 'no-such-charset'), 'déjà');
  assert.equal(read('\xff\xfeA\0', 'utf-8'), 'A');
  assert.equal(read('\xe2\x82', 'utf-8'), '', 'cut amid a character');
  assert.equal(read('\xce\xd2', 'gb2312'), '我');
  assert.equal(decodeText(Buffer.from('a\u202Eb'), 'utf-8'), 'ab');
});

test('property: octets of any kind and any name of a charset are read as something', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.option(fc.string({ unit: 'binary' })), (octets, charset) => {
      assert.equal(typeof decodeText(octets, charset), 'string');
    }),
  );
});

test('property: the two pieces of a name are the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), name => {
      const { stem, ending } = nameParts(name);
      assert.equal(stem + ending, name);
      assert.ok(ending.length <= 12);
    }),
  );
  assert.deepEqual(nameParts('a.tar.gz'), { stem: 'a.tar', ending: '.gz' });
  assert.deepEqual(nameParts('.profile'), { stem: '.profile', ending: '' });
});

test('what a device would run is told', () => {
  for (const name of ['a.exe', 'a.pdf.SCR', 'page.html', 'drawing.svg', 'a.docm', 'a.iso', 'b.js'])
    assert.ok(isProgram(name), name);
  for (const name of ['a.pdf', 'exe', 'a.png', 'a.docx', 'a.txt', '']) assert.ok(!isProgram(name), name);
});
