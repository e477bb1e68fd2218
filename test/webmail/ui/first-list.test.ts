import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstRequest } from '../../../webmail/api/first-calls.ts';
import type { Client } from '../../../webmail/ui/client.ts';
import { createFirstList, timelineKey } from '../../../webmail/ui/first-list.ts';
import { parseRoute } from '../../../webmail/ui/route.ts';
import type { Invocation } from '../../../webmail/wire.ts';

const inbox = { kind: 'tag', id: 'inbox' } as const;

/** The first list of account `a` over a server that has one tag and no mail, and what it was asked. */
function opened({ fails = false, fetched = async () => answersOf('a') } = {}) {
  const asked: (readonly Invocation[] | 'fetched')[] = [];
  const client: Partial<Client> = {
    firstList: () => {
      asked.push('fetched');
      return fetched();
    },
    call: async calls => {
      asked.push(calls);
      if (fails) throw new Error('no answer');
      return answersOf('a');
    },
  };
  return { asked, list: createFirstList(client as Client) };
}

function answersOf(accountId: string): Record<string, Record<string, unknown>> {
  return {
    tags: { accountId, list: [{ id: accountId }] },
    query: { accountId, ids: [], position: 0, total: 0, next: null, queryState: `state of ${accountId}` },
  };
}

const names = (asked: readonly (readonly Invocation[] | 'fetched')[]) =>
  asked.map(calls => (calls === 'fetched' ? calls : calls.map(([name]) => name)));
const together = ['Mailbox/get', 'Discussion/query', 'Discussion/get', 'Email/get'];

test('tags and the first page are one request, each taken once', async () => {
  const { asked, list } = opened();
  list.begin('a', parseRoute('#/tag/inbox?unread'));
  assert.deepEqual((await list.tags('a', parseRoute(''))).length, 1);
  assert.equal(list.take(timelineKey('a', inbox, {})), null);
  list.begin('a', parseRoute('#/tag/inbox?unread'));
  const page = await list.take(timelineKey('a', inbox, { isUnread: true }));
  assert.deepEqual(page, { rows: [], position: 0, total: 0, hasMore: false });
  assert.equal(list.take(timelineKey('a', inbox, { isUnread: true })), null);
  assert.equal(await list.state(), 'state of a');
  assert.deepEqual(names(asked), [together, together]);
});

test('what was asked for another account is not shown', async () => {
  const { asked, list } = opened();
  list.begin('before', parseRoute('#/tag/drafts'));
  await list.tags('now', parseRoute(''));
  assert.equal(asked.length, 2);
  assert.equal(list.take(timelineKey('before', inbox, {})), null);
});

test('a search asks for its tags alone', async () => {
  const { asked, list } = opened();
  await list.tags('a', parseRoute('#/search/boat'));
  assert.deepEqual(names(asked), [['Mailbox/get']]);
});

test('no answer is told to who waits for it, and nobody else', async () => {
  const { list } = opened({ fails: true, fetched: () => Promise.reject(new Error('nothing fetched')) });
  list.begin('a', parseRoute(''));
  await assert.rejects(list.tags('a', parseRoute('')), /no answer/);
  await assert.rejects(list.take(timelineKey('a', inbox, {})) ?? Promise.resolve(), /no answer/);
});

test('as the page begins, the inbox is what was fetched beside its scripts, and asked for only without it', async () => {
  const known = opened();
  known.list.begin('a', parseRoute(''));
  assert.deepEqual(await known.list.tags('a', parseRoute('')), [{ id: 'a' }]);
  assert.notEqual(known.list.take(timelineKey('a', inbox, {})), null);
  assert.deepEqual(names(known.asked), ['fetched']);
  for (const fetched of [async () => answersOf('b'), () => Promise.reject(new Error('an older server'))]) {
    const { asked, list } = opened({ fetched });
    list.begin('a', parseRoute(''));
    assert.deepEqual(await list.tags('a', parseRoute('')), [{ id: 'a' }]);
    assert.equal(await list.state(), 'state of a');
    assert.deepEqual(names(asked), ['fetched', together]);
  }
});

test('who signs in on the page is asked for anew', async () => {
  const { asked, list } = opened();
  await list.tags('a', parseRoute(''));
  assert.deepEqual(names(asked), [together]);
});

test('the server asks for the inbox as the page would', async () => {
  const { asked, list } = opened();
  await list.tags('a', parseRoute(''));
  // As they travel: what is undefined is not there.
  assert.deepEqual(
    JSON.parse(JSON.stringify(asked[0])),
    JSON.parse(JSON.stringify(firstRequest('a').methodCalls)),
  );
});
