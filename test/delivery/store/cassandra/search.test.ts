import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openBucket, openContext, someLeaf, someTexts, texts } from './search-texts.test.ts';

const leaves = fc.array(someLeaf, { minLength: 1, maxLength: 4 });
const aim = { numRuns: 40 };

test('a tail, a block and both together find what a look at every email finds', async t => {
  const context = await openContext(t);
  if (!context) return;
  const property = fc.asyncProperty(someTexts, someTexts, leaves, async (first, rest, asked) => {
    const bucket = await openBucket(context);
    await bucket.deliver(first);
    await bucket.check(asked);
    assert.ok(await bucket.build());
    await bucket.check(asked);
    await bucket.deliver(rest);
    await bucket.check(asked);
    // Little memory: every email is a run of its own.
    assert.ok(await bucket.build(1));
    await bucket.check(asked);
  });
  await fc.assert(property, aim);
});

test('destroyed and reworded emails are found as they are now', async t => {
  const context = await openContext(t);
  if (!context) return;
  const property = fc.asyncProperty(someTexts, fc.array(texts), leaves, async (all, others, asked) => {
    const bucket = await openBucket(context);
    const ids = await bucket.deliver(all);
    await bucket.build();
    const [gone, ...kept] = ids;
    if (gone) await bucket.destroy(gone);
    for (const [index, { words }] of others.entries()) {
      const id = kept[index];
      if (id) await bucket.reword(id, words);
    }
    await bucket.check(asked);
    await bucket.build();
    await bucket.check(asked);
  });
  await fc.assert(property, aim);
});
