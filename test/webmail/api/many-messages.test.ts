import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  actOn,
  type Chosen,
  countMessages,
  destroyMany,
  idsOfDiscussions,
  idsOfList,
  loadChangeables,
  type Progress,
  takeBack,
} from '../../../webmail/ui/batch.ts';
import { type Client, RequestError } from '../../../webmail/ui/client.ts';
import type { Asking } from '../../../webmail/ui/mail.ts';
import { changeTag, deleteTag, makeTag, restoreTag, TagRefused } from '../../../webmail/ui/manage-tags.ts';
import { capabilities, type Invocation, type JmapResponse, type Mailbox } from '../../../webmail/wire.ts';
import { openTestWeb, type TestWeb } from './web.ts';

/** More than one call to the server takes. */
const count = 620;

/** The webmail's client over this door; `onCall` sees each request, and may break the connection. */
function askingOf(web: TestWeb, onCall: (calls: readonly Invocation[]) => void = () => {}): Asking {
  const call: Client['call'] = async calls => {
    onCall(calls);
    const body = JSON.stringify({ using: Object.values(capabilities), methodCalls: calls });
    const headers = { 'content-type': 'application/json' };
    const response = await web.fetch('/jmap', { method: 'POST', headers, body });
    const { methodResponses } = (await response.json()) as JmapResponse;
    for (const [name, args] of methodResponses)
      if (name === 'error') throw new RequestError(200, String(args.type));
    return Object.fromEntries(methodResponses.map(([, args, id]) => [id, args]));
  };
  return { client: { call } as Client, accountId: web.account.id };
}

const quiet: Progress = { tell() {}, isStopped: () => false };
const chosenOf = (ids: readonly string[]): Chosen[] => ids.map(id => ({ id, key: id }));

async function tagsOf(web: TestWeb): Promise<readonly Mailbox[]> {
  return (await web.ask('Mailbox/get', { ids: null })).list;
}

async function deliverMany(web: TestWeb, many = count): Promise<string[]> {
  const ids: string[] = [];
  for (let place = 0; place < many; place++) {
    const text = `From: writer${place % 3}@example.net\nTo: owner@example.org\nSubject: number ${place}\n\nx\n`;
    ids.push(await web.deliver(text, { keywords: place % 2 === 0 ? ['$seen'] : [] }));
  }
  return ids;
}

async function portrait(asking: Asking, ids: readonly string[]) {
  const emails = await loadChangeables(asking, ids);
  return new Map(emails.map(({ id, keywords, mailboxIds }) => [id, { keywords, mailboxIds }]));
}

test('a long list is put away whole, batch by batch, and all of it comes back as it was', async t => {
  const web = await openTestWeb(t);
  const asking = askingOf(web);
  const delivered = await deliverMany(web);
  const inbox = [{ inMailbox: await web.mailbox('inbox') }];
  assert.equal(await countMessages(asking, inbox), count);
  const ids = await idsOfList(asking, inbox, quiet);
  assert.deepEqual(ids, delivered.toReversed());
  const before = await portrait(asking, ids);

  const told: [number, number | null][] = [];
  const progress: Progress = { ...quiet, tell: (done, total) => void told.push([done, total]) };
  const tags = await tagsOf(web);
  const outcome = await actOn(asking, chosenOf(ids), { act: 'archive', tags, progress });
  assert.deepEqual([outcome.done, outcome.failed], [count, []]);
  assert.deepEqual(told, [
    [500, count],
    [count, count],
  ]);
  assert.equal(await countMessages(asking, inbox), 0);

  assert.equal((await takeBack(asking, outcome.undo, quiet)).done, count);
  assert.deepEqual(await portrait(asking, ids), before);

  const read = await actOn(asking, chosenOf(ids), { act: 'read', tags, progress: quiet });
  assert.equal(
    read.done,
    count / 2,
    'what was read already is not counted, and not marked unread by the undo',
  );
  await takeBack(asking, read.undo, quiet);
  assert.deepEqual(await portrait(asking, ids), before);
});

test('a connection that breaks in between: what was done is told and can be undone, the rest stays chosen', async t => {
  const web = await openTestWeb(t);
  const ids = await deliverMany(web);
  let changes = 0;
  const asking = askingOf(web, ([first]) => {
    if (first?.[0] === 'Email/set' && ++changes === 2) throw new RequestError(0);
  });
  const tags = await tagsOf(web);
  const outcome = await actOn(asking, chosenOf(ids), { act: 'trash', tags, progress: quiet });
  assert.equal(outcome.done, 500);
  assert.deepEqual(
    outcome.failed.map(({ id }) => id),
    ids.slice(500),
  );
  await takeBack(asking, outcome.undo, quiet);
  assert.equal(await countMessages(asking, [{ inMailbox: await web.mailbox('inbox') }]), count);
  changes = 1;
  await assert.rejects(actOn(asking, chosenOf(ids), { act: 'trash', tags, progress: quiet }), RequestError);
});

test('work stops between two batches', async t => {
  const web = await openTestWeb(t);
  const asking = askingOf(web);
  const ids = await deliverMany(web);
  let isStopped = false;
  const progress: Progress = {
    tell: () => {
      isStopped = true;
    },
    isStopped: () => isStopped,
  };
  const outcome = await actOn(asking, chosenOf(ids), { act: 'junk', tags: await tagsOf(web), progress });
  assert.deepEqual([outcome.done, outcome.failed], [500, []]);
});

test('messages of discussions are those in the list at hand; what is gone is no failure', async t => {
  const web = await openTestWeb(t);
  const asking = askingOf(web);
  const ids = await deliverMany(web, 9);
  const inbox = [{ inMailbox: await web.mailbox('inbox') }];
  const { list } = await web.ask('Email/get', { ids, properties: ['discussionId'] });
  const keys = [...new Set<string>(list.map((email: { discussionId: string }) => email.discussionId))];
  assert.equal(keys.length, 3);
  const tags = await tagsOf(web);
  const [first = ''] = ids;
  await actOn(asking, chosenOf([first]), { act: 'archive', tags, progress: quiet });
  const chosen = await idsOfDiscussions(asking, keys, inbox);
  assert.deepEqual(chosen.map(({ id }) => id).sort(), ids.slice(1).sort());
  assert.deepEqual(new Set(chosen.map(({ key }) => key)), new Set(keys));
  const destroyed = await destroyMany(asking, chosenOf([first]), quiet);
  assert.equal(destroyed.done, 1);
  const outcome = await actOn(asking, chosenOf(ids), { act: 'unread', tags, progress: quiet });
  assert.deepEqual([outcome.done, outcome.failed], [4, []]);
});

test('a tag is deleted without deleting mail, and comes back with all that it had', async t => {
  const web = await openTestWeb(t);
  const asking = askingOf(web);
  const ids = await deliverMany(web);
  const boat = await makeTag(asking, { name: 'Boat', colour: '#12857e' });
  const sail = await makeTag(asking, { name: 'Sail', parentId: boat });
  await web.ask('TagRule/set', {
    create: { r: { subject: 'sender', value: '@example.net', mailboxId: boat } },
  });
  const view = { name: 'Boats', list: { kind: 'tag', id: boat }, filter: { isUnread: true } };
  await web.ask('View/set', { create: { v: view } });
  await actOn(asking, chosenOf(ids), {
    act: { tagId: boat, isAdded: true },
    tags: await tagsOf(web),
    progress: quiet,
  });
  // Every third message has this tag alone.
  const alone = ids.filter((_, place) => place % 3 === 0).slice(0, 200);
  const inbox = await web.mailbox('inbox');
  await web.ask('Email/set', {
    update: Object.fromEntries(alone.map(id => [id, { [`mailboxIds/${inbox}`]: null }])),
  });
  const before = await portrait(asking, ids);

  const { list } = await web.ask('Mailbox/get', {
    ids: [boat],
    properties: ['name', 'role', 'parentId', 'colour', 'sortOrder', 'totalEmails'],
  });
  const removed = await deleteTag(asking, list[0], { tags: await tagsOf(web), progress: quiet });
  assert.equal(removed.isWhole, true);
  const tags = await tagsOf(web);
  assert.equal(
    tags.some(tag => tag.id === boat),
    false,
  );
  assert.equal(tags.find(tag => tag.id === sail)?.parentId, null);
  assert.equal(await countMessages(asking, []), count);
  assert.equal(await countMessages(asking, [{ inMailbox: await web.mailbox('archive') }]), alone.length);
  assert.deepEqual((await web.ask('TagRule/get', {})).list, []);
  assert.deepEqual((await web.ask('View/get', {})).list, []);

  assert.equal(await restoreTag(asking, removed, quiet), 0);
  const back = (await web.ask('Mailbox/get', { ids: null, properties: ['name', 'colour', 'parentId'] })).list;
  const again = back.find((tag: Mailbox) => tag.name === 'Boat');
  assert.equal(again.colour, '#12857e');
  assert.equal(back.find((tag: Mailbox) => tag.id === sail).parentId, again.id);
  const renamed = new Map(
    [...before].map(([id, { keywords, mailboxIds }]) => {
      const { [boat]: _old, ...others } = mailboxIds;
      return [id, { keywords, mailboxIds: { ...others, [again.id]: true } }] as const;
    }),
  );
  assert.deepEqual(await portrait(asking, ids), renamed);
  assert.equal((await web.ask('TagRule/get', {})).list[0].mailboxId, again.id);
  assert.deepEqual((await web.ask('View/get', {})).list[0].list, { kind: 'tag', id: again.id });
});

test('a name that is taken is refused by name', async t => {
  const web = await openTestWeb(t);
  const asking = askingOf(web);
  const boat = await makeTag(asking, { name: 'Boat' });
  await makeTag(asking, { name: 'Sail' });
  const isTaken = (error: unknown) =>
    error instanceof TagRefused && error.type === 'alreadyExists' && error.tagName === 'Sail';
  await assert.rejects(makeTag(asking, { name: 'Sail' }), isTaken);
  await assert.rejects(changeTag(asking, { id: boat, name: 'Boat' }, { name: 'Sail' }), isTaken);
  await assert.rejects(
    changeTag(asking, { id: boat, name: 'Boat' }, { parentId: boat }),
    (error: unknown) => error instanceof TagRefused && error.type === 'invalidProperties',
  );
});
