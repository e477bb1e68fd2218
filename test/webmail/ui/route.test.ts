import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatRoute, pageIds, parseRoute } from '../../../webmail/ui/route.ts';

test('an empty or unreadable address leads to the inbox', () => {
  for (const fragment of ['', '#', '#/', '#/nowhere/x', '#/tag', '#/tag/%', '#/page/nothing']) {
    assert.deepEqual(parseRoute(fragment), {
      list: { kind: 'tag', id: 'inbox' },
      filter: {},
      discussionId: null,
      emailId: null,
    });
  }
});

const plain = { noNullPrototype: true };

test('property: what is written is read back', () => {
  const id = fc.string({ minLength: 1, maxLength: 64 }).filter(text => text.isWellFormed());
  const list = fc.oneof(
    fc.record({ kind: fc.constant('tag' as const), id }, plain),
    fc.record({ kind: fc.constant('search' as const), text: id }, plain),
    fc.record({ kind: fc.constant('contact' as const), id }, plain),
    fc.record({ kind: fc.constant('page' as const), id: fc.constantFrom(...pageIds) }, plain),
  );
  const filter = fc.record(
    {
      isUnread: fc.constant(true as const),
      level: fc.constantFrom('A' as const, 'E' as const),
      tagId: id,
      minImportance: fc.integer({ min: -10, max: 10 }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const open = fc.oneof(
    fc.constant({ discussionId: null, emailId: null }),
    fc.record({ discussionId: id, emailId: fc.option(id) }, plain),
  );
  fc.assert(
    fc.property(list, filter, open, (where, narrowed, what) => {
      const route = { list: where, filter: narrowed, ...what };
      assert.deepEqual(parseRoute(formatRoute(route)), route);
    }),
  );
});
