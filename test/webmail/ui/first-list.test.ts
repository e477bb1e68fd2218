import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../../../webmail/ui/client.ts';
import { createFirstList, timelineKey } from '../../../webmail/ui/first-list.ts';
import { parseRoute } from '../../../webmail/ui/route.ts';
import type { Invocation } from '../../../webmail/wire.ts';

const inbox = { kind: 'tag', id: 'inbox' } as const;

/** A first list over a server that has one tag and no mail, and what it was asked. */
function opened(fail = false) {
  const asked: string[][] = [];
  const call = async (calls: readonly Invocation[]) => {
    asked.push(calls.map(([name]) => name));
    if (fail) throw new Error('no answer');
    return {
      tags: { list: [{ id: 'inbox' }] },
      query: { ids: [], position: 0, total: 0, next: null, queryState: 's1' },
    };
  };
  return { asked, list: createFirstList({ call } as Partial<Client> as Client) };
}

test('tags and the first page are one request, each taken once', async () => {
  const { asked, list } = opened();
  list.ask('a', parseRoute('#/tag/inbox?unread'));
  assert.deepEqual((await list.tags('a', parseRoute(''))).length, 1);
  assert.equal(list.take(timelineKey('a', inbox, {})), null);
  list.ask('a', parseRoute('#/tag/inbox?unread'));
  const page = await list.take(timelineKey('a', inbox, { isUnread: true }));
  assert.deepEqual(page, { rows: [], position: 0, total: 0, hasMore: false });
  assert.equal(list.take(timelineKey('a', inbox, { isUnread: true })), null);
  assert.equal(await list.state(), 's1');
  const together = ['Mailbox/get', 'Discussion/query', 'Discussion/get', 'Email/get'];
  assert.deepEqual(asked, [together, together]);
});

test('what was asked for another account is not shown', async () => {
  const { asked, list } = opened();
  list.ask('before', parseRoute(''));
  await list.tags('now', parseRoute(''));
  assert.equal(asked.length, 2);
  assert.equal(list.take(timelineKey('before', inbox, {})), null);
});

test('a search asks for its tags alone', async () => {
  const { asked, list } = opened();
  await list.tags('a', parseRoute('#/search/boat'));
  assert.deepEqual(asked, [['Mailbox/get']]);
});

test('no answer is told to who waits for it, and nobody else', async () => {
  const { list } = opened(true);
  list.ask('a', parseRoute(''));
  await assert.rejects(list.tags('a', parseRoute('')), /no answer/);
  await assert.rejects(list.take(timelineKey('a', inbox, {})) ?? Promise.resolve(), /no answer/);
});
