import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DeliveryError } from '../../../delivery/errors.ts';
import { openTestWeb, type TestWeb } from './web.ts';

async function get(web: TestWeb, id: string, properties: string[]) {
  const { list } = await web.ask('Email/get', { ids: [id], properties });
  return list[0];
}

test('§4.6 keywords and mailboxes are changed as a whole or by pointer', async t => {
  const web = await openTestWeb(t);
  const [inbox, trash] = [await web.mailbox('inbox'), await web.mailbox('trash')];
  const id = await web.deliver('Subject: a\n\nx\n');
  await web.ask('Email/set', { update: { [id]: { 'keywords/$Seen': true, 'keywords/Note~1x': true } } });
  assert.deepEqual((await get(web, id, ['keywords'])).keywords, { $seen: true, 'note/x': true });
  await web.ask('Email/set', { update: { [id]: { 'keywords/$seen': null, [`mailboxIds/${trash}`]: true } } });
  const moved = await get(web, id, ['keywords', 'mailboxIds']);
  assert.deepEqual(moved.keywords, { 'note/x': true });
  assert.deepEqual(moved.mailboxIds, { [inbox]: true, [trash]: true });
  const done = await web.ask('Email/set', {
    update: { [id]: { keywords: {}, mailboxIds: { [trash]: true }, subject: 'a', id } },
  });
  assert.deepEqual(done.updated, { [id]: null });
  assert.deepEqual((await get(web, id, ['mailboxIds'])).mailboxIds, { [trash]: true });
});

test('§4.6 what cannot be is refused for that email alone', async t => {
  const web = await openTestWeb(t);
  const inbox = await web.mailbox('inbox');
  const good = await web.deliver('Subject: good\n\nx\n');
  const cases: [Record<string, unknown>, string][] = [
    [{ mailboxIds: {} }, 'invalidProperties'],
    [{ [`mailboxIds/${inbox}`]: null }, 'invalidProperties'],
    [{ 'mailboxIds/none': true }, 'invalidProperties'],
    [{ mailboxIds: { none: true } }, 'invalidProperties'],
    [{ keywords: { $seen: false } }, 'invalidProperties'],
    [{ 'keywords/a b': true }, 'invalidProperties'],
    [{ 'keywords/$seen': 1 }, 'invalidProperties'],
    [{ subject: 'other' }, 'invalidProperties'],
    [{ nothing: 1 }, 'invalidProperties'],
    [{ keywords: {}, 'keywords/$seen': true }, 'invalidPatch'],
    [{ 'subject/x': 1 }, 'invalidPatch'],
    [{ 'keywords/a/b': true }, 'invalidPatch'],
  ];
  for (const [patch, type] of cases) {
    const bad = await web.deliver('Subject: bad\n\nx\n');
    const answer = await web.ask('Email/set', {
      update: { [bad]: patch, [good]: { 'keywords/$flagged': true }, none: {} },
    });
    assert.equal(answer.notUpdated[bad]?.type, type, JSON.stringify(patch));
    assert.deepEqual(answer.updated, { [good]: null });
    assert.equal(answer.notUpdated.none.type, 'notFound');
  }
});

test('§4.6 destroying', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver('Subject: a\n\nx\n');
  const other = await web.deliver('Subject: b\n\nx\n');
  const answer = await web.ask('Email/set', {
    destroy: [id, 'none'],
    update: { [id]: { 'keywords/$seen': true }, [other]: { 'keywords/$seen': true } },
  });
  assert.deepEqual(answer.destroyed, [id]);
  assert.equal(answer.notDestroyed.none.type, 'notFound');
  assert.equal(answer.notUpdated[id].type, 'willDestroy');
  assert.deepEqual((await web.ask('Email/get', { ids: [id] })).notFound, [id]);
});

test('§4.6 an email is made of its properties', async t => {
  const web = await openTestWeb(t);
  const drafts = await web.mailbox('drafts');
  const init = {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: Buffer.from([1, 2, 3, 255]),
  };
  const { blobId } = await (await web.fetch(`/jmap/upload/${web.account.id}/`, init)).json();
  const answer = await web.ask('Email/set', {
    create: {
      draft: {
        mailboxIds: { [drafts]: true },
        keywords: { $draft: true, $seen: true },
        from: [{ name: 'Owner Ö', email: 'owner@example.org' }],
        to: [{ name: null, email: 'ada@example.net' }],
        subject: 'Grüße 😀',
        'header:X-Note:asText': 'one\u00e9',
        textBody: [{ partId: 't', type: 'text/plain' }],
        htmlBody: [{ partId: 'h', type: 'text/html' }],
        bodyValues: { t: { value: 'Grüße\nzwei' }, h: { value: '<p>Grüße <img src="cid:p1"></p>' } },
        attachments: [
          { blobId, type: 'image/png', name: 'pic\u00fc.png', disposition: 'inline', cid: 'p1' },
          { blobId, type: 'image/png', name: 'b.png' },
        ],
      },
    },
  });
  const made = answer.created.draft;
  assert.deepEqual(Object.keys(made).sort(), ['blobId', 'id', 'size', 'threadId']);
  const { list } = await web.ask('Email/get', {
    ids: [made.id],
    properties: [
      'subject',
      'from',
      'keywords',
      'mailboxIds',
      'messageId',
      'sentAt',
      'header:X-Note:asText',
      'bodyStructure',
      'bodyValues',
      'textBody',
      'htmlBody',
      'attachments',
      'hasAttachment',
    ],
    fetchAllBodyValues: true,
  });
  const [email] = list;
  assert.equal(email.subject, 'Grüße 😀');
  assert.deepEqual(email.from, [{ name: 'Owner Ö', email: 'owner@example.org' }]);
  assert.equal(email['header:X-Note:asText'], 'oneé');
  assert.deepEqual(email.keywords, { $draft: true, $seen: true });
  assert.equal(email.messageId.length, 1);
  assert.ok(email.sentAt);
  assert.equal(email.bodyStructure.type, 'multipart/mixed');
  assert.equal(email.bodyStructure.subParts[0].type, 'multipart/alternative');
  assert.equal(email.bodyStructure.subParts[0].subParts[1].type, 'multipart/related');
  assert.equal(email.bodyValues[email.textBody[0].partId].value, 'Grüße\nzwei');
  assert.deepEqual(
    email.attachments.map((part: { name: string }) => part.name),
    ['picü.png', 'b.png'],
  );
  assert.equal(email.hasAttachment, true);
});

test('§4.6 a body may be given as a structure', async t => {
  const web = await openTestWeb(t);
  const mailboxIds = { [await web.mailbox('drafts')]: true };
  const { created } = await web.ask('Email/set', {
    create: {
      a: {
        mailboxIds,
        subject: 's',
        bodyStructure: {
          type: 'multipart/alternative',
          subParts: [
            { partId: '1', type: 'text/plain', 'header:X-Part': ' yes' },
            { partId: '2', type: 'text/html' },
          ],
        },
        bodyValues: { 1: { value: 'plain' }, 2: { value: '<b>rich</b>' } },
      },
    },
  });
  const email = await get(web, created.a.id, ['bodyStructure']);
  assert.deepEqual(
    email.bodyStructure.subParts.map((part: { type: string }) => part.type),
    ['text/plain', 'text/html'],
  );
});

test('§4.6 what an email cannot be made of', async t => {
  const web = await openTestWeb(t);
  const mailboxIds = { [await web.mailbox('drafts')]: true };
  const create: Record<string, Record<string, unknown>> = {
    noMailbox: { subject: 'x' },
    emptyMailboxes: { mailboxIds: {} },
    unknownMailbox: { mailboxIds: { none: true } },
    unknown: { mailboxIds, nothing: 1 },
    server: { mailboxIds, threadId: 'x' },
    headers: { mailboxIds, headers: [] },
    twice: { mailboxIds, subject: 'a', 'header:subject:asText': 'b' },
    content: { mailboxIds, 'header:Content-Type': ' text/html' },
    wrongForm: { mailboxIds, 'header:From:asText': 'x' },
    wrongValue: { mailboxIds, from: 'x' },
    injection: { mailboxIds, 'header:X-A': ' a\r\nBcc: victim@example.net' },
    addressInjection: { mailboxIds, to: [{ name: null, email: 'a@example.net>\r\nBcc: <b@example.net' }] },
    bothBodies: {
      mailboxIds,
      bodyStructure: { partId: '1' },
      textBody: [{ partId: '1' }],
      bodyValues: { 1: { value: '' } },
    },
    missingValue: { mailboxIds, textBody: [{ partId: '1', type: 'text/plain' }] },
    truncated: {
      mailboxIds,
      textBody: [{ partId: '1' }],
      bodyValues: { 1: { value: '', isTruncated: true } },
    },
    wrongType: {
      mailboxIds,
      htmlBody: [{ partId: '1', type: 'text/plain' }],
      bodyValues: { 1: { value: '' } },
    },
    twoTexts: { mailboxIds, textBody: [{ partId: '1' }, { partId: '1' }], bodyValues: { 1: { value: '' } } },
    charset: { mailboxIds, textBody: [{ partId: '1', charset: 'utf-8' }], bodyValues: { 1: { value: '' } } },
    encoding: {
      mailboxIds,
      textBody: [{ partId: '1', 'header:Content-Transfer-Encoding': ' 8bit' }],
      bodyValues: { 1: { value: '' } },
    },
  };
  const { notCreated, created } = await web.ask('Email/set', { create });
  assert.equal(created, null);
  for (const key of Object.keys(create)) assert.equal(notCreated[key].type, 'invalidProperties', key);
  const blob = await web.ask('Email/set', {
    create: { a: { mailboxIds, attachments: [{ blobId: 'none', type: 'image/png' }] } },
  });
  assert.deepEqual(blob.notCreated.a, { type: 'blobNotFound', notFound: ['none'] });
});

test('§4.8 octets are imported once', async t => {
  const web = await openTestWeb(t);
  const mailboxIds = { [await web.mailbox('archive')]: true };
  const init = { method: 'POST', body: 'Subject: imported\r\n\r\nhello\r\n' };
  const { blobId } = await (await web.fetch(`/jmap/upload/${web.account.id}/`, init)).json();
  const email = { blobId, mailboxIds, keywords: { $seen: true }, receivedAt: '2020-01-02T03:04:05Z' };
  const first = await web.ask('Email/import', { emails: { a: email } });
  const { id } = first.created.a;
  const stored = await get(web, id, ['subject', 'receivedAt', 'keywords', 'blobId']);
  assert.deepEqual([stored.subject, stored.receivedAt], ['imported', '2020-01-02T03:04:05Z']);
  const again = await web.ask('Email/import', { emails: { a: email } });
  assert.deepEqual(again.notCreated.a, { type: 'alreadyExists', existingId: id });
  await web.ask('Email/set', { destroy: [id] });
  const back = await web.ask('Email/import', { emails: { a: email } });
  assert.ok(back.created.a.id);
  const dated = {
    method: 'POST',
    body: 'Received: by a.example; Sun, 1 Mar 2026 10:00:00 +0000\r\nSubject: b\r\n\r\n',
  };
  const other = await (await web.fetch(`/jmap/upload/${web.account.id}/`, dated)).json();
  const { created } = await web.ask('Email/import', { emails: { a: { blobId: other.blobId, mailboxIds } } });
  assert.equal((await get(web, created.a.id, ['receivedAt'])).receivedAt, '2026-03-01T10:00:00Z');
  const wrong = await web.ask('Email/import', {
    emails: {
      a: { blobId: 'none', mailboxIds },
      b: { blobId, mailboxIds: {} },
      c: { blobId },
      d: { blobId, mailboxIds, receivedAt: 'yesterday' },
    },
  });
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map(key => wrong.notCreated[key].type),
    ['invalidProperties', 'invalidProperties', 'invalidProperties', 'invalidProperties'],
  );
});

test('§4.7 copying goes between two accounts, and there is one', async t => {
  const web = await openTestWeb(t);
  const { id } = web.account;
  assert.equal(await web.refuse('Email/copy', { fromAccountId: 'x', create: {} }), 'fromAccountNotFound');
  assert.equal(await web.refuse('Email/copy', { fromAccountId: id, create: {} }), 'invalidArguments');
});

test('§4.3 changes tell created, updated and destroyed emails', async t => {
  const web = await openTestWeb(t);
  const a = await web.deliver('Subject: a\n\nx\n');
  const { state } = await web.ask('Email/get', { ids: [] });
  const b = await web.deliver('Subject: b\n\nx\n');
  await web.ask('Email/set', { update: { [a]: { 'keywords/$seen': true } } });
  const changes = await web.ask('Email/changes', { sinceState: state });
  assert.deepEqual([changes.created, changes.updated, changes.destroyed], [[b], [a], []]);
  await web.ask('Email/set', { destroy: [a] });
  const more = await web.ask('Email/changes', { sinceState: changes.newState });
  assert.deepEqual([more.created, more.updated, more.destroyed], [[], [], [a]]);
  const none = await web.ask('Email/changes', { sinceState: more.newState });
  assert.equal(none.newState, more.newState);
  assert.equal(none.hasMoreChanges, false);
});

test('§5.3 ifInState holds for emails', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver('Subject: a\n\nx\n');
  const update = { [id]: { 'keywords/$seen': true } };
  assert.equal(await web.refuse('Email/set', { ifInState: 'other', update }), 'stateMismatch');
  const { state } = await web.ask('Email/get', { ids: [] });
  const answer = await web.ask('Email/set', { ifInState: state, update });
  assert.deepEqual(answer.updated, { [id]: null });
});

test('names that objects inherit are plain names', async t => {
  const web = await openTestWeb(t);
  const mailboxIds = { [await web.mailbox('drafts')]: true };
  const create = JSON.parse(`{"__proto__": ${JSON.stringify({ mailboxIds, subject: 'x' })}}`);
  const answer = await web.ask('Email/set', { create });
  const made = Object.getOwnPropertyDescriptor(answer.created, '__proto__')?.value;
  const update = { [made.id]: JSON.parse('{"keywords": {"__proto__": true, "constructor": true}}') };
  assert.ok((await web.ask('Email/set', { update })).updated);
  const { keywords } = await get(web, made.id, ['keywords']);
  assert.deepEqual(Object.keys(keywords).sort(), ['__proto__', 'constructor']);
  assert.equal(await web.refuse('Email/get', { ids: [], properties: ['constructor'] }), 'invalidArguments');
  assert.equal(await web.refuse('Email/query', { filter: { constructor: 'x' } }), 'unsupportedFilter');
  assert.equal(await web.refuse('Email/query', { sort: [{ property: 'toString' }] }), 'unsupportedSort');
});

test('§4.6 false in a patch of a set takes out, as null does; in a whole set it is invalid', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver('Subject: x\n\nx\n', { keywords: ['$draft', '$seen'] });
  await web.ask('Email/set', { update: { [id]: { 'keywords/$draft': false } } });
  const [email] = (await web.ask('Email/get', { ids: [id], properties: ['keywords'] })).list;
  assert.deepEqual(email.keywords, { $seen: true });
  const whole = await web.ask('Email/set', { update: { [id]: { keywords: { $seen: false } } } });
  assert.deepEqual(whole.notUpdated[id].properties, ['keywords']);
});

test('§4.6 an email may be sent back as it was given, with what it says anew', async t => {
  const web = await openTestWeb(t);
  const id = await web.deliver(
    'From: a@example.net\nSubject: whole\nContent-Type: multipart/mixed; boundary=b\n\n' +
      '--b\nContent-Type: text/plain\n\ntext\n--b\nContent-Type: image/png\n\nx\n--b--\n',
  );
  const [email] = (await web.ask('Email/get', { ids: [id], fetchAllBodyValues: true })).list;
  const update = { [id]: { ...email, keywords: { $seen: true } } };
  assert.deepEqual((await web.ask('Email/set', { update })).updated, { [id]: null });
  const forged = { [id]: { ...email, subject: 'other', textBody: [], size: 1 } };
  const { notUpdated } = await web.ask('Email/set', { update: forged });
  assert.deepEqual(notUpdated[id].properties.sort(), ['size', 'subject', 'textBody']);
});

/** Whoever asks from now on is disturbed by others each time, as soon as this email's findings are changed. */
function disturbing({ store }: TestWeb, t: TestContext, emailId: string, onRound?: (round: number) => void) {
  const change = store.changeEmails.bind(store);
  let rounds = 0;
  t.mock.method(store, 'changeEmails', async (...[accountId, changes]: Parameters<typeof change>) => {
    onRound?.(++rounds);
    const others = changes.filter(one => one.emailId !== emailId);
    const outcomes = await change(accountId, others);
    return changes.map(
      one => outcomes[others.indexOf(one)] ?? { emailId: one.emailId, status: 'disturbed' as const },
    );
  });
}

for (const isFailing of [false, true]) {
  const why = isFailing ? 'whose second try the store refuses' : 'that others change each time';
  test(`§4.6 an email ${why} is told alone, and what was done is learned`, async t => {
    const web = await openTestWeb(t);
    const inbox = await web.mailbox('inbox');
    const one = await web.deliver('From: a@example.net\nSubject: one\n\nx\n');
    const two = await web.deliver('From: b@example.net\nSubject: two\n\nx\n');
    const three = await web.deliver('From: c@example.net\nSubject: three\n\nx\n');
    disturbing(web, t, one, round => {
      if (isFailing && round > 1) throw new DeliveryError('storeUnavailable', 'the store has gone');
    });
    const done = await web.ask('Email/set', {
      create: { draft: { mailboxIds: { [inbox]: true }, subject: 'draft' } },
      update: { [one]: { importance: 9 }, [two]: { 'keywords/$junk': true, importance: -5 } },
      destroy: [three],
    });
    assert.equal(done.notUpdated[one].type, 'serverUnavailable');
    assert.deepEqual([done.updated, done.destroyed], [{ [two]: null }, [three]]);
    assert.ok(done.created.draft.id);
    assert.ok(await web.store.getAccountState(web.account.id, 'importance'));
    assert.equal((await get(web, one, ['importance'])).importance, 0);
  });
}
