import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { examplesOf } from '../../../../delivery/spam/personal/examples.ts';
import { readLesson, writeLesson } from '../../../../delivery/spam/personal/lesson-text.ts';
import { linearOdds, linearOf } from '../../../../delivery/spam/personal/linear.ts';
import { emptyMemory, type Memory } from '../../../../delivery/spam/personal/memory.ts';
import { maxSketch, sketchSlots } from '../../../../delivery/spam/personal/slot-classes.ts';
import {
  readWeights,
  weightsOctets,
  wordWeightsOf,
  writeWeights,
} from '../../../../delivery/spam/personal/word-weights.ts';
import { entryOf, now, pool } from './lessons.ts';

const messages = pool(60);

function memoryOf(count: number): Memory {
  const entries = messages
    .slice(0, count)
    .map((message, number) => entryOf(message, { number, isSpam: number % 2 === 1 }));
  return { entries };
}

const slotsOf = fc
  .uniqueArray(fc.nat(sketchSlots - 1), { maxLength: maxSketch })
  .map(slots => Uint16Array.from(slots).sort());

test('a lesson is read as it was written, on one line of a field', () => {
  fc.assert(
    fc.property(slotsOf, fc.integer({ min: -127, max: 127 }), (slots, eighths) => {
      const text = writeLesson({ slots, logOdds: eighths / 8 });
      assert.match(text, /^[A-Za-z0-9+/]+=*$/);
      assert.ok(text.length < 400);
      assert.deepEqual(readLesson(text), { slots, logOdds: eighths / 8 });
    }),
  );
});

test('no other text is a lesson, and none throws', () => {
  for (const text of ['', 'AAAA', 'A'.repeat(24), '*'.repeat(100)]) assert.equal(readLesson(text), null);
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 500 }), fc.base64String({ maxLength: 500 })), text => {
      const read = readLesson(text);
      if (read) assert.equal(writeLesson(read), text);
    }),
  );
});

test('weights have one size, and judge nearly as what they are rounded from', () => {
  const memory = memoryOf(40);
  const octets = wordWeightsOf(memory, now);
  assert.equal(octets?.length, weightsOctets);
  const weights = readWeights(octets ?? new Uint8Array());
  const examples = examplesOf(memory.entries);
  const linear = linearOf(examples, now);
  assert.ok(linear);
  const rounded = readWeights(writeWeights(linear));
  assert.ok(Math.abs(rounded.gate - linear.gate) < 1e-6);
  for (const [at, { sketch }] of messages.slice(40).entries()) {
    const exact = linearOdds(linear, sketch);
    assert.ok(Math.abs(linearOdds(rounded, sketch) - exact) < 0.05 * Math.max(1, Math.abs(exact)));
    // Those that were learned by: odd ones are spam.
    assert.equal(linearOdds(weights, sketch) > 0, at % 2 === 1);
  }
});

test('a slot that fewer than three messages have weighs nothing', () => {
  const memory = memoryOf(12);
  const counts = new Map<number, number>();
  for (const slot of examplesOf(memory.entries).slots) counts.set(slot, (counts.get(slot) ?? 0) + 1);
  const { weights } = readWeights(wordWeightsOf(memory, now) ?? new Uint8Array());
  const weighing = [...weights.keys()].filter(slot => weights[slot] !== 0);
  assert.ok(weighing.length > 5);
  for (const slot of weighing) assert.ok((counts.get(slot) ?? 0) >= 3, String(slot));
  const rare = [...counts].filter(([, count]) => count < 3);
  assert.ok(rare.length > 20);
});

test('of one class alone no weights follow', () => {
  assert.equal(wordWeightsOf(emptyMemory, now), null);
  const { entries } = memoryOf(20);
  assert.equal(wordWeightsOf({ entries: entries.filter(({ isSpam }) => isSpam) }, now), null);
});

test('octets that are no weights are refused, and so are numbers that would spoil a judgement', () => {
  const whole = wordWeightsOf(memoryOf(20), now) ?? new Uint8Array();
  const changed = (at: number, ...octets: number[]) => {
    const copy = Uint8Array.from(whole);
    copy.set(octets, at);
    return copy;
  };
  const notANumber = [0, 0, 0xc0, 0x7f];
  const infinite = [0, 0, 0x80, 0x7f];
  const wrong = [
    whole.subarray(1),
    Buffer.concat([whole, Buffer.alloc(1)]),
    changed(0, 0),
    changed(4, 2),
    ...[5, 9, 13].map(at => changed(at, ...notANumber)),
    ...[5, 9, 13].map(at => changed(at, ...infinite)),
    // A gate of 2, a bias of 2, a scale of 0.
    ...[13, 9].map(at => changed(at, 0, 0, 0, 0x40)),
    changed(5, 0, 0, 0, 0),
  ];
  for (const octets of wrong) assert.throws(() => readWeights(octets), { code: 'badInput' });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), octets => {
      assert.throws(() => readWeights(octets), { code: 'badInput' });
    }),
  );
});
