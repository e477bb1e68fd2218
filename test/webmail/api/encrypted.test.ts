import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecryptFindings } from '../../../delivery/crypto/findings.ts';
import { seal } from '../../../delivery/crypto/seal.ts';
import { encrypt, encryptedMessage, makePerson, type Person } from '../../support/openpgp-mail.ts';
import { type Answer, newEmail, openTestWeb, type TestWeb } from './web.ts';

const secretText = 'Meet me at the old mill';
const inner = [
  'Content-Type: multipart/mixed; boundary=i',
  '',
  '--i',
  'Content-Type: text/plain',
  '',
  secretText,
  '--i',
  'Content-Type: application/pdf; name=plan.pdf',
  'Content-Disposition: attachment; filename=plan.pdf',
  '',
  'PLAN',
  '--i--',
  '',
].join('\r\n');

const encryptedFindings: DecryptFindings = {
  form: 'pgpMime',
  encryption: 'strong',
  signature: 'none',
  noIntegrity: false,
  signer: null,
  subject: 'open',
  opened: true,
  failure: null,
  algorithms: [],
};

async function giveKey(web: TestWeb, owner: Person, custody: 'server' | 'client'): Promise<void> {
  const { fingerprint, privateKey } = owner.key;
  const wrapped = custody === 'server' ? web.keyring.wrap(privateKey) : new Uint8Array();
  await web.store.putPrivateKey(web.account.id, { fingerprint, custody, wrapped, createdAt: new Date(0) });
  await web.store.putPublicKey(web.account.id, owner.known('own'));
}

async function deliverEncrypted(web: TestWeb, owner: Person): Promise<{ id: string; raw: Buffer }> {
  const raw = Buffer.from(encryptedMessage('zoe@example.net', await encrypt(inner, [owner])));
  const email = newEmail(raw.toString('latin1').replaceAll('\r\n', '\n'), web.account, web.clock);
  const id = await web.deliver('', {
    ...email,
    octets: raw,
    findings: { ...email.findings, decrypt: encryptedFindings },
  });
  return { id, raw };
}

const body = {
  properties: [
    'blobId',
    'bodyStructure',
    'textBody',
    'attachments',
    'bodyValues',
    'privacy',
    'header:Subject',
  ],
  fetchTextBodyValues: true,
};

async function looksOf(web: TestWeb): Promise<Answer[]> {
  const { list } = await web.ask('Audit/get');
  return list.filter((entry: { action: string }) => entry.action === 'mailOpened');
}

test('mail of a server-held key is opened for its owner, who can read that it was', async t => {
  const web = await openTestWeb(t, { custody: 'server' });
  const owner = await makePerson('owner@example.org');
  await giveKey(web, owner, 'server');
  const { id, raw } = await deliverEncrypted(web, owner);
  const { list } = await web.ask('Email/get', { ids: [id], ...body });
  const [email] = list;
  assert.equal(email.bodyValues[email.textBody[0].partId].value, secretText);
  assert.equal(email.privacy.protection.opened, true);
  const [plan] = email.attachments;
  const download = await web.fetch(`/jmap/download/${web.account.id}/${plan.blobId}/plan.pdf`);
  assert.equal(await download.text(), 'PLAN');
  const whole = await web.fetch(`/jmap/download/${web.account.id}/${email.blobId}/m.eml`);
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), raw, 'the blob stays as it came');
  const looks = await looksOf(web);
  assert.equal(looks.length, 2);
  assert.deepEqual([looks[1].actor, looks[1].detail.emailId], ['owner@example.org', id]);
});

test('an imported message is looked at as far as it can be afterwards', async t => {
  const web = await openTestWeb(t, { custody: 'server' });
  const owner = await makePerson('owner@example.org');
  await giveKey(web, owner, 'server');
  const mailboxIds = { [await web.mailbox('inbox')]: true };
  const raw = encryptedMessage('zoe@example.net', await encrypt(inner, [owner]));
  const { blobId } = await (
    await web.fetch(`/jmap/upload/${web.account.id}/`, { method: 'POST', body: raw })
  ).json();
  const { created } = await web.ask('Email/import', { emails: { a: { blobId, mailboxIds } } });
  assert.deepEqual(
    (await looksOf(web)).map(({ detail }) => detail),
    [{ blobId, means: 'bearer' }],
    'the owner can read that it was opened',
  );
  const { list } = await web.ask('Email/get', { ids: [created.a.id], ...body });
  const { privacy, bodyValues, textBody } = list[0];
  assert.equal(bodyValues[textBody[0].partId].value, secretText);
  const stateOf = (id: string) => privacy.facts.find((fact: { id: string }) => fact.id === id).state;
  assert.deepEqual(
    [stateOf('encryption'), stateOf('lastHop'), stateOf('sender')],
    ['yes', 'unknown', 'unknown'],
  );
});

test('lists and header properties of encrypted mail need no look inside', async t => {
  const web = await openTestWeb(t, { custody: 'server' });
  const owner = await makePerson('owner@example.org');
  await giveKey(web, owner, 'server');
  const { id } = await deliverEncrypted(web, owner);
  await web.ask('Email/get', {
    ids: [id],
    properties: ['subject', 'preview', 'privacyBrief', 'header:From'],
  });
  assert.deepEqual(await looksOf(web), []);
});

test('what no key here opens shows its armor', async t => {
  const web = await openTestWeb(t, { custody: 'server' });
  await giveKey(web, await makePerson('owner@example.org'), 'server');
  const { id } = await deliverEncrypted(web, await makePerson('other@example.org'));
  const { list } = await web.ask('Email/get', { ids: [id], ...body });
  const [email] = list;
  assert.match(email.bodyValues[email.textBody[0].partId].value, /^-----BEGIN PGP MESSAGE-----\n/);
  assert.equal(email.privacy.protection.opened, false);
  assert.deepEqual(await looksOf(web), []);
});

test('sealed mail gives who and when, no subject, no preview, and its armor', async t => {
  const web = await openTestWeb(t, { custody: 'client' });
  const owner = await makePerson('owner@example.org');
  await giveKey(web, owner, 'client');
  const text = `From: zoe@example.net\nTo: owner@example.org\nSubject: topsecret\nMessage-ID: <s@example.net>\n\n${secretText}\n`;
  const email = newEmail(text, web.account, web.clock);
  const octets = await seal(email.octets, [owner.known('own')], { receivedAt: web.clock.now() });
  const summary = { ...email.summary, subject: null, preview: null };
  const id = await web.deliver('', { ...email, octets, summary, sealed: true, searchText: null });
  const { list } = await web.ask('Email/get', {
    ids: [id],
    ...body,
    properties: [...body.properties, 'from', 'subject', 'preview', 'messageId', 'hasAttachment'],
  });
  const [sealed] = list;
  assert.deepEqual(sealed.from, [{ name: null, email: 'zoe@example.net' }]);
  assert.deepEqual([sealed.subject, sealed.preview, sealed.hasAttachment], [null, null, false]);
  assert.deepEqual(sealed.messageId, ['s@example.net']);
  assert.equal(sealed.privacy.sealed, true);
  const { partId, type } = sealed.textBody[0];
  assert.equal(type, 'application/octet-stream');
  assert.match(sealed.bodyValues[partId].value, /^-----BEGIN PGP MESSAGE-----\n/);
  assert.doesNotMatch(JSON.stringify(list), /topsecret|old mill/);
  const found = await web.ask('Email/query', { filter: { text: 'topsecret' } });
  assert.deepEqual(found.ids, []);
  assert.equal(found.incomplete, true, 'and it says so');
  assert.deepEqual((await web.ask('Email/query', { filter: { isSealed: true } })).ids, [id]);
  for (const hidden of [
    { filter: { header: ['X-Project', 'old mill'] } },
    { filter: { hasAttachment: true } },
    { filter: { operator: 'NOT', conditions: [{ hasAttachment: true }] } },
    { sort: [{ property: 'subject' }] },
  ]) {
    assert.equal((await web.ask('Email/query', hidden)).incomplete, true, JSON.stringify(hidden));
  }
  for (const known of [{ filter: { header: ['From'] } }, { sort: [{ property: 'from' }] }, {}]) {
    assert.equal((await web.ask('Email/query', known)).incomplete, undefined, JSON.stringify(known));
  }
});

test('what an owner of a client-held key creates or imports is sealed', async t => {
  const web = await openTestWeb(t, { custody: 'client' });
  const mailboxIds = { [await web.mailbox('drafts')]: true };
  const draft = {
    mailboxIds,
    subject: 'topsecret',
    textBody: [{ partId: '1' }],
    bodyValues: { 1: { value: secretText } },
  };
  const refused = await web.ask('Email/set', { create: { a: draft } });
  assert.equal(refused.notCreated.a.type, 'forbidden', 'never in clear');
  await giveKey(web, await makePerson('owner@example.org'), 'client');
  const { created } = await web.ask('Email/set', { create: { a: draft } });
  const { list } = await web.ask('Email/get', {
    ids: [created.a.id],
    properties: ['subject', 'privacyBrief'],
  });
  assert.equal(list[0].subject, null);
  assert.equal(list[0].privacyBrief.sealed, true);
  const octets = await web.store.getOctets(web.account.id, created.a.id);
  assert.doesNotMatch(Buffer.from(octets ?? []).toString('latin1'), /topsecret|old mill/);
});

test('what was uploaded in clear is gone once it is sealed', async t => {
  const web = await openTestWeb(t, { custody: 'client' });
  await giveKey(web, await makePerson('owner@example.org'), 'client');
  const mailboxIds = { [await web.mailbox('inbox')]: true };
  const upload = async (text: string): Promise<string> => {
    const init = { method: 'POST', body: text };
    return (await (await web.fetch(`/jmap/upload/${web.account.id}/`, init)).json()).blobId;
  };
  const message = await upload(`Subject: topsecret\r\n\r\n${secretText}\r\n`);
  await web.ask('Email/import', { emails: { a: { blobId: message, mailboxIds } } });
  const attached = await upload(secretText);
  const draft = { mailboxIds, attachments: [{ blobId: attached, type: 'text/plain' }] };
  const { created } = await web.ask('Email/set', { create: { a: draft } });
  assert.ok(created.a.id);
  for (const blobId of [message, attached]) {
    assert.equal((await web.fetch(`/jmap/download/${web.account.id}/${blobId}/x`)).status, 404);
  }
});
