import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestWeb } from './web.ts';

test('§2.1 every account has its mailboxes with roles, rights and counts', async t => {
  const web = await openTestWeb(t);
  await web.deliver('Subject: a\n\nx\n');
  await web.deliver('Subject: b\n\nx\n', { keywords: ['$seen'] });
  const { list, notFound } = await web.ask('Mailbox/get', {});
  const roles = list.map((mailbox: { role: string }) => mailbox.role).sort();
  assert.deepEqual(roles, ['archive', 'drafts', 'inbox', 'junk', 'sent', 'trash']);
  const inbox = list.find((mailbox: { role: string }) => mailbox.role === 'inbox');
  assert.deepEqual(
    [inbox.totalEmails, inbox.unreadEmails, inbox.totalThreads, inbox.unreadThreads],
    [2, 1, 2, 1],
  );
  assert.equal(inbox.myRights.mayAddItems, true);
  assert.equal(inbox.colour, undefined);
  assert.deepEqual(notFound, []);
  const some = await web.ask('Mailbox/get', { ids: [inbox.id, 'none'], properties: ['name'] });
  assert.deepEqual(Object.keys(some.list[0]).sort(), ['id', 'name']);
  assert.deepEqual(some.notFound, ['none']);
});

test('§2.5 mailboxes are created, renamed, moved and destroyed', async t => {
  const web = await openTestWeb(t);
  const made = await web.ask('Mailbox/set', {
    create: { child: { name: 'Child', parentId: '#top' }, top: { name: 'Top', sortOrder: 5 } },
  });
  const { id: topId } = made.created.top;
  const { id: childId } = made.created.child;
  assert.equal(made.created.top.totalEmails, 0);
  assert.equal(made.created.top.sortOrder, undefined);
  assert.notEqual(made.oldState, made.newState);
  const changed = await web.ask('Mailbox/set', {
    ifInState: made.newState,
    update: { [childId]: { name: 'Kid', isSubscribed: false, id: childId } },
  });
  assert.deepEqual(changed.updated, { [childId]: null });
  const { list } = await web.ask('Mailbox/get', { ids: [childId] });
  assert.deepEqual([list[0].name, list[0].parentId, list[0].isSubscribed], ['Kid', topId, false]);
  const kept = await web.ask('Mailbox/set', { destroy: [topId] });
  assert.equal(kept.notDestroyed[topId].type, 'mailboxHasChild');
  const gone = await web.ask('Mailbox/set', { destroy: [topId, childId] });
  assert.deepEqual(gone.destroyed.sort(), [topId, childId].sort());
});

test('§2.4 a mailbox that is made while changes are looked for is not lost', async t => {
  const web = await openTestWeb(t);
  const sort = [{ property: 'name' }];
  const before = await web.ask('Mailbox/query', { sort });
  const make = (name: string) => web.ask('Mailbox/set', { create: { made: { name } } });
  await make('Bread');
  const { listTags } = web.store;
  web.store.listTags = async accountId => {
    web.store.listTags = listTags;
    const tags = await listTags.call(web.store, accountId);
    await make('Cheese');
    return tags;
  };
  const changes = await web.ask('Mailbox/queryChanges', { sort, sinceQueryState: before.queryState });
  const after = await web.ask('Mailbox/query', { sort });
  assert.equal(changes.newQueryState, after.queryState);
  const ids = before.ids.filter((id: string) => !changes.removed.includes(id));
  for (const { id, index } of changes.added) ids.splice(index, 0, id);
  assert.deepEqual(ids, after.ids);
});

test('§2.5 what a mailbox cannot be is invalidProperties', async t => {
  const web = await openTestWeb(t);
  const inbox = await web.mailbox('inbox');
  const { created } = await web.ask('Mailbox/set', { create: { a: { name: 'A' } } });
  const create = {
    none: {},
    empty: { name: '' },
    long: { name: 'x'.repeat(256) },
    control: { name: 'a\nb' },
    orphan: { name: 'O', parentId: 'none' },
    role: { name: 'R', role: 'inbox' },
    wrongRole: { name: 'W', role: 'king' },
    server: { name: 'S', totalEmails: 5 },
    unknown: { name: 'U', nothing: 1 },
  };
  const answer = await web.ask('Mailbox/set', { create });
  assert.equal(answer.created, null);
  for (const key of Object.keys(create)) assert.equal(answer.notCreated[key].type, 'invalidProperties', key);
  assert.deepEqual(answer.notCreated.server.properties, ['totalEmails']);
  const loop = await web.ask('Mailbox/set', { update: { [created.a.id]: { parentId: created.a.id } } });
  assert.deepEqual(loop.notUpdated[created.a.id].properties, ['parentId']);
  const system = await web.ask('Mailbox/set', { destroy: [inbox, 'none'] });
  assert.equal(system.notDestroyed[inbox].type, 'forbidden');
  assert.equal(system.notDestroyed.none.type, 'notFound');
});

test('§2.5 a mailbox with emails stays unless onDestroyRemoveEmails', async t => {
  const web = await openTestWeb(t);
  const { created } = await web.ask('Mailbox/set', { create: { a: { name: 'A' } } });
  const { id } = created.a;
  const only = await web.deliver('Subject: only here\n\nx\n', { tags: [{ id }] });
  const both = await web.deliver('Subject: both\n\nx\n', { tags: [{ id }, { role: 'inbox' }] });
  const refused = await web.ask('Mailbox/set', { destroy: [id] });
  assert.equal(refused.notDestroyed[id].type, 'mailboxHasEmail');
  const done = await web.ask('Mailbox/set', { destroy: [id], onDestroyRemoveEmails: true });
  assert.deepEqual(done.destroyed, [id]);
  const { list, notFound } = await web.ask('Email/get', { ids: [only, both], properties: ['mailboxIds'] });
  assert.deepEqual(notFound, [only]);
  assert.deepEqual(list[0].mailboxIds, { [await web.mailbox('inbox')]: true });
});

test('§2.2 changes tell what came, changed and went, and when only counts did', async t => {
  const web = await openTestWeb(t);
  const { state } = await web.ask('Mailbox/get', { ids: [] });
  const inbox = await web.mailbox('inbox');
  await web.deliver('Subject: a\n\nx\n');
  const counts = await web.ask('Mailbox/changes', { sinceState: state });
  assert.deepEqual(counts.updated, [inbox]);
  assert.deepEqual([...counts.updatedProperties].sort(), [
    'totalEmails',
    'totalThreads',
    'unreadEmails',
    'unreadThreads',
  ]);
  const { created } = await web.ask('Mailbox/set', { create: { a: { name: 'A' } } });
  const more = await web.ask('Mailbox/changes', { sinceState: counts.newState });
  assert.deepEqual(more.created, [created.a.id]);
  assert.equal(more.updatedProperties, null);
  assert.equal(await web.refuse('Mailbox/changes', { sinceState: 'nonsense' }), 'cannotCalculateChanges');
});

test('§2.3 mailboxes are filtered and sorted, as a tree too', async t => {
  const web = await openTestWeb(t);
  const { created } = await web.ask('Mailbox/set', {
    create: {
      b: { name: 'Beta', sortOrder: 90 },
      a: { name: 'alpha', sortOrder: 91 },
      c: { name: 'gamma', parentId: '#a', sortOrder: 1 },
    },
  });
  const [a, b, c] = [created.a.id, created.b.id, created.c.id];
  const filter = { hasAnyRole: false };
  const byName = await web.ask('Mailbox/query', {
    filter,
    sort: [{ property: 'name' }],
    calculateTotal: true,
  });
  assert.deepEqual([byName.ids, byName.total], [[a, b, c], 3]);
  const tree = await web.ask('Mailbox/query', {
    filter,
    sort: [{ property: 'name', isAscending: false }],
    sortAsTree: true,
  });
  assert.deepEqual(tree.ids, [b, a, c]);
  const named = { operator: 'OR', conditions: [{ name: 'GAM' }, { role: 'inbox' }] };
  const found = await web.ask('Mailbox/query', { filter: named });
  assert.deepEqual(new Set(found.ids), new Set([c, await web.mailbox('inbox')]));
  const below = await web.ask('Mailbox/query', { filter: { parentId: a } });
  assert.deepEqual(below.ids, [c]);
  const strict = await web.ask('Mailbox/query', { filter: { name: 'gamma' }, filterAsTree: true });
  assert.deepEqual(strict.ids, []);
  const window = await web.ask('Mailbox/query', {
    filter,
    sort: [{ property: 'name' }],
    anchor: b,
    limit: 1,
  });
  assert.deepEqual([window.ids, window.position], [[b], 1]);
  assert.equal(await web.refuse('Mailbox/query', { anchor: 'none' }), 'anchorNotFound');
  assert.equal(await web.refuse('Mailbox/query', { filter: { nothing: 1 } }), 'unsupportedFilter');
  assert.equal(await web.refuse('Mailbox/query', { sort: [{ property: 'x' }] }), 'unsupportedSort');
});

test('§2.4 the changes of a mailbox query lead to its new results', async t => {
  const web = await openTestWeb(t);
  const sort = [{ property: 'name' }];
  const before = await web.ask('Mailbox/query', { sort });
  const { created } = await web.ask('Mailbox/set', { create: { a: { name: 'AAA' }, z: { name: 'zzz' } } });
  const changes = await web.ask('Mailbox/queryChanges', { sort, sinceQueryState: before.queryState });
  const after = await web.ask('Mailbox/query', { sort });
  const ids = before.ids.filter((id: string) => !changes.removed.includes(id));
  for (const { id, index } of changes.added) ids.splice(index, 0, id);
  assert.deepEqual(ids, after.ids);
  assert.ok(created.a && created.z);
  const few = { sort, sinceQueryState: before.queryState, maxChanges: 1 };
  assert.equal(await web.refuse('Mailbox/queryChanges', few), 'tooManyChanges');
});

test('§5.3 a set in another state changes nothing', async t => {
  const web = await openTestWeb(t);
  const args = { ifInState: 'other', create: { a: { name: 'A' } } };
  assert.equal(await web.refuse('Mailbox/set', args), 'stateMismatch');
});

test('§2.5 a name that a sibling has is alreadyExists, and tells which it is', async t => {
  const web = await openTestWeb(t);
  const { created } = await web.ask('Mailbox/set', { create: { a: { name: 'Twin' } } });
  const again = await web.ask('Mailbox/set', { create: { b: { name: 'Twin' } } });
  assert.equal(again.notCreated.b.type, 'alreadyExists');
  assert.equal(again.notCreated.b.existingId, created.a.id);
});

test('§2.5 a mailbox may be created with what the server would set anyway', async t => {
  const web = await openTestWeb(t);
  const [like] = (await web.ask('Mailbox/get', { ids: [await web.mailbox('archive')] })).list;
  const counts = { totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
  const myRights = { ...like.myRights, mayDelete: true };
  const { created } = await web.ask('Mailbox/set', { create: { a: { name: 'Like', ...counts, myRights } } });
  assert.ok(created.a.id);
  const { notCreated } = await web.ask('Mailbox/set', { create: { b: { name: 'Unlike', totalEmails: 1 } } });
  assert.deepEqual(notCreated.b.properties, ['totalEmails']);
});

test('RFC 8620 §5.3: null in a patch stands for the default', async t => {
  const web = await openTestWeb(t);
  const { created } = await web.ask('Mailbox/set', {
    create: { a: { name: 'Defaults', sortOrder: 7, isSubscribed: false } },
  });
  const { id } = created.a;
  await web.ask('Mailbox/set', { update: { [id]: { sortOrder: null, isSubscribed: null } } });
  const [{ sortOrder, isSubscribed }] = (await web.ask('Mailbox/get', { ids: [id] })).list;
  assert.deepEqual({ sortOrder, isSubscribed }, { sortOrder: 0, isSubscribed: true });
});
