import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { pdfLinks } from '../../../../delivery/spam/attachments/pdf-links.ts';
import { found, withFiles } from '../rules/checks.ts';

const annotation = '<</Type/Annot/Subtype/Link/A<</S/URI/URI (https://paypal-login.example/x)>>>>';
const packed = deflateSync(annotation);
const streamed = Buffer.concat([
  Buffer.from(`%PDF-1.7\n1 0 obj <</Type/ObjStm/Filter/FlateDecode/Length ${packed.length}>>\nstream\r\n`),
  packed,
  Buffer.from('\nendstream endobj'),
]);

test('links of a document are found in plain objects and in object streams', () => {
  for (const octets of [Buffer.from(`%PDF-1.4\n1 0 obj ${annotation} endobj`), streamed]) {
    assert.deepEqual(pdfLinks(octets), ['https://paypal-login.example/x']);
  }
  assert.deepEqual(pdfLinks(Buffer.from('%PDF-1.4 /URI (mailto:a@b.example)')), []);
});

test('the rules about links hold for the links of an attached document', () => {
  assert.equal(
    found(withFiles([['invoice.pdf', streamed]])).get('brandInLink'),
    'PayPal: paypal-login.example',
  );
});

test('a stream that swells and any other octets are survived', () => {
  const bomb = Buffer.concat([
    Buffer.from('%PDF-1.7 /ObjStm stream\n'),
    deflateSync(Buffer.alloc(40_000_000)),
  ]);
  assert.deepEqual(pdfLinks(bomb), []);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), rest =>
      Array.isArray(pdfLinks(Buffer.concat([bomb.subarray(0, 24), rest]))),
    ),
  );
});
