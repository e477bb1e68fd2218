import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openTestWeb, type TestWeb } from './web.ts';

/** Mailboxes of these names, by their names. */
async function withMailboxes(
  t: TestContext,
  ...names: string[]
): Promise<{ web: TestWeb; ids: Record<string, string> }> {
  const web = await openTestWeb(t);
  const create = Object.fromEntries(names.map(name => [name, { name }]));
  const { created } = await web.ask('Mailbox/set', { create });
  return { web, ids: Object.fromEntries(names.map(name => [name, created[name].id])) };
}

/** The mailboxes without a role: id, name and parent. */
async function standing(web: TestWeb): Promise<Record<string, [name: string, parentId: string | null]>> {
  const { list } = await web.ask('Mailbox/get', { properties: ['name', 'parentId', 'role'] });
  type Row = { id: string; name: string; parentId: string | null; role: string | null };
  const own = (list as Row[]).filter(({ role }) => role === null);
  return Object.fromEntries(own.map(({ id, name, parentId }) => [id, [name, parentId]]));
}

test('RFC 8620 §5.3: two mailboxes swap their names in one call', async t => {
  const { web, ids } = await withMailboxes(t, 'A', 'B');
  const { A = '', B = '' } = ids;
  const { updated } = await web.ask('Mailbox/set', { update: { [A]: { name: 'B' }, [B]: { name: 'A' } } });
  assert.deepEqual(updated, { [A]: null, [B]: null });
  assert.deepEqual(await standing(web), { [A]: ['B', null], [B]: ['A', null] });
});

test('RFC 8620 §5.3: names go round in a ring and along a chain', async t => {
  const names = ['A', 'B', 'C', 'D', 'E'];
  const { web, ids } = await withMailboxes(t, ...names);
  const { A = '', B = '', C = '', D = '', E = '' } = ids;
  const update = {
    ...{ [A]: { name: 'B' }, [B]: { name: 'C' }, [C]: { name: 'A' } },
    ...{ [D]: { name: 'E' }, [E]: { name: 'F' } },
  };
  assert.equal((await web.ask('Mailbox/set', { update })).notUpdated, null);
  const after = await standing(web);
  assert.deepEqual(
    [A, B, C, D, E].map(id => after[id]?.[0]),
    ['B', 'C', 'A', 'E', 'F'],
  );
});

test('RFC 8620 §5.3: a name comes free when its mailbox is destroyed, moved or renamed in the same call', async t => {
  const { web, ids } = await withMailboxes(t, 'A', 'B', 'C', 'D');
  const { A = '', B = '', C = '', D = '' } = ids;
  const response = await web.ask('Mailbox/set', {
    create: { child: { name: 'x', parentId: '#b' }, b: { name: 'B' }, c: { name: 'C' } },
    update: { [A]: { name: 'D' }, [C]: { parentId: A } },
    destroy: [B, D],
  });
  for (const failed of ['notCreated', 'notUpdated', 'notDestroyed']) assert.equal(response[failed], null);
  const { b, c, child } = response.created;
  assert.deepEqual(await standing(web), {
    [A]: ['D', null],
    [C]: ['C', A],
    [b.id]: ['B', null],
    [c.id]: ['C', null],
    [child.id]: ['x', b.id],
  });
});

test('RFC 8620 §5.3: two mailboxes swap which is above the other', async t => {
  const { web, ids } = await withMailboxes(t, 'A', 'B');
  const { A = '', B = '' } = ids;
  await web.ask('Mailbox/set', { update: { [B]: { parentId: A } } });
  const update = { [A]: { parentId: B }, [B]: { parentId: null } };
  assert.equal((await web.ask('Mailbox/set', { update })).notUpdated, null);
  assert.deepEqual(await standing(web), { [A]: ['A', B], [B]: ['B', null] });
});

test('a name whose mailbox stays in the end is refused, and nobody is left aside', async t => {
  const { web, ids } = await withMailboxes(t, 'A', 'B', 'C');
  const { A = '', B = '', C = '' } = ids;
  const { notUpdated } = await web.ask('Mailbox/set', {
    update: { [A]: { name: 'B' }, [B]: { name: 'A', role: 'inbox' }, [C]: { name: 'C' } },
  });
  assert.deepEqual([notUpdated[A].type, notUpdated[B].type], ['alreadyExists', 'invalidProperties']);
  assert.deepEqual(await standing(web), { [A]: ['A', null], [B]: ['B', null], [C]: ['C', null] });
  const kept = await web.ask('Mailbox/set', {
    create: { a: { name: 'B' } },
    destroy: [await web.mailbox('inbox')],
  });
  assert.equal(kept.notCreated.a.existingId, B);
});
