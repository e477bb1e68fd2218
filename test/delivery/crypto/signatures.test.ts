import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { armor } from '../../../delivery/crypto/armor.ts';
import { decrypt } from '../../../delivery/crypto/decrypt.ts';
import { readPrivateKey } from '../../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import type { KnownKey } from '../../../delivery/crypto/signatures.ts';
import { decodeText } from '../../../delivery/message/content.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import {
  encrypt,
  encryptedMessage,
  keyring,
  makePerson,
  type Person,
  receivedAt,
  sign,
  signedMessage,
  textMessage,
  writtenAt,
} from '../../support/openpgp-mail.ts';

const entity = 'Content-Type: text/plain; charset=utf-8\r\n\r\nAt noon, as ever.\r\n';
const from = 'Zoe <zoe@example.org>';

let adam: Person;
let zoe: Person;
let eve: Person;
/** Eve's key with Zoe's address in its user id: anybody can make one. */
let pretender: Person;

before(async () => {
  adam = await makePerson('adam@example.net');
  zoe = await makePerson('zoe@example.org');
  eve = await makePerson('eve@example.com');
  pretender = await makePerson('zoe@example.org');
});

async function findingsOf(raw: string, publicKeys: readonly KnownKey[]) {
  const owner = { privateKeys: [], publicKeys, keyring, receivedAt };
  return (await decrypt(parseMessage(Buffer.from(raw)), owner)).findings;
}

async function wordOf(raw: string, ...publicKeys: readonly KnownKey[]): Promise<string> {
  return (await findingsOf(raw, publicKeys)).signature;
}

const signedBy = async (...signers: readonly Person[]) =>
  signedMessage(from, entity, await sign(entity, ...signers));

async function clearSign(text: string, signer: Person): Promise<string> {
  const openpgp = await loadOpenPgp();
  return openpgp.sign({
    message: await openpgp.createCleartextMessage({ text }),
    signingKeys: await readPrivateKey(signer.key.privateKey),
    date: writtenAt,
    format: 'armored',
  });
}

describe('a good signature', () => {
  it('is verified by a key that was confirmed for the author', async () => {
    const raw = await signedBy(zoe);
    for (const source of ['hand', 'dnssec', 'wkd', 'own'] as const) {
      const found = await findingsOf(raw, [zoe.known(source)]);
      assert.equal(found.signature, 'verified');
      assert.equal(found.encryption, 'none');
      assert.deepEqual(
        { ...found.signer, keyId: null },
        { keyId: null, fingerprint: zoe.key.fingerprint, address: 'zoe@example.org' },
      );
    }
  });

  it('is seen with a key that was known before, and not with one first seen later', async () => {
    const raw = await signedBy(zoe);
    assert.equal(await wordOf(raw, zoe.known('autocrypt')), 'seen');
    assert.equal(await wordOf(raw, zoe.known('attached')), 'seen');
    assert.equal(await wordOf(raw, zoe.known('autocrypt', { firstSeenAt: receivedAt })), 'unknownKey');
  });

  it('is unknown without the key, and by an unknown key when the message brings it along', async () => {
    const raw = await signedBy(zoe);
    const without = await findingsOf(raw, []);
    assert.equal(without.signature, 'unknown');
    assert.equal(without.signer?.fingerprint, null);
    const keydata = Buffer.from(zoe.key.publicKey).toString('base64');
    const field = `Autocrypt: addr=zoe@example.org; keydata=${keydata.replace(/.{70}/g, '$&\r\n ')}\r\n`;
    assert.equal(await wordOf(field + raw), 'unknownKey');
    assert.equal(await wordOf(field + field + raw), 'unknown');
  });

  it('is checked over the octets as they are, trailing blanks and long lines too', async () => {
    const odd = `Content-Type: text/plain\r\n\r\nblanks   \r\n\t\r\n${'x'.repeat(2000)}\r\n-- \r\n\r\n`;
    const raw = signedMessage(from, odd, await sign(odd, zoe));
    assert.equal(await wordOf(raw, zoe.known('hand')), 'verified');
    const stored = raw.replaceAll('\r\n', '\n');
    assert.equal(await wordOf(stored, zoe.known('hand')), 'verified');
  });

  it('inside the encryption counts, and so does a signed part inside it', async () => {
    const owner = adam.owner([zoe.known('hand')]);
    for (const armored of [
      await encrypt(entity, [adam], [zoe]),
      await encrypt((await signedBy(zoe)).split('MIME-Version: 1.0\r\n')[1] ?? '', [adam]),
    ]) {
      const raw = encryptedMessage(from, armored);
      const { findings } = await decrypt(parseMessage(Buffer.from(raw)), owner);
      assert.equal(findings.signature, 'verified');
      assert.equal(findings.encryption, 'strong');
    }
  });

  it('of clear-signed text gives the text without its frame', async () => {
    const raw = textMessage(from, await clearSign('At noon.  \n- or one\n\nZoe\n', zoe));
    const owner = { privateKeys: [], publicKeys: [zoe.known('hand')], keyring, receivedAt };
    const { findings, content } = await decrypt(parseMessage(Buffer.from(raw)), owner);
    assert.equal(findings.form, 'pgpInline');
    assert.equal(findings.signature, 'verified');
    assert.ok(content);
    assert.match(decodeText(content, content.root).text, /^At noon\.\s*\r\n- or one\r\n\r\nZoe/);
  });
});

describe('a bad signature', () => {
  it('is invalid when the signed part was changed', async () => {
    const raw = (await signedBy(zoe)).replace('noon', 'one');
    assert.equal(await wordOf(raw, zoe.known('hand')), 'invalid');
  });

  it('is invalid when its key was revoked', async () => {
    const raw = await signedBy(zoe);
    assert.equal(await wordOf(raw, zoe.known('hand', { state: 'revoked' })), 'invalid');
  });

  it('is invalid when it is no signature at all', async () => {
    const raw = signedMessage(from, entity, armor('SIGNATURE', Buffer.from('nonsense')));
    assert.equal(await wordOf(raw, zoe.known('hand')), 'invalid');
    assert.equal(await wordOf(signedMessage(from, entity, 'nothing'), zoe.known('hand')), 'invalid');
  });

  it('from the future is not valid yet', async () => {
    const early = {
      privateKeys: [],
      publicKeys: [zoe.known('hand')],
      keyring,
      receivedAt: new Date('2026-02-01'),
    };
    const raw = await signedBy(zoe);
    const { findings } = await decrypt(parseMessage(Buffer.from(raw)), early);
    assert.notEqual(findings.signature, 'verified');
  });

  it('beside a good one takes nothing away', async () => {
    assert.equal(await wordOf(await signedBy(eve, zoe), zoe.known('hand')), 'verified');
  });
});

describe('what a sender can forge', () => {
  const confirmed = () => [zoe.known('hand'), adam.known('own')];

  it('a key with the right user id is not the right key', async () => {
    const raw = await signedBy(pretender);
    const keydata = Buffer.from(pretender.key.publicKey).toString('base64');
    const field = `Autocrypt: addr=zoe@example.org; keydata=${keydata.replace(/.{70}/g, '$&\r\n ')}\r\n`;
    assert.equal(await wordOf(raw, ...confirmed()), 'unknown');
    assert.equal(await wordOf(field + raw, ...confirmed()), 'unknownKey');
    assert.equal(await wordOf(raw, ...confirmed(), pretender.known('autocrypt')), 'seen');
  });

  it('a key confirmed for its own address signs for that address alone', async () => {
    const raw = signedMessage(from, entity, await sign(entity, eve));
    assert.equal(await wordOf(raw, ...confirmed(), eve.known('hand')), 'unknownKey');
    const rebound = eve.known('hand', { address: 'zoe@example.org' });
    assert.equal(await wordOf(raw, ...confirmed(), rebound), 'unknownKey');
  });

  it('neither display name, Sender, a second author, nor a second From field makes it hers', async () => {
    const signature = await sign(entity, zoe);
    for (const author of [
      '"zoe@example.org" <eve@example.com>',
      'zoe@example.org, eve@example.com',
      'eve@example.com\r\nSender: zoe@example.org',
      'zoe@example.org\r\nFrom: eve@example.com',
      'eve@example.com\r\nFrom: zoe@example.org',
      'friends: zoe@example.org, eve@example.com;',
      'eve@example.com (zoe@example.org)',
    ]) {
      assert.notEqual(
        await wordOf(signedMessage(author, entity, signature), ...confirmed()),
        'verified',
        author,
      );
    }
  });

  it('a copy of From inside the encryption does not count', async () => {
    const inner = `From: zoe@example.org\r\n${entity.replace('utf-8', 'utf-8; hp="cipher"')}`;
    const raw = encryptedMessage('eve@example.com', await encrypt(inner, [adam], [zoe]));
    const owner = adam.owner([zoe.known('hand')]);
    const { findings, content } = await decrypt(parseMessage(Buffer.from(raw)), owner);
    assert.equal(findings.signature, 'unknownKey');
    assert.equal(content?.originators.from[0]?.address, 'eve@example.com');
  });

  it('a signed part beside something else signs nothing', async () => {
    const part = (await signedBy(zoe)).split('MIME-Version: 1.0\r\n')[1];
    const raw = `From: ${from}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\nContent-Type: text/plain\r\n\r\nSend money.\r\n--m\r\n${part}\r\n--m--\r\n`;
    assert.equal(await wordOf(raw, ...confirmed()), 'none');
    const three = (await signedBy(zoe)).replace(
      '--s--',
      '--s\r\nContent-Type: text/html\r\n\r\nSend money.\r\n--s--',
    );
    assert.equal(await wordOf(three, ...confirmed()), 'none');
  });

  it('clear-signed text signs nothing when any text stands outside of its frame', async () => {
    const good = await clearSign('At noon.', zoe);
    assert.equal(await wordOf(textMessage(from, good), ...confirmed()), 'verified');
    for (const body of [
      `Send money.\r\n${good}`,
      `${good}\r\nSend money.`,
      good.replace('-----BEGIN PGP SIGNATURE', 'Send money.\n-----BEGIN PGP SIGNATURE'),
      good.replace('\n\nAt', '\nHash: x\nSend: money\n\nAt'),
      good.replace('\n\nAt', '\n\nSend money.\n\nAt'),
      `${good}${good}`,
      good.replace('-----BEGIN PGP SIGNED', '- -----BEGIN PGP SIGNED'),
    ]) {
      assert.notEqual(await wordOf(textMessage(from, body), ...confirmed()), 'verified', body);
    }
  });

  it('a signature of another kind covers no document', async () => {
    const certification = Buffer.from(zoe.key.publicKey);
    assert.notEqual(
      await wordOf(signedMessage(from, entity, armor('SIGNATURE', certification)), ...confirmed()),
      'verified',
    );
  });

  it('no header field, no order of parts, no other text makes an old signature verified', async () => {
    const signature = await sign(entity, zoe);
    const piece = fc.constantFrom(
      from,
      'zoe@example.org',
      entity,
      signature,
      '--s\r\n',
      '--s--\r\n',
      '\r\n',
      'Content-Type: multipart/signed; boundary="s"; protocol="application/pgp-signature"\r\n',
      'Content-Type: application/pgp-signature\r\n\r\n',
      'From: zoe@example.org\r\n',
      'Authentication-Results: x; dkim=pass\r\n',
      'Send money.\r\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 14 }), async pieces => {
        const message = parseMessage(Buffer.from(pieces.join('')));
        const owner = { privateKeys: [], publicKeys: confirmed(), keyring, receivedAt };
        const { findings } = await decrypt(message, owner);
        if (findings.signature !== 'verified') return;
        // Only the entity that she signed, sent as hers, may be verified.
        const [signed] = message.root.parts;
        const text = Buffer.from(message.raw.subarray(signed?.headerStart, signed?.bodyEnd)).toString();
        assert.equal(text.replaceAll('\n', '').trim(), entity.replaceAll('\n', '').trim());
        assert.equal(message.originators.from[0]?.address, 'zoe@example.org');
      }),
      { numRuns: 400 },
    );
  });
});
