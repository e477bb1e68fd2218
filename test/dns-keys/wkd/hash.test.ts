import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { isWkdHash, wkdHash, zBase32 } from '../../../dns-keys/wkd/hash.ts';

it('the name in a Web Key Directory is that of draft-koch §3.1', () => {
  assert.equal(wkdHash('Joe.Doe'), 'iy9q119eutrkn8s1mk4r39qejnbu3n5q');
  assert.equal(wkdHash('joe.doe'), wkdHash('JOE.DOE'));
  assert.notEqual(wkdHash('éva'), wkdHash('Éva'));
  assert.ok(isWkdHash(wkdHash('anything')));
  for (const text of [
    '',
    'iy9q119eutrkn8s1mk4r39qejnbu3n5',
    'IY9Q119EUTRKN8S1MK4R39QEJNBU3N5Q',
    'l'.repeat(32),
  ])
    assert.ok(!isWkdHash(text));
});

it('z-base-32 takes five bits a character, from the left', () => {
  assert.equal(zBase32(Uint8Array.of()), '');
  assert.equal(zBase32(Uint8Array.of(0xf0, 0xbf, 0xc7)), '6n9hq');
  assert.equal(zBase32(Uint8Array.of(0xd4, 0x7a, 0x04)), '4t7ye');
  const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), octets => {
      const bits = [...zBase32(octets)]
        .map(each => alphabet.indexOf(each).toString(2).padStart(5, '0'))
        .join('');
      const back = (bits.match(/.{8}/g) ?? []).map(each => Number.parseInt(each, 2));
      assert.deepEqual(back, [...octets]);
    }),
  );
});
