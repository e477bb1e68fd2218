import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { PrivateKey } from 'openpgp';
import { generateKey, readPrivateKey } from '../../../delivery/crypto/keys.ts';
import { fullConfig, loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import { openCertificateCache, type SealingKey, seal } from '../../../delivery/crypto/seal.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import {
  encrypt,
  encryptedMessage,
  makePerson,
  type Person,
  receivedAt,
} from '../../support/openpgp-mail.ts';
import { unseal } from '../../support/unseal.ts';

const raw = Buffer.from(
  'Received: from a by b with ESMTPS; x\r\nFrom: Zoe <zoe@example.org>\r\nTo: adam@example.net\r\nCc: eve@example.com,\r\n bob@example.com\r\nBcc: hidden@example.com\r\nSubject: the merger\r\nReferences: <0@example.org>\r\nMessage-ID: <1@example.org>\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\nX-Secret: yes\r\n\r\nAt noon.\r\n',
);

let adam: Person;
let adamsKey: PrivateKey;
let keys: readonly SealingKey[];

before(async () => {
  adam = await makePerson('adam@example.net');
  adamsKey = await readPrivateKey(adam.key.privateKey);
  keys = [adam.known('own')];
});

describe('sealing', () => {
  it('leaves From, To, Cc, Message-ID and the arrival outside, and nothing else', async () => {
    const sealed = parseMessage(await seal(raw, keys, { receivedAt }));
    assert.deepEqual(
      sealed.root.fields.map(field => field.name),
      ['From', 'To', 'Cc', 'Message-ID', 'Date', 'Subject', 'MIME-Version', 'Content-Type'],
    );
    assert.equal(sealed.messageId, '1@example.org');
    assert.equal(sealed.destinations.cc.length, 2);
    assert.equal(sealed.subject, '[...]');
    assert.equal(sealed.date?.toISOString(), receivedAt.toISOString());
    assert.doesNotMatch(Buffer.from(sealed.raw).toString(), /merger|noon|X-Secret|hidden|0@example/);
  });

  it('hides the participants when the owner wants it', async () => {
    const sealed = await seal(raw, keys, { receivedAt, hidesParticipants: true });
    assert.doesNotMatch(Buffer.from(sealed).toString(), /example/);
  });

  it('gives every octet back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4000 }), fc.boolean(), async (octets, asMessage) => {
        const original = asMessage ? Buffer.concat([raw, octets]) : octets;
        const sealed = await seal(original, keys, { receivedAt });
        assert.deepEqual(Buffer.from(await unseal(sealed, [adamsKey])), Buffer.from(original));
      }),
      { numRuns: 40 },
    );
  });

  it('writes an outer header that no field of the message can break', async () => {
    const hostile = Buffer.from(
      'From: a@example.org\rX-Injected: 1\r\nTo: b@example.org\n\tc\r\nMessage-ID: <x>\r\r\n\r\nbody',
    );
    const sealed = parseMessage(await seal(hostile, keys, { receivedAt }));
    assert.equal(sealed.root.mediaType, 'multipart/encrypted');
    assert.ok(!sealed.root.fields.some(field => field.name === 'X-Injected'));
    assert.deepEqual(Buffer.from(await unseal(sealed.raw, [adamsKey])), hostile);
  });

  it('seals mail that came encrypted as well, subject and all', async () => {
    const encrypted = Buffer.from(
      encryptedMessage('zoe@example.org', await encrypt('hello', [adam]), 'open words'),
    );
    const sealed = await seal(encrypted, keys, { receivedAt });
    assert.doesNotMatch(Buffer.from(sealed).toString(), /open words/);
    assert.deepEqual(Buffer.from(await unseal(sealed, [adamsKey])), encrypted);
  });

  it('is the same work with keys that were kept from the last message', async () => {
    const certificates = openCertificateCache(1);
    const other = await makePerson('adam@example.net');
    for (const key of [adam, adam, other, adam]) {
      const sealed = await seal(raw, [key.known('own')], { receivedAt, certificates });
      assert.deepEqual(Buffer.from(await unseal(sealed, [await readPrivateKey(key.key.privateKey)])), raw);
    }
    const revoked = seal(raw, [adam.known('own', { state: 'revoked' })], { receivedAt, certificates });
    await assert.rejects(revoked, DeliveryError);
  });

  it('is to every usable key of the owner', async () => {
    const other = await makePerson('adam@example.net');
    const sealed = await seal(raw, [...keys, other.known('own')], { receivedAt });
    for (const key of [adamsKey, await readPrivateKey(other.key.privateKey)]) {
      assert.deepEqual(Buffer.from(await unseal(sealed, [key])), raw);
    }
  });
});

describe('sealing is impossible', () => {
  const refused = (error: unknown) => error instanceof DeliveryError && error.code === 'sealingImpossible';

  it('without a key', () => assert.rejects(seal(raw, [], { receivedAt }), refused));

  it('with revoked, expired or broken keys', async () => {
    await assert.rejects(seal(raw, [adam.known('own', { state: 'revoked' })], { receivedAt }), refused);
    await assert.rejects(
      seal(raw, [adam.known('own', { octets: Buffer.from('x') })], { receivedAt }),
      refused,
    );
    const openpgp = await loadOpenPgp();
    const expired = await openpgp.generateKey({
      type: 'ecc',
      userIDs: { email: 'adam@example.net' },
      date: new Date('2026-01-01'),
      keyExpirationTime: 86_400,
      format: 'object',
      config: fullConfig(openpgp),
    });
    const key: SealingKey = { octets: expired.publicKey.write(), fingerprint: '', state: 'usable' };
    await assert.rejects(seal(raw, [key], { receivedAt }), refused);
    assert.ok(await seal(raw, [key, ...keys], { receivedAt }));
  });

  it('with a key that can only sign', async () => {
    const openpgp = await loadOpenPgp();
    const { publicKey } = await openpgp.generateKey({
      type: 'ecc',
      userIDs: { email: 'adam@example.net' },
      subkeys: [{ sign: true }],
      date: new Date('2026-01-01'),
      format: 'object',
    });
    const key: SealingKey = { octets: publicKey.write(), fingerprint: '', state: 'usable' };
    await assert.rejects(seal(raw, [key], { receivedAt }), refused);
  });

  it('with a key that does not exist yet', async () => {
    const { publicKey, fingerprint } = await generateKey(
      'adam@example.net',
      undefined,
      new Date('2027-01-01'),
    );
    await assert.rejects(
      seal(raw, [{ octets: publicKey, fingerprint, state: 'usable' }], { receivedAt }),
      refused,
    );
  });
});

describe('a sealed message', () => {
  it('is opened by no other key', async () => {
    const zoe = await readPrivateKey((await makePerson('zoe@example.org')).key.privateKey);
    await assert.rejects(unseal(await seal(raw, keys, { receivedAt }), [zoe]));
  });

  it('is opened whatever its sender wrote into the fields that stay outside', async () => {
    const hostile = Buffer.from(
      `From: "-----BEGIN PGP MESSAGE-----" <zoe@example.org>\r\nTo: -----BEGIN PGP MESSAGE-----\r\n\r\nhello\r\n`,
    );
    const sealed = await seal(hostile, keys, { receivedAt });
    assert.deepEqual(Buffer.from(await unseal(sealed, [adamsKey])), hostile);
  });
});
