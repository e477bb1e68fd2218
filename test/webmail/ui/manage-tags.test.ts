import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unwatched } from '../../../webmail/ui/batch.ts';
import { type Client, RequestError } from '../../../webmail/ui/client.ts';
import { deleteTag } from '../../../webmail/ui/manage-tags.ts';
import type { Mailbox } from '../../../webmail/wire.ts';

test('a tag whose deletion breaks off brings back the rules that went first', async () => {
  const rule = { id: 'r1', conditions: [], actions: { mailboxIds: ['t1'], removeTags: [] } };
  const call: Client['call'] = async ([first]) => {
    if (first?.[0] === 'Email/query') throw new RequestError(0);
    return first?.[0] === 'TagRule/get' ? { rules: { list: [rule] }, views: { list: [] } } : {};
  };
  const tag = { id: 't1', name: 'Garden', parentId: null, role: null } as Mailbox;
  const asking = { client: { call } as Client, accountId: 'a1' };
  const removed = await deleteTag(asking, tag, { tags: [tag], progress: unwatched });
  assert.deepEqual([removed.isWhole, removed.rules], [false, [rule]]);
});
