import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { armor } from '../../../delivery/crypto/armor.ts';
import { readPublicKeys } from '../../../delivery/crypto/keys.ts';
import { computeIndex, keptIndex } from '../../../delivery/privacy/index.ts';
import { makePerson, type Person } from '../../support/openpgp-mail.ts';
import { poll } from '../../support/poll.ts';
import { newEmail, openTestWeb, type TestWeb } from './web.ts';

const zoeAddress = 'zoe@friend.example';
let zoe: Person;

before(async () => {
  zoe = await makePerson(zoeAddress);
});

const text = (id: number) =>
  `From: Zoe <${zoeAddress}>\nTo: owner@example.org\nSubject: lunch\nMessage-ID: <${id}@friend.example>\n\nAt noon.\n`;

/** An email as a delivery stores one that Zoe signed with a key that was not confirmed. */
async function deliverSigned(web: TestWeb, id: number): Promise<string> {
  const { findings } = newEmail(text(id), web.account, web.clock);
  const facts = {
    sender: 'dmarc',
    signature: 'seen',
    encryption: 'none',
    audience: 1,
    known: 0,
    weakestContact: 0,
  };
  const signer = {
    keyId: zoe.key.fingerprint.slice(-16),
    fingerprint: zoe.key.fingerprint,
    address: zoeAddress,
  };
  return web.deliver(text(id), {
    findings: {
      ...findings,
      facts,
      decrypt: {
        form: 'none',
        encryption: 'none',
        signature: 'seen',
        noIntegrity: false,
        signer,
        subject: 'open',
        opened: false,
        failure: null,
        algorithms: [],
      },
    },
    index: keptIndex('message', facts),
  });
}

async function openWithMail(t: TestContext): Promise<{ web: TestWeb; first: string; second: string }> {
  const web = await openTestWeb(t);
  const { source: _source, ...key } = zoe.known('autocrypt');
  await web.store.putPublicKey(web.account.id, { ...key, source: 'autocrypt' });
  return { web, first: await deliverSigned(web, 1), second: await deliverSigned(web, 2) };
}

async function factsOf(web: TestWeb, id: string): Promise<Record<string, unknown>> {
  const [email] = await web.store.getEmails(web.account.id, [id]);
  return email?.findings.facts ?? {};
}

describe('PublicKey/get', () => {
  it('gives the keys of the addresses that are asked for', async t => {
    const { web } = await openWithMail(t);
    const { list } = await web.ask('PublicKey/get', {
      addresses: ['Zoe@FRIEND.example', 'else@friend.example'],
    });
    assert.equal(list.length, 1);
    const { address, fingerprint, source, state, strength } = list[0];
    assert.deepEqual(
      [address, fingerprint, source, state, strength],
      [zoeAddress, zoe.key.fingerprint, 'autocrypt', 'usable', 'strong'],
    );
    assert.equal('armor' in list[0], false);
    const asked = { addresses: [zoeAddress], properties: ['fingerprint', 'armor'] };
    const [named] = (await web.ask('PublicKey/get', asked)).list;
    assert.deepEqual(Object.keys(named).sort(), ['armor', 'fingerprint']);
    const [certificate] = await readPublicKeys(Buffer.from(named.armor));
    assert.equal(certificate?.getFingerprint(), zoe.key.fingerprint);
    assert.equal(await web.refuse('PublicKey/get', { ...asked, properties: ['secret'] }), 'invalidArguments');
    assert.equal(await web.refuse('PublicKey/get', {}), 'invalidArguments');
    assert.equal(await web.refuse('PublicKey/get', { addresses: ['nobody'] }), 'invalidArguments');
  });
});

describe('PublicKey/confirm', () => {
  it('verifies the message at hand at once, the other one behind it, and is written down', async t => {
    const { web, first, second } = await openWithMail(t);
    const { created } = await web.ask('ContactCard/set', {
      create: { zoe: { name: { full: 'Zoe' }, emails: { e1: { address: zoeAddress } } } },
    });
    const fingerprint = zoe.key.fingerprint.toUpperCase().replace(/.{4}/g, '$& ').trim();
    const confirmation = { address: zoeAddress, fingerprint, emailId: second };
    const { key } = await web.ask('PublicKey/confirm', confirmation);
    assert.deepEqual([key.source, key.state], ['hand', 'usable']);
    const facts = await factsOf(web, second);
    assert.deepEqual([facts.signature, facts.known], ['verified', 1]);
    await poll('the earlier message', async () =>
      (await factsOf(web, first)).signature === 'verified' ? true : undefined,
    );
    const { list } = await web.ask('ContactCard/get', { ids: [created.zoe.id], properties: ['privacy'] });
    const factOf = (id: string) =>
      list[0].privacy.facts.find((fact: { id: string }) => fact.id === id).evidence.value;
    assert.deepEqual([factOf('key'), factOf('identity')], ['confirmed', 'confirmed']);
    const audit = await web.ask('Audit/get');
    assert.deepEqual(
      [audit.list[0].action, audit.list[0].detail],
      ['keyConfirmed', { address: zoeAddress, fingerprint: zoe.key.fingerprint, means: 'bearer' }],
    );
  });

  it('takes a key that came inside what only the device opens', async t => {
    const { web } = await openWithMail(t);
    const address = 'yan@friend.example';
    const yan = await makePerson(address);
    const { fingerprint } = yan.key;
    assert.equal(await web.refuse('PublicKey/confirm', { address, fingerprint }), 'invalidArguments');
    const given = armor('PUBLIC KEY BLOCK', yan.key.publicKey);
    const wrong = { address, fingerprint: zoe.key.fingerprint, armor: given };
    assert.equal(await web.refuse('PublicKey/confirm', wrong), 'invalidArguments');
    const { key } = await web.ask('PublicKey/confirm', { address, fingerprint, armor: given });
    assert.deepEqual([key.source, key.fingerprint], ['hand', fingerprint]);
  });

  it('refuses what is no fingerprint, and a key that nobody knows', async t => {
    const { web } = await openWithMail(t);
    for (const fingerprint of ['', 'abcd', 'zz'.repeat(20), 'ab'.repeat(20)]) {
      assert.equal(
        await web.refuse('PublicKey/confirm', { address: zoeAddress, fingerprint }),
        'invalidArguments',
      );
    }
    const other = { address: 'else@friend.example', fingerprint: zoe.key.fingerprint };
    assert.equal(await web.refuse('PublicKey/confirm', other), 'invalidArguments');
    assert.equal((await web.store.listPublicKeys(web.account.id, [zoeAddress]))[0]?.source, 'autocrypt');
  });
});

describe('Privacy/renew', () => {
  it('judges who takes part by the contacts of today, and nothing else', async t => {
    const { web, first, second } = await openWithMail(t);
    await web.ask('ContactCard/set', {
      create: { zoe: { name: { full: 'Zoe' }, emails: { e1: { address: zoeAddress } } } },
    });
    assert.equal((await factsOf(web, first)).known, 0);
    const before = await factsOf(web, first);
    const { privacy } = await web.ask('Privacy/renew', { emailId: first });
    const after = await factsOf(web, first);
    const [contact] = await web.store.findContacts(web.account.id, [`email:${zoeAddress}`]);
    const weakestContact = contact?.index?.value ?? -1;
    assert.deepEqual(after, { ...before, known: 1, weakestContact });
    assert.equal(privacy.value, computeIndex('message', { ...before, known: 1, weakestContact }).value);
    assert.equal((await factsOf(web, second)).known, 0);
    assert.equal(await web.refuse('Privacy/renew', { emailId: 'Enone' }), 'invalidArguments');
  });
});
