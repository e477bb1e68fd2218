import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { base32hexOctets, base32hexText } from '../../dns-keys/base32hex.ts';
import { WireError } from '../../dns-keys/wire-error.ts';

describe('base 32 with the extended hex alphabet', () => {
  // RFC 4648 §10, without padding.
  const published = {
    f: 'co',
    fo: 'cpng',
    foo: 'cpnmu',
    foob: 'cpnmuog',
    fooba: 'cpnmuoj1',
    foobar: 'cpnmuoj1e8',
  };
  for (const [plain, text] of Object.entries({ '': '', ...published }))
    it(`writes ${JSON.stringify(plain)} as RFC 4648 does`, () => {
      assert.equal(base32hexText(Buffer.from(plain)), text);
      assert.deepEqual(base32hexOctets(text.toUpperCase()), Uint8Array.from(Buffer.from(plain)));
    });

  it('gives back the octets it was made from', () => {
    fc.assert(
      fc.property(fc.uint8Array(), octets =>
        assert.deepEqual(base32hexOctets(base32hexText(octets)), octets),
      ),
    );
  });

  for (const text of ['w', 'co======', 'c', 'cp0', 'cpnmuo', 'c o'])
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => base32hexOctets(text), WireError));
});
