import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBmp } from '../../../../bin/demo/pictures.ts';
import { openKeyring } from '../../../../delivery/crypto/keyring.ts';
import { pictureAddress, readPictureAddress } from '../../../../webmail/api/pictures/picture-address.ts';
import { rasterType } from '../../../../webmail/api/pictures/raster-type.ts';
import { openTestClock } from '../../../support/clock.ts';

const grant = { accountId: 'a', sessionId: 's', emailId: 'e', url: 'https://a.example/1' };
const deps = () => ({ keyring: openKeyring(Buffer.alloc(32, 7)), clock: openTestClock() });
const tokenOf = (address: string) => address.slice('/pictures/'.length);

test('an address is read back for ten minutes, and says nothing by itself', () => {
  const { keyring, clock } = deps();
  const address = pictureAddress(grant, { keyring, clock });
  assert.match(address, /^\/pictures\/[\w-]+$/);
  assert.doesNotMatch(Buffer.from(tokenOf(address), 'base64url').toString('latin1'), /example/);
  const read = readPictureAddress(tokenOf(address), { keyring, clock });
  assert.deepEqual(read?.grant, grant);
  clock.advance(599);
  assert.deepEqual(readPictureAddress(tokenOf(address), { keyring, clock }), read);
  const again = readPictureAddress(tokenOf(pictureAddress(grant, { keyring, clock })), { keyring, clock });
  assert.notEqual(again?.id, read?.id);
  clock.advance(2);
  assert.equal(readPictureAddress(tokenOf(address), { keyring, clock }), null);
});

test('an address that was changed anywhere, or made by another instance, is none', () => {
  const { keyring, clock } = deps();
  const octets = Buffer.from(tokenOf(pictureAddress(grant, { keyring, clock })), 'base64url');
  for (let place = 0; place < octets.length; place++) {
    const changed = Buffer.from(octets);
    changed[place] = (changed[place] ?? 0) ^ 1;
    assert.equal(readPictureAddress(changed.toString('base64url'), { keyring, clock }), null);
  }
  const other = openKeyring(Buffer.alloc(32, 8));
  assert.equal(readPictureAddress(octets.toString('base64url'), { keyring: other, clock }), null);
  for (const token of ['', 'x', 'A'.repeat(40), '%']) {
    assert.equal(readPictureAddress(token, { keyring, clock }), null);
  }
});

test('raster pictures are known by their first octets alone', () => {
  const text = (latin1: string) => Buffer.from(latin1.padEnd(40, '\0'), 'latin1');
  const known = [
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['GIF87a', 'image/gif'],
    ['GIF89a', 'image/gif'],
    ['RIFF\x24\0\0\0WEBPVP8 ', 'image/webp'],
    ['\0\0\0\x1cftypavif', 'image/avif'],
    ['\0\0\0\x1cftypavis', 'image/avif'],
    ['\0\0\x01\0\x01\0', 'image/x-icon'],
  ] as const;
  for (const [head, mediaType] of known) assert.equal(rasterType(text(head)), mediaType);
  assert.equal(rasterType(drawBmp(2, 2)), 'image/bmp');
  const others = [
    ...[
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      '<!doctype html>',
      ' GIF89a',
      '%PDF-1.7',
      'RIFF\x24\0\0\0WAVEfmt ',
    ],
    ...[
      'BMW is a car',
      '\0\0\0\x1cftypisom',
      '#!/bin/sh',
      '{"a":1}',
      'II*\0',
      '8BPS',
      '\x1f\x8b\x08',
      'PK\x03\x04',
      '',
    ],
  ];
  for (const head of others) assert.equal(rasterType(text(head)), null, head);
  assert.equal(rasterType(new Uint8Array(0)), null);
});
