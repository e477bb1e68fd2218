import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { innerFiles } from '../../../../delivery/spam/attachments/inner-files.ts';
import { zipOf } from './made-archives.ts';

const names = (name: string, octets: Uint8Array) => innerFiles(name, octets).map(file => file.name);

test('archives in archives are opened to a depth of three', () => {
  const nested = ['d', 'c', 'b'].reduce(
    (inner, name) => zipOf([[`${name}.zip`, inner]]),
    zipOf([['deep.exe', 'x']]),
  );
  assert.deepEqual(names('a.zip', nested), ['a.zip', 'b.zip', 'c.zip', 'd.zip']);
  assert.deepEqual(names('a.zip', zipOf([['b.zip', zipOf([['deep.exe', 'x']])]])), [
    'a.zip',
    'b.zip',
    'deep.exe',
  ]);
});

test('the names of an archive whose end is missing come from its local headers', () => {
  const archive = zipOf([
    ['one.txt', 'x'],
    ['two.js', 'y'],
  ]);
  assert.deepEqual(names('a.zip', archive.subarray(0, archive.length - 60)), ['a.zip', 'one.txt', 'two.js']);
});

test('a tar archive behind gzip shows its files', () => {
  const header = Buffer.alloc(512);
  header.write('run.sh');
  header.write('00000000004\0', 124);
  header.write('ustar', 257);
  assert.deepEqual(names('a.tgz', gzipSync(Buffer.concat([header, Buffer.alloc(512)]))), [
    'a.tgz',
    'a.tar',
    'run.sh',
  ]);
});

test('a bomb costs no more than the budget', () => {
  const bomb = zipOf(Array.from({ length: 500 }, (_, at) => [`${at}.zip`, Buffer.alloc(3_000_000)] as const));
  const start = process.cpuUsage();
  const files = innerFiles('bomb.zip', bomb);
  const { user, system } = process.cpuUsage(start);
  assert.ok(files.length <= 60, String(files.length));
  assert.ok(files.slice(1).reduce((sum, { octets }) => sum + octets.length, 0) < 5_000_000);
  assert.ok(user + system < 1_000_000, `${user + system} µs`);
});

test('any octets behind the mark of an archive are survived', () => {
  const starts = [
    'PK\x03\x04',
    'PK\x05\x06',
    '\x1f\x8b\x08',
    'Rar!\x1a\x07\x01\0',
    '7z\xbc\xaf\x27\x1c',
    '%PDF-',
    '',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 500 }), (start, rest) => {
      assert.ok(innerFiles('a', Buffer.concat([Buffer.from(start, 'latin1'), rest])).length > 0);
    }),
    { numRuns: 300 },
  );
});
