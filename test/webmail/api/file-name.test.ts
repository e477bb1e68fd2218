import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { partBlobId, readBlobId } from '../../../webmail/api/blob-id.ts';
import { attachmentNamed, safeFileName } from '../../../webmail/api/blob-routes.ts';

test('a file name is no path and shows what it is', () => {
  assert.equal(safeFileName('../../etc/passwd'), '_.._etc_passwd');
  assert.equal(safeFileName('.profile'), 'profile');
  assert.equal(safeFileName('a\u202egpj.exe'), 'agpj.exe');
  assert.equal(safeFileName('a\r\nX: b'), 'aX_ b');
  assert.equal(safeFileName('...'), 'file');
});

test('Content-Disposition stays one field whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), name => {
      assert.match(
        attachmentNamed(name),
        /^attachment; filename="[^"\\\r\n]*"; filename\*=UTF-8''[\w%.~!-]+$/,
      );
    }),
  );
});

test('blob ids are letters, digits, underscore and hyphen only', () => {
  for (const id of ['', '../b1', 'b1/..', 'b%2f', 'b.1', 'b\0', 'é', 'b'.repeat(256)]) {
    assert.equal(readBlobId(id), null, id);
  }
});

test('a part of a blob is told from the blob', () => {
  assert.deepEqual(readBlobId('b1'), { wholeId: 'b1', part: null });
  assert.deepEqual(readBlobId(partBlobId('b_1', 12, true)), {
    wholeId: 'b_1',
    part: { index: 12, ofOpened: true },
  });
});
