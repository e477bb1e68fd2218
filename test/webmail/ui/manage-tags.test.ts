import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unwatched } from '../../../webmail/ui/batch.ts';
import { type Client, RequestError } from '../../../webmail/ui/client.ts';
import { deleteTag, restoreTag } from '../../../webmail/ui/manage-tags.ts';
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

const child = (id: string) => ({ id, name: id, parentId: 't1', role: null }) as Mailbox;

test('where one tag can’t move up, those that had moved go back, and nothing else is touched', async () => {
  const parents = new Map([
    ['c1', 't1'],
    ['c2', 't1'],
  ]);
  const asked = new Set<string>();
  const call: Client['call'] = async ([first]) => {
    asked.add(first?.[0] ?? '');
    const [[id, change] = []] = Object.entries((first?.[1].update ?? {}) as Record<string, Mailbox>);
    if (id === 'c2' && change?.parentId === null)
      return { set: { notUpdated: { c2: { type: 'alreadyExists' } } } };
    parents.set(id ?? '', change?.parentId ?? '');
    return { set: {} };
  };
  const tag = { id: 't1', name: 'Garden', parentId: null, role: null } as Mailbox;
  const asking = { client: { call } as Client, accountId: 'a1' };
  const tags = [tag, child('c1'), child('c2')];
  await assert.rejects(deleteTag(asking, tag, { tags, progress: unwatched }), { type: 'alreadyExists' });
  assert.deepEqual(
    [...parents],
    [
      ['c1', 't1'],
      ['c2', 't1'],
    ],
  );
  assert.deepEqual([...asked], ['Mailbox/set']);
});

test('a deletion that breaks off behind the tags below is taken back, and nothing stands there twice', async () => {
  const rules = ['r1', 'r2'].map(id => ({
    id,
    conditions: [],
    actions: { mailboxIds: ['t1'], removeTags: [] },
  }));
  const parents = new Map<string, string | null>();
  const made: unknown[] = [];
  let isBroken = true;
  const call: Client['call'] = async ([first]) => {
    const [name, args] = first ?? [];
    if (name === 'TagRule/get')
      return { rules: { list: isBroken ? rules : rules.slice(1) }, views: { list: [] } };
    // The first rule was gone when the connection broke.
    if (name === 'TagRule/set' && isBroken) throw new RequestError(0);
    if (name === 'TagRule/set') made.push(args?.create);
    for (const [id, { parentId }] of Object.entries((args?.update ?? {}) as Record<string, Mailbox>))
      if (name === 'Mailbox/set') parents.set(id, parentId);
    return { set: {} };
  };
  const tag = { id: 't1', name: 'Garden', parentId: null, role: null } as Mailbox;
  const asking = { client: { call } as Client, accountId: 'a1' };
  const removed = await deleteTag(asking, tag, { tags: [tag, child('c1')], progress: unwatched });
  assert.equal(removed.isWhole, false);
  assert.deepEqual([...parents], [['c1', null]]);
  isBroken = false;
  assert.equal(await restoreTag(asking, removed, unwatched), 0);
  assert.deepEqual([...parents], [['c1', 't1']]);
  assert.equal(made.length, 1);
  assert.deepEqual(Object.keys(made[0] as object), ['n0']);
});
