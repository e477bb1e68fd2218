import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  childName,
  compareNames,
  countLabels,
  equalNames,
  isAtOrBelow,
  labelsOf,
  lowerName,
  nameKey,
  nameText,
  parentName,
  parseName,
  root,
} from '../../dns-keys/name.ts';
import { WireError } from '../../dns-keys/wire-error.ts';
import { anyName } from './arbitraries.ts';

describe('names', () => {
  it('are the same after they were written as text and read', () => {
    fc.assert(fc.property(anyName, name => assert.deepEqual(parseName(nameText(name)), name)));
  });

  it('keep octets beyond ASCII, dots and blanks in labels', () => {
    const name = childName(Uint8Array.of(0x80, 0xff, 0x2e, 0x20, 0x5c, 0x00), parseName('example'));
    assert.equal(nameText(name), '\\128\\255\\.\\032\\\\\\000.example.');
    assert.deepEqual(parseName(nameText(name)), name);
  });

  it('may be written with or without the dot at the end', () => {
    assert.deepEqual(parseName('a.example'), parseName('a.example.'));
    assert.deepEqual(parseName('.'), root);
  });

  it('have labels of at most 63 octets', () => {
    assert.equal(parseName('a'.repeat(63)).length, 65);
    assert.throws(() => parseName('a'.repeat(64)), WireError);
    assert.throws(() => childName('a'.repeat(64), root), WireError);
    assert.throws(() => childName('', root), WireError);
  });

  it('have at most 255 octets', () => {
    const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    assert.equal(parseName(longest).length, 255);
    assert.throws(() => parseName(`${longest}d`), WireError);
    assert.throws(() => childName('e', parseName(longest)), WireError);
  });

  for (const text of [
    '',
    '..',
    'a..b',
    '.a',
    'a b',
    'é',
    'a\\',
    'a\\25',
    'a\\256',
    'a\\é',
    'a\u007f',
    'a\\ b',
  ])
    it(`are not read from ${JSON.stringify(text)}`, () => assert.throws(() => parseName(text), WireError));

  it('are never read from text with anything but WireError', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab.\\019é ";'), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), input => {
        try {
          const name = parseName(input);
          assert.deepEqual(parseName(nameText(name)), name);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
      }),
    );
  });

  it('are equal whatever the case of their letters, and of no other octets', () => {
    assert.ok(equalNames(parseName('A.Example'), parseName('a.eXAMPLE')));
    assert.ok(!equalNames(parseName('[.example'), parseName('{.example')));
    assert.equal(nameKey(parseName('\\200A')), nameKey(parseName('\\200a')));
    assert.notEqual(nameKey(parseName('\\200')), nameKey(parseName('\\232')));
  });

  it('come apart into labels and are put together again', () => {
    fc.assert(
      fc.property(anyName, name => {
        const labels = labelsOf(name);
        assert.equal(labels.length, countLabels(name));
        assert.deepEqual(
          labels.reduceRight((parent, label) => childName(label, parent), root),
          name,
        );
        if (name.length > 1) assert.deepEqual(childName(labels[0] ?? '', parentName(name)), name);
      }),
    );
  });

  it('stand at or below their parents alone', () => {
    assert.ok(isAtOrBelow(parseName('a.Example'), parseName('example')));
    assert.ok(isAtOrBelow(parseName('example'), parseName('example')));
    assert.ok(isAtOrBelow(parseName('example'), root));
    assert.ok(!isAtOrBelow(parseName('notexample'), parseName('example')));
    assert.ok(!isAtOrBelow(parseName('example'), parseName('a.example')));
    // The octets of "example" as the end of a label are no parent.
    assert.ok(!isAtOrBelow(parseName('a\\007example'), parseName('example')));
  });

  it('have the canonical order of RFC 4034 section 6.1', () => {
    const ordered = [
      ...['example', 'a.example', 'yljkjljk.a.example', 'Z.a.example', 'zABC.a.EXAMPLE', 'z.example'],
      ...['\\001.z.example', '*.z.example', '\\200.z.example'],
    ].map(parseName);
    const shuffled = ordered.toSorted((one, other) => Buffer.compare(one, other));
    assert.deepEqual(shuffled.sort(compareNames), ordered);
  });

  it('are ordered the same from both sides', () => {
    fc.assert(
      fc.property(anyName, anyName, (one, other) => {
        assert.equal(Math.sign(compareNames(one, other)) + Math.sign(compareNames(other, one)), 0);
        assert.equal(compareNames(one, other) === 0, equalNames(one, other));
        assert.equal(compareNames(one, lowerName(one)), 0);
      }),
    );
  });
});
