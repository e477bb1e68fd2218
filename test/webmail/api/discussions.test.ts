import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEmail as judgedEmail } from '../../suites/store/under-test.ts';
import { openTestWeb, type TestWeb } from './web.ts';

const from = (person: string, subject: string): string =>
  `From: ${person}@example.net\nTo: owner@example.org\nSubject: ${subject}\n\nx\n`;

/** Twelve discussions with one message each, oldest first; gives the message ids. */
async function twelve(web: TestWeb): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 12; n++)
    ids.push(await web.deliver(from(`p${n}`, `s${n}`), { keywords: n % 3 === 0 ? [] : ['$seen'] }));
  return ids;
}

test('Discussion/query begins at a position, a message or a cursor, and tells where that is', async t => {
  const web = await openTestWeb(t);
  const newestFirst = (await twelve(web)).reverse();
  const ask = (args: Record<string, unknown>) => web.ask('Discussion/query', args);
  const middle = await ask({ position: 4, limit: 3, calculateTotal: true });
  assert.deepEqual(middle.lastEmailIds, newestFirst.slice(4, 7));
  assert.deepEqual([middle.position, middle.total], [4, 12]);
  const behind = await ask({ after: middle.next, limit: 2 });
  assert.deepEqual(behind.lastEmailIds, newestFirst.slice(7, 9));
  assert.equal(behind.position, null);
  assert.ok(!('total' in behind));
  const around = await ask({ anchor: newestFirst[6], anchorOffset: -2, limit: 4 });
  assert.deepEqual([around.position, around.lastEmailIds], [4, newestFirst.slice(4, 8)]);
  await web.ask('Email/set', { destroy: [newestFirst[6]] });
  const moved = await ask({ anchor: newestFirst[6], limit: 1 });
  assert.deepEqual([moved.position, moved.lastEmailIds], [6, newestFirst.slice(7, 8)]);
  const end = await ask({ position: 10, limit: 5 });
  assert.deepEqual([end.ids.length, end.next], [1, null]);
  const unread = await ask({ filter: { inMailbox: 'inbox', isUnread: true }, calculateTotal: true });
  assert.deepEqual([unread.ids.length, unread.total], [4, 4]);
});

test('a role is the id of its mailbox', async t => {
  const web = await openTestWeb(t);
  const [id] = await twelve(web);
  const { list } = await web.ask('Mailbox/get', { ids: ['inbox', 'junk', 'sent'] });
  assert.deepEqual(
    list.map(({ role }: { role: string }) => role),
    ['inbox', 'junk', 'sent'],
  );
  await web.ask('Email/set', { update: { [String(id)]: { mailboxIds: { archive: true } } } });
  const archive = await web.ask('Discussion/query', { filter: { inMailbox: 'archive' } });
  assert.deepEqual(archive.lastEmailIds, [id]);
});

test('filters by a second tag, level, importance and contact narrow each other', async t => {
  const web = await openTestWeb(t);
  const made = await web.ask('Mailbox/set', { create: { boat: { name: 'Boat' } } });
  const boat = made.created.boat.id;
  const judged = (level: 'B' | 'D', importance: 'low' | 'high') => {
    const { index, findings } = judgedEmail({ level, importance });
    return { index, findings };
  };
  const both = [{ role: 'inbox' as const }, { id: boat }];
  const ada = await web.deliver(from('ada', 'one'), { ...judged('B', 'high'), tags: both });
  const bob = await web.deliver(from('bob', 'two'), { ...judged('D', 'high'), tags: [{ id: boat }] });
  const eve = await web.deliver(from('eve', 'three'), judged('D', 'low'));
  const plain = await web.deliver(from('joe', 'four'));
  const found = async (filter: Record<string, unknown>) =>
    (await web.ask('Discussion/query', { filter })).lastEmailIds;
  assert.deepEqual(await found({ tag: boat }), [bob, ada]);
  assert.deepEqual(await found({ inMailbox: 'inbox', tag: boat }), [ada]);
  assert.deepEqual(await found({ level: 'D' }), [eve, bob]);
  assert.deepEqual(await found({ level: 'D', tag: boat }), [bob]);
  assert.deepEqual(await found({ minImportance: 1 }), [bob, ada]);
  assert.deepEqual(await found({ minImportance: 0 }), [plain, bob, ada]);
  assert.deepEqual(await found({ minImportance: -10 }), [plain, eve, bob, ada]);
  const { list } = await web.ask('Email/get', { ids: [ada, eve, plain], properties: ['importance'] });
  assert.deepEqual(
    list.map(({ importance }: { importance: number }) => importance),
    [5, -5, 0],
  );
  const card = { addressBookIds: { default: true }, emails: { e: { address: 'Eve@Example.net' } } };
  const { created } = await web.ask('ContactCard/set', {
    create: { eve: { ...card, name: { full: 'Eve' } } },
  });
  assert.deepEqual(await found({ contactId: created.eve.id }), [eve]);
  assert.deepEqual(await found({ contactId: created.eve.id, level: 'B' }), []);
  assert.deepEqual(await found({ contactId: 'none' }), []);
});

test('what Discussion/query does not take is refused', async t => {
  const web = await openTestWeb(t);
  await twelve(web);
  const { next } = await web.ask('Discussion/query', { limit: 1 });
  for (const args of [
    { filter: { level: 'Z' } },
    { filter: { minImportance: 11 } },
    { filter: { minImportance: 0.5 } },
    { filter: { tag: 'no id' } },
    { filter: { subject: 'x' } },
    { position: -1 },
    { after: next, position: 3 },
    { after: next, anchor: 'M' },
    { anchor: 'no id' },
  ])
    assert.equal(await web.refuse('Discussion/query', args), 'invalidArguments', JSON.stringify(args));
  const strange = await web.ask('Discussion/query', { anchor: 'Mnone', limit: 2 });
  assert.equal(strange.position, 0);
});
