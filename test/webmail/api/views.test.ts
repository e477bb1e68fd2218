import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestWeb } from './web.ts';

const search = { name: 'Boats', list: { kind: 'search', text: 'subject:boat is:unread' } };

test('a view is saved, changed, told, and forgotten', async t => {
  const web = await openTestWeb(t);
  const empty = await web.ask('View/get', { ids: null });
  assert.deepEqual(empty.list, []);
  const made = await web.ask('View/set', { create: { a: search }, ifInState: empty.state });
  const { id } = made.created.a;
  assert.deepEqual(made.created.a, { id, filter: {}, sortOrder: 0 });
  assert.equal(made.oldState, empty.state);
  const first = await web.ask('View/get', { ids: [id, 'nobody'] });
  assert.deepEqual(first.list, [{ id, ...search, filter: {}, sortOrder: 0 }]);
  assert.deepEqual(first.notFound, ['nobody']);
  assert.equal(first.state, made.newState);
  const filter = { isUnread: true, level: 'A', minImportance: -3 };
  const changed = await web.ask('View/set', { update: { [id]: { name: 'Ships', filter } } });
  assert.deepEqual(changed.updated, { [id]: null });
  const second = await web.ask('View/get', { ids: null, properties: ['name', 'filter'] });
  assert.deepEqual(second.list, [{ id, name: 'Ships', filter }]);
  const gone = await web.ask('View/set', { destroy: [id, 'nobody'] });
  assert.deepEqual([gone.destroyed, gone.notDestroyed], [[id], { nobody: { type: 'notFound' } }]);
  assert.deepEqual((await web.ask('View/get', { ids: null })).list, []);
});

test('a change in the meantime is told, and nothing is saved', async t => {
  const web = await openTestWeb(t);
  const { state } = await web.ask('View/get', {});
  await web.ask('View/set', { create: { a: search } });
  assert.equal(await web.refuse('View/set', { create: { b: search }, ifInState: state }), 'stateMismatch');
  assert.equal((await web.ask('View/get', {})).list.length, 1);
});

test('views come in the order that they were given', async t => {
  const web = await openTestWeb(t);
  const create = Object.fromEntries(
    [3, 1, 2].map(sortOrder => [`c${sortOrder}`, { ...search, name: `n${sortOrder}`, sortOrder }]),
  );
  await web.ask('View/set', { create });
  const { list } = await web.ask('View/get', {});
  assert.deepEqual(
    list.map(({ name }: { name: string }) => name),
    ['n1', 'n2', 'n3'],
  );
});

test('a view of a tag names a tag that is there, by its creation id, too', async t => {
  const web = await openTestWeb(t);
  const list = { kind: 'tag', id: '#garden' };
  const filter = { tagId: await web.mailbox('inbox') };
  const [tag, view] = await web.call(
    ['Mailbox/set', { create: { garden: { name: 'Garden' } } }],
    ['View/set', { create: { a: { name: 'Garden', list, filter } } }],
  );
  assert.ok(tag && view);
  const [made] = (await web.ask('View/get', {})).list;
  const { id } = (tag[1].created as Record<string, { id: string }>).garden ?? {};
  assert.deepEqual([made.list, made.filter], [{ kind: 'tag', id }, filter]);
  const unknown = { name: 'x', list: { kind: 'tag', id: 'nobody' } };
  const { notCreated } = await web.ask('View/set', { create: { a: unknown } });
  assert.deepEqual([notCreated.a.type, notCreated.a.properties], ['invalidProperties', ['list']]);
});

test('what is no view is refused by the name of what is wrong', async t => {
  const web = await openTestWeb(t);
  const wrong: readonly [Record<string, unknown>, string][] = [
    [{ ...search, name: ' ' }, 'name'],
    [{ ...search, name: 'two\nlines' }, 'name'],
    [{ ...search, list: { kind: 'search' } }, 'list'],
    [{ ...search, list: { kind: 'page', id: 'about' } }, 'list'],
    [{ ...search, list: { kind: 'search', text: 'x'.repeat(501) } }, 'list'],
    [{ ...search, filter: { level: 'F' } }, 'filter'],
    [{ ...search, filter: { isUnread: false } }, 'filter'],
    [{ ...search, sortOrder: -1 }, 'sortOrder'],
    [{ ...search, colour: 'red' }, 'colour'],
    [{ ...search, id: 'mine' }, 'id'],
  ];
  for (const [given, property] of wrong) {
    const { notCreated } = await web.ask('View/set', { create: { a: given } });
    assert.deepEqual([notCreated.a.type, notCreated.a.properties], ['invalidProperties', [property]]);
  }
  assert.deepEqual((await web.ask('View/get', {})).list, []);
});

test('views leave the other settings alone, and are pushed as Settings', async t => {
  const web = await openTestWeb(t);
  await web.store.putSettings(web.account.id, { other: [1, { two: 3 }], views: [{ id: 'odd' }] });
  const told = new Promise(resolve => {
    const end = web.store.watch(web.account.id, ({ types }) => {
      if (types.Settings === undefined) return;
      end();
      resolve(null);
    });
  });
  assert.deepEqual((await web.ask('View/get', {})).list, []);
  await web.ask('View/set', { create: { a: search } });
  await told;
  const { other, views } = await web.store.getSettings(web.account.id);
  assert.deepEqual(other, [1, { two: 3 }]);
  assert.equal((views as unknown[]).length, 1);
});

test('there are at most 100 views', async t => {
  const web = await openTestWeb(t);
  const create = Object.fromEntries(Array.from({ length: 101 }, (_, place) => [`c${place}`, search]));
  const { created, notCreated } = await web.ask('View/set', { create });
  assert.equal(Object.keys(created).length, 100);
  assert.deepEqual(
    Object.values(notCreated).map(error => (error as { type: string }).type),
    ['overQuota'],
  );
});
