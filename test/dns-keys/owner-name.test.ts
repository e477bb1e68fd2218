import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lowerAscii, prepareLocalPart } from '../../dns-keys/local-part.ts';
import { nameText } from '../../dns-keys/name.ts';
import {
  keyZone,
  mayHaveKeyZones,
  ownerLabel,
  publishedOwnerNames,
  publishedOwners,
} from '../../dns-keys/owner-name.ts';
import { WireError } from '../../dns-keys/wire-error.ts';

describe('the local part before it is hashed (RFC 7929 §3)', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['hugh', 'hugh'],
    ['Zoe', 'Zoe'],
    ['"hugh"', 'hugh'],
    ['a.b', 'a.b'],
    ['"a.b"', 'a.b'],
    ['"a".b', 'a.b'],
    ['"a b"', 'a b'],
    ['"a\\"b\\\\"', 'a"b\\'],
    ['"a\\b"', 'ab'],
    [' (comment (nested \\) )) a (c) . (d) b ', 'a.b'],
    ['a\r\n .b', 'a.b'],
    ['"a\r\n b"', 'a b'],
    ['zoë', 'zo\u00eb'],
    ['zoe\u0308', 'zo\u00eb'],
    ['a+tag', 'a+tag'],
    ['', null],
    ['""', null],
    ['.a', null],
    ['a.', null],
    ['a..b', null],
    ['a b', null],
    ['"a', null],
    ['a (never ends', null],
    ['a@b', null],
    ['"a"b', null],
  ];
  for (const [text, prepared] of cases) {
    it(`${JSON.stringify(text)} gives ${JSON.stringify(prepared)}`, () => {
      assert.equal(prepareLocalPart(text), prepared);
    });
  }

  it('never throws, and what it gives is given again when it needs no quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const prepared = prepareLocalPart(text);
        const isPlain = prepared !== null && /^[a-z.]+$/.test(prepared) && !/^\.|\.$|\.\./.test(prepared);
        if (isPlain) assert.equal(prepareLocalPart(prepared), prepared);
      }),
    );
  });
});

describe('the owner name of a key', () => {
  it('is the one of the example of RFC 7929 §3', () => {
    const names = publishedOwnerNames('hugh', keyZone('example.com')).map(nameText);
    assert.deepEqual(names, [
      'c93f1e400f26708f98cb19d936620da35eec8f72e57f9eec01c1afd6._openpgpkey.example.com.',
    ]);
    assert.equal(nameText(keyZone('example.com', 'smime')), '_smimecert.example.com.');
  });

  it('is there for the lower-cased local part, and for the registered one when that differs', () => {
    const label = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 56);
    assert.deepEqual(publishedOwners('zoe'), [label('zoe')]);
    assert.deepEqual(publishedOwners('Zoe'), [label('zoe'), label('Zoe')]);
    // GnuPG lowers ASCII letters alone, others lower all.
    assert.deepEqual(publishedOwners('ÉVA'), [label('Éva'), label('éva'), label('ÉVA')]);
    assert.equal(ownerLabel('zoe\u0308'), ownerLabel('zo\u00eb'));
    assert.equal(lowerAscii('ÉVA'), 'Éva');
  });

  it('fits for domains of up to 184 letters, and those have key zones', () => {
    const domain = (letters: number) => `${'a.'.repeat(letters / 2 - 1)}${'a'.repeat(2 + (letters % 2))}`;
    assert.deepEqual([domain(184).length, domain(185).length], [184, 185]);
    assert.deepEqual([mayHaveKeyZones(domain(184)), mayHaveKeyZones(domain(185))], [true, false]);
    assert.equal(publishedOwnerNames('zoe', keyZone(domain(184)))[0]?.length, 255);
    assert.throws(() => publishedOwnerNames('zoe', keyZone(domain(185))), WireError);
  });
});
