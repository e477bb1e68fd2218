import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Denial, KeptDenials } from '../../../dns-keys/answer/kept-denials.ts';
import { childName, parseName } from '../../../dns-keys/name.ts';
import { HashedName } from '../../../dns-keys/zone/hashed-name.ts';
import { hashedOwner } from '../zone/key-zones.ts';

const apex = parseName('_openpgpkey.example.org');
const signer = { sign: () => [], validSeconds: 100 };

function denied(seed: string | number, types: readonly number[] | null = null) {
  const name = new HashedName();
  name.read(hashedOwner(seed, apex), 0);
  return { name, types };
}

/** A denial of so many octets, all the same. */
function denialOf(fill: number, octets = 200): Denial {
  const front = { at: 3, end: 3 + octets, nsecEnd: 50, signatureCount: 1 };
  return {
    octets: Buffer.alloc(octets + 3, fill),
    ...front,
    signer,
    ttlSeconds: 900,
    refreshAt: 4_000_000_000,
  };
}

test('a denial is found again as it was kept, by its name and the types that are there', () => {
  const kept = new KeptDenials();
  const all = [denied('a'), denied('b'), denied('a', []), denied('a', [61, 53]), denied('a', [61])];
  for (const [index, one] of all.entries()) {
    // Beyond two of one name the oldest goes.
    kept.keep(one, denialOf(index + 1));
    const found = kept.find(one);
    assert.ok(found);
    const { octets, at, end, nsecEnd, ...rest } = found;
    assert.deepEqual(octets.subarray(at, end), Buffer.alloc(200, index + 1));
    assert.equal(nsecEnd - at, 47);
    assert.deepEqual(rest, { signatureCount: 1, signer, ttlSeconds: 900, refreshAt: 4_000_000_000 });
  }
  kept.keep(denied('a', [61]), denialOf(9, 100));
  const again = kept.find(denied('a', [61]));
  assert.deepEqual(again?.octets.subarray(again.at, again.end), Buffer.alloc(100, 9));
  assert.equal(kept.find(denied('c')), null);
});

test('what does not fit is not kept', () => {
  const kept = new KeptDenials();
  kept.keep(denied('a'), denialOf(1, 600));
  assert.equal(kept.find(denied('a')), null);
  const types = Array.from({ length: 300 }, (_none, type) => type);
  kept.keep(denied('a', types), denialOf(1));
  assert.equal(kept.find(denied('a', types)), null);
  const long = new HashedName();
  let name = apex;
  while (name.length < 240) name = childName('x'.repeat(Math.min(63, 254 - name.length)), name);
  long.read(name, 0);
  kept.keep({ name: long, types: null }, denialOf(1, 400));
  assert.equal(kept.find({ name: long, types: null }), null);
});

test('a flood of names puts out none that is asked for again and again', () => {
  const kept = new KeptDenials();
  const popular = denied('popular');
  kept.keep(popular, denialOf(1));
  for (let seed = 0; seed < 20_000; seed += 1) {
    if (seed % 1000 === 0) assert.ok(kept.find(popular));
    kept.keep(denied(seed), denialOf(2));
  }
  const left = Array.from({ length: 20_000 }, (_none, seed) => kept.find(denied(seed)));
  assert.ok(left.filter(found => found !== null).length <= 8192);
});
