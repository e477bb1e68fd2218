import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxBlockOctets, offsetOf, Slabs, slabOf } from '../../../dns-keys/zone/slabs.ts';

test('no block overlaps another, and each keeps its octets', () => {
  const step = fc.record({ octets: fc.integer({ min: 1, max: 70_000 }), frees: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), steps => {
      const slabs = new Slabs();
      const blocks: { ref: number; octets: number; mark: number }[] = [];
      for (const [mark, { octets, frees }] of steps.entries()) {
        const ref = slabs.allocate(octets);
        assert.notEqual(ref, 0);
        slabs.octets[slabOf(ref)]?.fill(mark & 0xff, offsetOf(ref), offsetOf(ref) + octets);
        blocks.push({ ref, octets, mark });
        for (const freed of blocks.splice(0, frees === 3 ? 1 : 0)) slabs.free(freed.ref, freed.octets);
      }
      for (const { ref, octets, mark } of blocks) {
        const found = slabs.octets[slabOf(ref)]?.subarray(offsetOf(ref), offsetOf(ref) + octets);
        assert.ok(found?.length === octets && found.every(octet => octet === (mark & 0xff)));
      }
    }),
    { numRuns: 30 },
  );
});

test('freed blocks are used again', () => {
  const slabs = new Slabs();
  const refs = Array.from({ length: 20_000 }, () => slabs.allocate(1100));
  const before = slabs.sizeOctets;
  for (let round = 0; round < 5; round += 1) {
    for (const ref of refs.splice(0, 10_000)) slabs.free(ref, 1100);
    for (let count = 0; count < 10_000; count += 1) refs.push(slabs.allocate(1090));
  }
  assert.equal(slabs.sizeOctets, before);
});

test('slabs without a block go back, whatever size comes next', () => {
  const slabs = new Slabs();
  const fill = (octets: number) => Array.from({ length: 16_000 }, () => slabs.allocate(octets));
  const refs = fill(1000);
  const before = slabs.sizeOctets;
  for (const ref of refs) slabs.free(ref, 1000);
  assert.ok(slabs.sizeOctets <= before / 4 + 4 * 1024 * 1024);
  fill(900);
  assert.ok(slabs.sizeOctets <= before + 4 * 1024 * 1024);
});

test('a block that is too long is refused', () => {
  assert.throws(() => new Slabs().allocate(maxBlockOctets + 1), RangeError);
});
