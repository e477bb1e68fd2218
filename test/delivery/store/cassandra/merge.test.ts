import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeSorted } from '../../../../delivery/store/cassandra/mail/merge.ts';

async function* pieces(
  list: readonly (readonly number[])[],
  ended: () => void,
): AsyncGenerator<readonly number[]> {
  try {
    for (const piece of list) yield piece;
  } finally {
    ended();
  }
}

test('sorted lists in pieces of any length come out as one, and all are ended', async () => {
  const lists = fc.array(fc.array(fc.array(fc.nat(500), { maxLength: 4 }), { maxLength: 40 }), {
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(lists, fc.nat(300), async (made, wanted) => {
      const cut = made.map(list => {
        const sorted = list.flat().sort((one, other) => one - other);
        return list.map(piece => sorted.splice(0, piece.length));
      });
      let ended = 0;
      const sources = cut.map(list => pieces(list, () => ended++));
      for (const source of sources.slice(1)) await source.next().then(() => undefined);
      const rest = cut.map((list, index) => (index === 0 ? list : list.slice(1)));
      const expected = rest.flat(2).sort((one, other) => one - other);
      const found: number[] = [];
      for await (const piece of mergeSorted(sources, (one, other) => one < other)) {
        found.push(...piece);
        if (found.length >= wanted) break;
      }
      assert.deepEqual(found, expected.slice(0, found.length));
      assert.ok(found.length >= Math.min(wanted, expected.length));
      // One that was never begun has nothing to end.
      assert.ok(ended >= sources.length - 1);
    }),
  );
});
