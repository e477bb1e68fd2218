import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lookAt } from '../../../../delivery/spam/look.ts';
import { pictureSize } from '../../../../delivery/spam/pictures/picture.ts';
import { qrTexts } from '../../../../delivery/spam/pictures/qr-texts.ts';
import { messageOf } from '../messages.ts';
import { gifOf, jpegOf, pngOf, rawPng } from './made-pictures.ts';

const pictureOf = (octets: Uint8Array) => ({
  start: octets,
  sizeOctets: octets.length,
  read: () => octets,
});
const textsOf = (...all: Uint8Array[]) => qrTexts(all.map(pictureOf));

const text = 'https://login.demo.example/x?u=1';

test('the code in a PNG, JPEG or GIF picture is read', () => {
  for (const octets of [pngOf(text), pngOf(text, 2), pngOf(text, 6), jpegOf(text), gifOf(text)]) {
    assert.deepEqual(textsOf(octets), { texts: [text], isPartial: false });
  }
});

test('kind and size come from the octets', () => {
  assert.equal(pictureSize(pngOf(text))?.kind, 'png');
  assert.equal(pictureSize(jpegOf(text))?.kind, 'jpeg');
  assert.equal(pictureSize(gifOf(text))?.kind, 'gif');
  assert.equal(pictureSize(Buffer.from('no picture at all, only some words')), null);
});

test('a picture over the budget is refused by its header, before anything is read or allocated', () => {
  const huge = rawPng(60_000, 60_000, Buffer.alloc(10));
  const found = qrTexts([{ start: huge, sizeOctets: huge.length, read: () => assert.fail('read') }]);
  assert.deepEqual(found, { texts: [], isPartial: true });
});

test('the fourth picture is left out and the look is marked partial', () => {
  const small = pngOf('one');
  assert.deepEqual(textsOf(small, small, small, pngOf(text)), {
    texts: ['one', 'one', 'one'],
    isPartial: true,
  });
});

test('data that swells beyond the header says nothing and costs nothing', () => {
  const { deflateSync } = process.getBuiltinModule('node:zlib');
  assert.deepEqual(textsOf(rawPng(100, 100, deflateSync(Buffer.alloc(50_000_000)))), {
    texts: [],
    isPartial: false,
  });
});

test('a code written into the HTML and one that is shown inline count as links', () => {
  const inline = messageOf(`<img src="data:image/png;base64,${pngOf(text).toString('base64')}">`, {
    'Content-Type': 'text/html',
  });
  const related = messageOf(
    `--b\r\nContent-Type: text/html\r\n\r\n<img src="cid:a">\r\n--b\r\nContent-Type: image/jpeg\r\nContent-ID: <a>\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${jpegOf(text).toString('base64')}\r\n--b--`,
    { 'Content-Type': 'multipart/related; boundary=b' },
  );
  for (const message of [inline, related]) {
    assert.deepEqual(
      lookAt(message)
        .links.filter(({ source }) => source === 'picture')
        .map(({ host }) => host),
      ['login.demo.example'],
    );
  }
});

test('any octets behind the mark of a picture are survived', () => {
  const starts = [
    pngOf('x').subarray(0, 60),
    jpegOf('x').subarray(0, 400),
    Buffer.from(gifOf('x')).subarray(0, 40),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), (start, rest) => {
      assert.ok(Array.isArray(textsOf(Buffer.concat([start, rest])).texts));
    }),
    { numRuns: 150 },
  );
});
