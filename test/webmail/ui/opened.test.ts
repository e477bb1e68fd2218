import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenedMail } from '../../../webmail/device/protocol.ts';
import { type Client, client } from '../../../webmail/ui/client.ts';
import { localClient } from '../../../webmail/ui/local-client.ts';
import type { FullEmail } from '../../../webmail/ui/mail.ts';
import { needsDevice, withOpened } from '../../../webmail/ui/opened.ts';
import { newFacts } from '../../../webmail/ui/pgp/device.ts';
import type { EmailPrivacy } from '../../../webmail/wire.ts';

const part = {
  ...{ partId: '1', blobId: 'device:1', size: 3, name: null, type: 'text/plain', charset: null },
  ...{ disposition: null, cid: null, language: null, location: null },
};

const mail: OpenedMail = {
  ...{ subject: 'The boat', preview: 'It', from: [{ name: null, email: 'zoe@example.net' }], to: [], cc: [] },
  ...{ replyTo: [], sentAt: null, hasAttachment: false, textBody: [part], htmlBody: [part], attachments: [] },
  bodyValues: { 1: { value: 'It', isEncodingProblem: false, isTruncated: false } },
  blobs: { 'device:1': new Blob(['It']) },
  source: new Blob(['Subject: The boat']),
  facts: { signature: 'verified', tracking: 'clean' },
  signer: { keyId: '0'.repeat(16), fingerprint: 'a'.repeat(40), address: 'zoe@example.net' },
  signerArmor: null,
  form: 'pgpMime',
};

const protection: EmailPrivacy['protection'] = {
  ...{ form: 'pgpMime', opened: false, failure: 'noKey', signer: null, fingerprint: null },
};

function emailWith(privacy: Partial<EmailPrivacy>): FullEmail {
  // Only what is looked at.
  return {
    id: 'e1',
    blobId: 'b1',
    subject: null,
    privacy: { sealed: true, protection, facts: [], ...privacy },
  } as unknown as FullEmail;
}

test('an opened message has the words and parts of what was inside, and the signer', () => {
  const email = emailWith({});
  assert.equal(withOpened(email, undefined), email);
  const { subject, textBody, privacy } = withOpened(email, mail);
  assert.deepEqual([subject, textBody], ['The boat', [part]]);
  assert.equal(privacy.sealed, false);
  assert.deepEqual(privacy.protection, {
    ...{
      form: 'pgpMime',
      opened: true,
      failure: null,
      signer: 'zoe@example.net',
      fingerprint: 'a'.repeat(40),
    },
  });
  const unsure = withOpened(email, { ...mail, facts: { signature: 'unknownKey' } });
  assert.equal(unsure.privacy.protection.signer, null);
  assert.ok(!('blobs' in unsure || 'source' in unsure || 'signerArmor' in unsure));
});

test('a device is needed for sealed mail, and for OpenPGP that no key of the server opens', () => {
  const needs = (privacy: Partial<EmailPrivacy>) => needsDevice(emailWith(privacy));
  assert.ok(needs({}));
  assert.ok(needs({ sealed: false }));
  assert.ok(!needs({ sealed: false, protection: { ...protection, opened: true, failure: null } }));
  assert.ok(!needs({ sealed: false, protection: { ...protection, form: 'smime' } }));
  assert.ok(!needs({ sealed: false, protection: { ...protection, form: 'none', failure: null } }));
  assert.ok(!needs({ sealed: false, protection: { ...protection, failure: 'noIntegrity' } }));
});

test('only what the server could not know is reported', () => {
  const fact = (id: string, state: 'yes' | 'no' | 'unknown', value: string, source = 'content') => ({
    ...{ id, part: 'technical' as const, points: 0, of: 20, state },
    evidence: { value, source, fr: '', en: '' },
  });
  const facts = [
    fact('signature', 'unknown', 'unknown'),
    fact('tracking', 'no', 'tracked'),
    fact('subject', 'no', 'open', 'device'),
    fact('remoteContent', 'yes', 'absent', 'device'),
  ];
  const found = {
    signature: 'seen',
    tracking: 'clean',
    subject: 'protected',
    remoteContent: 'absent',
  } as const;
  assert.deepEqual(newFacts(emailWith({ facts }), found), { signature: 'seen', subject: 'protected' });
});

test('blobs of an opened message come from memory, all others from the server', async () => {
  const asked: string[] = [];
  const server: Client = {
    ...client,
    fetchBlob: async ({ blobId }) => {
      asked.push(blobId);
      return new Blob(['from the server']);
    },
  };
  const local = localClient(server, 'b1', mail);
  const blob = (blobId: string) => ({ accountId: 'a', blobId, name: 'x', type: 'text/plain' });
  assert.equal(await (await local.client.fetchBlob(blob('device:1'))).text(), 'It');
  assert.equal(await (await local.client.fetchBlob(blob('b1'))).text(), 'Subject: The boat');
  assert.equal(await (await local.client.fetchBlob(blob('b2'))).text(), 'from the server');
  assert.deepEqual(asked, ['b2']);
  const address = local.client.blobAddress(blob('device:1'));
  assert.match(address, /^blob:/);
  assert.equal(local.client.blobAddress(blob('device:1')), address);
  assert.match(local.client.blobAddress(blob('b2')), /^\/jmap\/download\//);
  local.free();
});
