import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestWeb, type TestWeb } from './web.ts';

const isAda = { subject: 'sender', operator: 'is', value: 'ada@example.net' };

async function namesOf(web: TestWeb): Promise<string[]> {
  const { list } = await web.ask('TagRule/get', {});
  assert.deepEqual(
    list.map((rule: { sortOrder: number }) => rule.sortOrder),
    list.map((_: unknown, place: number) => place),
  );
  return list.map((rule: { name: string }) => rule.name);
}

async function make(web: TestWeb, rule: object): Promise<string> {
  const { created, notCreated } = await web.ask('TagRule/set', { create: { rule } });
  assert.equal(notCreated, null);
  return created.rule.id;
}

test('a rule of several conditions and actions is told as it was made', async t => {
  const web = await openTestWeb(t);
  const mailboxId = await web.mailbox('archive');
  const rule = {
    name: 'Invoices',
    match: 'any',
    conditions: [
      { ...isAda, field: null, isNegated: true },
      { subject: 'field', operator: 'endsWith', field: 'Subject', value: 'invoice', isNegated: false },
      { subject: 'attachment', operator: 'exists', field: null, value: '', isNegated: false },
    ],
    actions: {
      mailboxIds: [mailboxId],
      removeTags: ['auto-list'],
      keywords: ['$bill'],
      archive: true,
      skipInbox: false,
      markRead: true,
      importance: -3,
    },
    stop: true,
    isEnabled: false,
  };
  const id = await make(web, rule);
  const { list } = await web.ask('TagRule/get', { ids: [id] });
  const short = { mailboxId, keywords: ['$bill'], skipInbox: false };
  const first = { subject: 'sender', field: null, value: isAda.value };
  assert.deepEqual(list, [{ id, ...rule, sortOrder: 0, ...first, ...short }]);
  const update = { [id]: { ...list[0], name: 'Bills', isEnabled: true } };
  assert.deepEqual((await web.ask('TagRule/set', { update })).updated, { [id]: null });
  const again = (await web.ask('TagRule/get', { ids: [id] })).list[0];
  assert.deepEqual(again, { ...list[0], name: 'Bills', isEnabled: true });
});

test('devices that make rules at the same moment lose none', async t => {
  const web = await openTestWeb(t);
  const names = ['a', 'b', 'c', 'd'];
  await Promise.all(names.map(name => make(web, { name, conditions: [isAda], actions: { archive: true } })));
  assert.deepEqual((await namesOf(web)).sort(), names);
});

test('a patch goes below a property, and tells what else has changed (RFC 8620 §5.3)', async t => {
  const web = await openTestWeb(t);
  const rule = { conditions: [isAda], actions: { archive: true } };
  const { created } = await web.ask('TagRule/set', { create: { rule } });
  const { id, sortOrder, isEnabled, actions, value } = created.rule;
  assert.deepEqual([sortOrder, isEnabled, value, actions.markRead], [0, true, isAda.value, false]);
  const change = async (patch: object) => web.ask('TagRule/set', { update: { [id]: patch } });
  assert.deepEqual((await change({ 'actions/markRead': true })).updated, { [id]: null });
  const told = (await change({ value: 'bob@example.net' })).updated[id];
  assert.equal(told.conditions[0].value, 'bob@example.net');
  const { list } = await web.ask('TagRule/get', { ids: [id] });
  assert.deepEqual([list[0].actions.markRead, list[0].actions.archive], [true, true]);
  const refused = async (patch: object) => (await change(patch)).notUpdated[id].type;
  assert.equal(await refused({ 'conditions/0/value': 'x' }), 'invalidPatch');
  assert.equal(await refused({ 'none/x': 1 }), 'invalidPatch');
  assert.equal(await refused({ id: 'other' }), 'invalidProperties');
});

test('a rule that names a mailbox that is gone can still be changed', async t => {
  const web = await openTestWeb(t);
  const made = await web.ask('Mailbox/set', { create: { box: { name: 'Box' } } });
  const actions = { mailboxIds: [made.created.box.id], markRead: true };
  const id = await make(web, { conditions: [isAda], actions });
  await web.ask('Mailbox/set', { destroy: [made.created.box.id] });
  const answer = await web.ask('TagRule/set', { update: { [id]: { isEnabled: false } } });
  assert.equal(answer.notUpdated, null);
  const { list } = await web.ask('TagRule/get', { ids: [id] });
  assert.deepEqual([list[0].isEnabled, list[0].actions.mailboxIds], [false, []]);
});

test('rules are put into an order, new ones behind the others', async t => {
  const web = await openTestWeb(t);
  const actions = { markRead: true };
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.push(await make(web, { name, conditions: [isAda], actions }));
  assert.deepEqual(await namesOf(web), ['a', 'b', 'c']);
  const [a = '', b = '', c = ''] = ids;
  await web.ask('TagRule/set', { update: { [a]: { sortOrder: 2 } } });
  assert.deepEqual(await namesOf(web), ['b', 'c', 'a']);
  await web.ask('TagRule/set', {
    update: { [c]: { sortOrder: 1 }, [a]: { sortOrder: 0 }, [b]: { sortOrder: 2 } },
  });
  assert.deepEqual(await namesOf(web), ['a', 'c', 'b']);
  await make(web, { name: 'd', conditions: [isAda], actions, sortOrder: 1 });
  assert.deepEqual(await namesOf(web), ['a', 'd', 'c', 'b']);
});

test('a rule that says more than the short form is not changed by it', async t => {
  const web = await openTestWeb(t);
  const level = { subject: 'level', operator: 'atMost', value: 'B' };
  const actions = { mailboxIds: [await web.mailbox('archive')] };
  const one = await make(web, { conditions: [level], actions });
  const two = await make(web, { conditions: [level, isAda], actions });
  const update = { [one]: { value: 'D' }, [two]: { value: 'D' } };
  const { updated, notUpdated } = await web.ask('TagRule/set', { update });
  assert.deepEqual([Object.keys(updated), Object.keys(notUpdated)], [[one], [two]]);
  const { list } = await web.ask('TagRule/get', { ids: [one] });
  assert.deepEqual(list[0].conditions[0], { ...level, field: null, value: 'D', isNegated: false });
});

test('what can mean nothing is refused, by the name that the client wrote', async t => {
  const web = await openTestWeb(t);
  const actions = { archive: true };
  const wrong: Record<string, [rule: object, property: string]> = {
    operator: [{ conditions: [{ ...isAda, operator: 'atMost' }], actions }, 'conditions'],
    noAction: [{ conditions: [isAda], actions: {} }, 'actions'],
    noCondition: [{ conditions: [], actions }, 'conditions'],
    importance: [{ conditions: [isAda], actions: { importance: 11 } }, 'actions'],
    keyword: [{ conditions: [isAda], actions: { keywords: ['a b'] } }, 'keywords'],
    mailbox: [{ conditions: [isAda], actions: { mailboxIds: ['none'] } }, 'actions'],
    long: [{ conditions: [isAda], actions: { removeTags: ['x'.repeat(256)] } }, 'actions'],
    order: [{ conditions: [isAda], actions, sortOrder: -1 }, 'sortOrder'],
    short: [{ subject: 'nothing', value: 'x', mailboxId: 'inbox' }, 'subject'],
    value: [{ subject: 'sender', mailboxId: 'inbox' }, 'conditions'],
  };
  const create = Object.fromEntries(Object.entries(wrong).map(([key, [rule]]) => [key, rule]));
  const { created, notCreated } = await web.ask('TagRule/set', { create });
  assert.equal(created, null);
  for (const [key, [, property]] of Object.entries(wrong)) {
    assert.deepEqual(
      [key, notCreated[key].type, notCreated[key].properties],
      [key, 'invalidProperties', [property]],
    );
  }
});

test('rules are tried on mail that is here already, and what they did can be taken back', async t => {
  const web = await openTestWeb(t);
  const letter = (from: string, subject: string) =>
    `From: ${from}\nTo: owner@example.org\nSubject: ${subject}\n\nHello.\n`;
  const inbox = await web.mailbox('inbox');
  const archive = await web.mailbox('archive');
  const made = await web.ask('Mailbox/set', { create: { bills: { name: 'Bills' } } });
  const bills: string = made.created.bills.id;
  const one = await web.deliver(letter('ada@example.net', 'Invoice 1'));
  const two = await web.deliver(letter('bob@example.net', 'Invoice 2'));
  const junk = await web.deliver(letter('ada@example.net', 'Invoice 3'), { tags: [{ role: 'junk' }] });
  const other = await web.deliver(letter('ada@example.net', 'Lunch'));
  const id = await make(web, {
    conditions: [isAda, { subject: 'field', operator: 'startsWith', field: 'Subject', value: 'Invoice' }],
    actions: { mailboxIds: [bills], archive: true, importance: 4, keywords: ['a/b'] },
    isEnabled: false,
  });
  const stateOf = async (emailId: string) => {
    const properties = ['mailboxIds', 'keywords', 'importance', 'tagReasons'];
    const { mailboxIds, keywords, importance, tagReasons } = (
      await web.ask('Email/get', { ids: [emailId], properties })
    ).list[0];
    const reasons = tagReasons.map((reason: { ruleId: string }) => reason.ruleId);
    return { boxes: Object.keys(mailboxIds).sort(), words: Object.keys(keywords), importance, reasons };
  };
  const before = await Promise.all([one, two, junk, other].map(stateOf));
  let undo: Record<string, object> = {};
  let seen = 0;
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const page = await web.ask('TagRule/apply', { ids: [id], limit: 2, after });
    undo = { ...undo, ...page.undo };
    seen += page.seen;
    after = page.next;
  }
  assert.deepEqual([seen, Object.keys(undo)], [3, [one]]);
  const changed = { boxes: [archive, bills].sort(), words: ['a/b'], importance: 4, reasons: [id, id] };
  assert.deepEqual(await stateOf(one), changed);
  const others = await Promise.all([two, junk, other].map(stateOf));
  assert.deepEqual(others, before.slice(1));
  assert.deepEqual((await web.ask('TagRule/apply', { ids: [id] })).undo, {});
  await web.ask('Email/set', { update: undo });
  assert.deepEqual((await stateOf(one)).boxes, [inbox]);
  assert.deepEqual({ ...(await stateOf(one)) }, before[0]);
  assert.equal(
    await web.store.getAccountState(web.account.id, 'importance'),
    null,
    'an undo teaches nothing',
  );
  assert.equal(await web.refuse('TagRule/apply', { ids: ['none'] }), 'invalidArguments');
});

test('a rule that is tried undoes nothing that is judged of the same mail meanwhile', async t => {
  const web = await openTestWeb(t);
  const bills = (await web.ask('Mailbox/set', { create: { a: { name: 'Bills' } } })).created.a.id;
  const id = await make(web, { conditions: [isAda], actions: { mailboxIds: [bills] } });
  const emailId = await web.deliver('From: ada@example.net\r\nSubject: one\r\n\r\none');
  const read = web.store.getOctets.bind(web.store);
  let isMarked = false;
  t.mock.method(web.store, 'getOctets', async (accountId: string, one: string) => {
    if (!isMarked) {
      isMarked = true;
      await web.ask('Email/set', { update: { [emailId]: { importance: 9 } } });
    }
    return await read(accountId, one);
  });
  const { undo } = await web.ask('TagRule/apply', { ids: [id] });
  assert.deepEqual(undo, { [emailId]: { [`mailboxIds/${bills}`]: null } });
  const properties = ['mailboxIds', 'importance', 'tagReasons'];
  const [email] = (await web.ask('Email/get', { ids: [emailId], properties })).list;
  assert.equal(email.importance, 9);
  assert.equal(email.mailboxIds[bills], true);
  assert.deepEqual(
    email.tagReasons.map((reason: { ruleId: string }) => reason.ruleId),
    [id],
  );
});
