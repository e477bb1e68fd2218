import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountHash } from '../../../delivery/tags/hash.ts';
import { minExamples } from '../../../delivery/tags/learned/models.ts';
import { readMemory, taughtOf } from '../../../delivery/tags/memory.ts';
import { newEmail, openTestWeb, type TestWeb } from './web.ts';

const letter = (from: string, subject: string) =>
  `From: ${from}\nTo: owner@example.org\nSubject: ${subject}\n\nHello.\n`;

async function memoryOf({ store, account }: TestWeb) {
  return readMemory((await store.getAccountState(account.id, 'tags'))?.octets ?? null);
}

async function wordOn(web: TestWeb, from: string): Promise<boolean | null> {
  const asked = { kind: 'newsletter', source: `sender:${from}` } as const;
  return taughtOf(await memoryOf(web), asked, accountHash(web.account.hashKey));
}

const change = (web: TestWeb, id: string, patch: object) => web.ask('Email/set', { update: { [id]: patch } });

test('an automatic tag teaches when it is meant, not when keywords are written anew', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(letter('a@shop.example', 'News'), { keywords: ['auto-newsletter'] });
  await change(web, id, { keywords: { $seen: true } });
  assert.equal(await wordOn(web, 'a@shop.example'), null);
  await change(web, id, { 'keywords/auto-newsletter': true });
  assert.equal(await wordOn(web, 'a@shop.example'), true);
  await change(web, id, { keywords: { $seen: true } });
  assert.equal(await wordOn(web, 'a@shop.example'), false);
  await change(web, id, { 'keywords/auto-newsletter': null });
  assert.equal(await wordOn(web, 'a@shop.example'), false);
});

test('taking an automatic tag off and putting it back, by hand or by a rule, teaches nothing', async t => {
  const web = await openTestWeb(t);
  const text = letter('a@shop.example', 'News');
  const email = newEmail(text, web.account, web.clock);
  const reasons = [{ tag: 'auto-newsletter', rule: 'structure:unsubscribe', text: '' }];
  const tags = { roles: ['inbox'], tagIds: [], keywords: ['auto-newsletter'], reasons } as const;
  const id = await web.deliver(text, {
    keywords: ['auto-newsletter'],
    findings: { ...email.findings, tags },
  });
  const originOf = async () =>
    (await web.ask('Email/get', { ids: [id], properties: ['tagReasons'] })).list[0].tagReasons[0]?.origin;
  await change(web, id, { 'keywords/auto-newsletter': null });
  assert.equal(await wordOn(web, 'a@shop.example'), false);
  await change(web, id, { 'keywords/auto-newsletter': true });
  assert.equal(await wordOn(web, 'a@shop.example'), null);
  const conditions = [{ subject: 'field', operator: 'is', field: 'Subject', value: 'News' }];
  const rule = { conditions, actions: { removeTags: ['auto-newsletter'] } };
  const made = await web.ask('TagRule/set', { create: { rule } });
  const { undo } = await web.ask('TagRule/apply', { ids: [made.created.rule.id] });
  assert.equal(await originOf(), undefined);
  await web.ask('Email/set', { update: undo });
  assert.deepEqual([await originOf(), await wordOn(web, 'a@shop.example')], ['structure', null]);
});

test('tags that go with a message that is thrown away teach nothing', async t => {
  const web = await openTestWeb(t);
  const made = await web.ask('Mailbox/set', { create: { tag: { name: 'School' } } });
  const tagId: string = made.created.tag.id;
  const trash = await web.mailbox('trash');
  const inbox = await web.mailbox('inbox');
  const ids: string[] = [];
  for (let n = 0; n < minExamples; n++) {
    const id = await web.deliver(letter('t@school.example', `School ${n}`));
    await change(web, id, { [`mailboxIds/${tagId}`]: true });
    ids.push(id);
  }
  const examples = async () => (await memoryOf(web)).models.get(tagId)?.examples;
  assert.equal(await examples(), minExamples);
  const [first = '', second = '', third = ''] = ids;
  await change(web, first, {
    [`mailboxIds/${inbox}`]: null,
    [`mailboxIds/${tagId}`]: null,
    [`mailboxIds/${trash}`]: true,
  });
  await change(web, second, { mailboxIds: { [await web.mailbox('archive')]: true } });
  assert.equal(await examples(), minExamples);
  await change(web, third, { [`mailboxIds/${tagId}`]: null });
  assert.equal(await examples(), minExamples - 1);
});

test('a state that can’t be read is begun anew, and stops no act', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(letter('a@shop.example', 'News'), { keywords: ['auto-newsletter'] });
  await web.store.putAccountState(web.account.id, 'tags', Buffer.from('{"version":9'), null);
  await change(web, id, { 'keywords/auto-newsletter': null, 'keywords/$flagged': true });
  const { list } = await web.ask('Email/get', { ids: [id], properties: ['keywords'] });
  assert.deepEqual(list[0].keywords, { $flagged: true });
  assert.equal(await wordOn(web, 'a@shop.example'), false);
});

test('what was learned is forgotten when its owner wants it', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(letter('a@shop.example', 'News'));
  await change(web, id, { 'keywords/auto-newsletter': true, 'keywords/$flagged': true });
  const names = ['tags', 'importance'];
  const states = () => Promise.all(names.map(name => web.store.getAccountState(web.account.id, name)));
  assert.ok((await states()).every(state => state !== null));
  await web.ask('Learned/forget', { names });
  assert.deepEqual(await states(), [null, null]);
  await web.ask('Learned/forget', { names });
  assert.equal(await web.refuse('Learned/forget', { names: ['scripts'] }), 'invalidArguments');
  await change(web, id, { 'keywords/auto-newsletter': null });
  assert.equal(await wordOn(web, 'a@shop.example'), false);
});
