import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeIndex } from '../../../delivery/privacy/index.ts';
import { setImportanceMeanwhile } from '../../support/meanwhile.ts';
import { makePerson } from '../../support/openpgp-mail.ts';
import { openWebSession } from '../../support/web-session.ts';
import { type Answer, newEmail, openTestWeb, password, type TestWeb } from './web.ts';

const facts = {
  encryption: 'none',
  lastHop: 'modern',
  sender: 'dmarc',
  tracking: 'clean',
  remoteContent: 'absent',
  audience: 1,
  subject: 'open',
  known: 0,
  weakestContact: 0,
  custody: 'open',
  storage: 'clear',
} as const;

async function deliverJudged(
  web: TestWeb,
  more: Record<string, unknown> = {},
  role: 'inbox' | 'junk' = 'inbox',
) {
  const text = 'From: Ada <ada@example.net>\nTo: owner@example.org\nSubject: judged\n\nx\n';
  const email = newEmail(text, web.account, web.clock);
  const all = { ...facts, ...more };
  return web.deliver('', {
    ...email,
    tags: [{ role }],
    findings: { ...email.findings, facts: all },
    index: computeIndex('message', all),
  });
}

test('privacy gives the index fact by fact, privacyBrief its light form', async t => {
  const web = await openTestWeb(t);
  const id = await deliverJudged(web);
  const { list } = await web.ask('Email/get', { ids: [id], properties: ['privacy', 'privacyBrief'] });
  const [{ privacy, privacyBrief }] = list;
  assert.equal(privacy.subject, 'message');
  assert.equal(privacy.facts.length, 14);
  assert.ok(privacy.facts[0].evidence.fr && privacy.facts[0].evidence.en);
  const { value, level, upTo } = privacy;
  assert.deepEqual(privacyBrief, { value, level, upTo, marks: [], sealed: false });
  const other = await web.deliver('Subject: not judged\n\nx\n');
  const unknown = await web.ask('Email/get', { ids: [other], properties: ['privacyBrief'] });
  assert.equal(unknown.list[0].privacyBrief.value, null);
});

test('spam, forgery and harm are marks that come before any letter', async t => {
  const web = await openTestWeb(t);
  const marksOf = async (id: string) =>
    (await web.ask('Email/get', { ids: [id], properties: ['privacyBrief'] })).list[0].privacyBrief.marks;
  assert.deepEqual(await marksOf(await deliverJudged(web, {}, 'junk')), ['spam']);
  assert.deepEqual(await marksOf(await deliverJudged(web, { sender: 'failed', forged: true })), ['forged']);
  assert.deepEqual(await marksOf(await deliverJudged(web, { harmful: true }, 'junk')), ['harmful', 'spam']);
});

test('properties and conditions of ours need their capability', async t => {
  const web = await openTestWeb(t);
  const id = await deliverJudged(web);
  const ask = async (name: string, args: object) => {
    const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'];
    const methodCalls = [[name, { accountId: web.account.id, ...args }, 'a']];
    const body = JSON.stringify({ using, methodCalls });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    return (await (await web.fetch('/jmap', init)).json()).methodResponses[0];
  };
  assert.equal((await ask('Email/get', { ids: [id], properties: ['privacy'] }))[1].type, 'invalidArguments');
  assert.equal((await ask('Email/query', { filter: { level: 'C' } }))[1].type, 'unsupportedFilter');
  const plain = await ask('Email/get', { ids: [id] });
  assert.equal(plain[1].list[0].privacy, undefined);
});

test('emails are found by level', async t => {
  const web = await openTestWeb(t);
  const id = await deliverJudged(web);
  const { list } = await web.ask('Email/get', { ids: [id], properties: ['privacyBrief'] });
  const { level } = list[0].privacyBrief;
  assert.deepEqual((await web.ask('Email/query', { filter: { level } })).ids, [id]);
  assert.deepEqual((await web.ask('Email/query', { filter: { level: 'A' } })).ids, []);
  assert.equal(await web.refuse('Email/query', { filter: { level: 'F' } }), 'invalidArguments');
});

test('what is typed finds emails by the names of tags, as they are and in either language', async t => {
  const web = await openTestWeb(t);
  const create = { t: { name: 'Été à la mer' } };
  const { created } = await web.ask('Mailbox/set', { create });
  const inbox = await deliverJudged(web);
  const tagged = await deliverJudged(web);
  await web.ask('Email/set', { update: { [tagged]: { mailboxIds: { [created.t.id]: true } } } });
  const find = async (query: string) => (await web.ask('Email/query', { filter: { query } })).ids;
  assert.deepEqual(await find('dans:réception'), [inbox]);
  assert.deepEqual(await find('-in:inbox'), [tagged]);
  assert.deepEqual(await find('in:"ete a la mer"'), [tagged]);
  assert.deepEqual(await find('étiquette:"Été à la mer" in:inbox'), []);
  assert.deepEqual(await find('in:"nobody’s"'), []);
});

test('the words of the index come in both languages', async t => {
  const web = await openTestWeb(t);
  const { list } = await web.ask('Privacy/words', { accountId: undefined, subjects: ['message'] });
  assert.equal(list.length, 1);
  assert.equal(list[0].facts.length, 14);
  assert.ok(list[0].ceilings[0].why.fr);
});

test('only the web session reports what a browser found, on sealed mail alone', async t => {
  const web = await openTestWeb(t);
  const open = await deliverJudged(web);
  await web.store.updateAccount(web.account.id, { custody: 'client' });
  const { encryption, tracking: _tracking, ...others } = { ...facts, encryption: 'strong' as const };
  const email = newEmail('From: ada@example.net\n\narmor\n', web.account, web.clock);
  const known = { encryption, ...others };
  const id = await web.deliver('', {
    ...email,
    sealed: true,
    findings: { ...email.findings, facts: known },
    index: computeIndex('message', known),
  });
  const report = { emailId: id, facts: { tracking: 'clean', signature: 'verified' } };
  assert.equal(await web.refuse('Privacy/report', report), 'forbidden');
  const signedIn = await fetch(`${web.origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ address: 'owner@example.org', password }),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const call = async (args: object) => {
    const response = await fetch(`${web.origin}/jmap`, {
      method: 'POST',
      headers: { cookie, 'x-caliopen': '1', 'content-type': 'application/json' },
      body: JSON.stringify({
        using: ['urn:caliopen:params:jmap:privacy'],
        methodCalls: [['Privacy/report', { accountId: web.account.id, ...args }, 'a']],
      }),
    });
    return (await response.json()).methodResponses[0];
  };
  setImportanceMeanwhile(t, web.store, { accountId: web.account.id, emailId: id });
  const [name, { privacy }] = await call(report);
  assert.equal(name, 'Privacy/report');
  assert.equal((await web.store.getEmails(web.account.id, [id]))[0]?.findings.importance?.value, 9);
  const tracking = privacy.facts.find((fact: { id: string }) => fact.id === 'tracking');
  assert.deepEqual([tracking.state, tracking.evidence.source], ['yes', 'device']);
  assert.equal((await call({ emailId: open, facts: {} }))[1].type, 'invalidArguments');
  assert.equal((await call({ emailId: id, facts: { encryption: 'strong' } }))[1].type, 'invalidArguments');
});

test('who signed a message that only a device opens is kept, so that the key can be confirmed later', async t => {
  const web = await openTestWeb(t);
  const zoe = await makePerson('zoe@example.net');
  const { source: _source, ...key } = zoe.known('attached');
  await web.store.putPublicKey(web.account.id, { ...key, source: 'attached' });
  const email = newEmail('From: Zoe <Zoe@example.net>\n\narmor\n', web.account, web.clock);
  const closed = {
    ...facts,
    encryption: 'strong',
    signature: 'unknown',
    custody: 'client',
    storage: 'sealed',
  };
  const decrypt = {
    form: 'pgpMime',
    encryption: 'strong',
    signature: 'unknown',
    noIntegrity: false,
    signer: null,
    subject: 'unknown',
    opened: false,
    failure: 'noKey',
    algorithms: [],
  } as const;
  const id = await web.deliver('', {
    ...email,
    findings: { ...email.findings, decrypt, facts: closed },
    index: computeIndex('message', closed),
  });
  const call = await sessionCaller(web);
  const signer = { keyId: zoe.key.fingerprint.slice(-16), fingerprint: zoe.key.fingerprint };
  const found = { signature: 'unknownKey', tracking: 'clean', remoteContent: 'absent', subject: 'protected' };
  const report = (address: string) =>
    call('Privacy/report', { emailId: id, facts: found, signer: { ...signer, address } });
  assert.equal((await report('boss@example.net')).privacy.protection.fingerprint, zoe.key.fingerprint);
  const confirm = { address: 'zoe@example.net', fingerprint: zoe.key.fingerprint, emailId: id };
  const signatureOf = async () => {
    const { list } = await web.ask('Email/get', { ids: [id], properties: ['privacy'] });
    return list[0].privacy.facts.find((fact: { id: string }) => fact.id === 'signature').evidence.value;
  };
  await web.ask('PublicKey/confirm', confirm);
  // The address was not that of From: the key vouches for nobody who could be confirmed.
  assert.equal(await signatureOf(), 'unknownKey');
  await report('zoe@example.net');
  await web.ask('PublicKey/confirm', confirm);
  assert.equal(await signatureOf(), 'verified');
  await web.ask('Privacy/renew', { emailId: id });
  assert.equal(await signatureOf(), 'verified');
});

/** Calls as the owner's web session makes them. */
async function sessionCaller(web: TestWeb): Promise<(method: string, args: object) => Promise<Answer>> {
  const { origin, account } = web;
  const call = await openWebSession({ origin, address: account.address, password, accountId: account.id });
  return async (method, args) => (await call(method, args))[1];
}

test('discussions are listed newest first and give who takes part', async t => {
  const web = await openTestWeb(t);
  const ada = 'From: Ada <ada@example.net>\nTo: owner@example.org\nSubject: ';
  await web.deliver(`${ada}one\n\nx\n`);
  const bob = await web.deliver(
    'From: bob@example.net\nTo: owner@example.org, ada@example.net\nSubject: two\n\nx\n',
  );
  const last = await web.deliver(`${ada}three\n\nx\n`, { keywords: ['$seen'] });
  const { ids, next } = await web.ask('Discussion/query', {});
  assert.equal(ids.length, 2);
  assert.equal(next, null);
  const { list, notFound } = await web.ask('Discussion/get', { ids: [...ids, 'none'] });
  assert.deepEqual(notFound, ['none']);
  assert.deepEqual(
    list.map(({ lastEmailId, totalEmails, unreadEmails }: Record<string, unknown>) => [
      lastEmailId,
      totalEmails,
      unreadEmails,
    ]),
    [
      [last, 2, 1],
      [bob, 1, 1],
    ],
  );
  assert.deepEqual(list[0].participants, [
    { protocol: 'email', address: 'ada@example.net', name: 'Ada', contactId: null },
  ]);
  const { ids: emails } = await web.ask('Email/query', { filter: { discussion: ids[0] } });
  assert.deepEqual([emails.length, emails[0]], [2, last]);
  const { list: shown } = await web.ask('Email/get', { ids: [last], properties: ['discussionId'] });
  assert.equal(shown[0].discussionId, ids[0]);
  const page = await web.ask('Discussion/query', { limit: 1 });
  const second = await web.ask('Discussion/query', { limit: 1, after: page.next });
  assert.deepEqual([...page.ids, ...second.ids], ids);
  const trash = await web.ask('Discussion/query', { filter: { inMailbox: await web.mailbox('trash') } });
  assert.deepEqual(trash.ids, []);
});

test('tag rules are kept, changed and checked', async t => {
  const web = await openTestWeb(t);
  const mailboxId = await web.mailbox('archive');
  const rule = { subject: 'sender', value: 'ada@example.net', mailboxId };
  const made = await web.ask('TagRule/set', {
    create: {
      good: rule,
      field: {
        ...rule,
        subject: 'field',
        field: 'X-Project',
        value: 'moon',
        keywords: ['$Project'],
        skipInbox: true,
      },
      noField: { ...rule, subject: 'field' },
      badLevel: { ...rule, subject: 'level', value: 'Z' },
      noMailbox: { ...rule, mailboxId: 'none' },
      unknown: { ...rule, nothing: 1 },
    },
  });
  assert.deepEqual(Object.keys(made.created).sort(), ['field', 'good']);
  assert.deepEqual(Object.keys(made.notCreated).sort(), ['badLevel', 'noField', 'noMailbox', 'unknown']);
  const { id } = made.created.good;
  await web.ask('TagRule/set', { ifInState: made.newState, update: { [id]: { value: '@example.net' } } });
  const { list, state } = await web.ask('TagRule/get', {});
  const short = ['id', 'subject', 'field', 'value', 'mailboxId', 'keywords', 'skipInbox'];
  const { list: told } = await web.ask('TagRule/get', { properties: short });
  assert.deepEqual(told, [
    { id, subject: 'sender', field: null, value: '@example.net', mailboxId, keywords: [], skipInbox: false },
    {
      id: made.created.field.id,
      subject: 'field',
      field: 'X-Project',
      value: 'moon',
      mailboxId,
      keywords: ['$project'],
      skipInbox: true,
    },
  ]);
  const condition = {
    subject: 'sender',
    operator: 'is',
    field: null,
    value: '@example.net',
    isNegated: false,
  };
  assert.deepEqual([list[0].conditions, list[0].actions.mailboxIds], [[condition], [mailboxId]]);
  assert.equal(await web.refuse('TagRule/set', { ifInState: made.newState, destroy: [id] }), 'stateMismatch');
  const gone = await web.ask('TagRule/set', { ifInState: state, destroy: [id, 'none'] });
  assert.deepEqual([gone.destroyed, gone.notDestroyed.none.type], [[id], 'notFound']);
});
