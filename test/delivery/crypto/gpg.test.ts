import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findArmor } from '../../../delivery/crypto/armor.ts';
import { decrypt } from '../../../delivery/crypto/decrypt.ts';
import { describeKey, generateKey, readPrivateKey, readPublicKeys } from '../../../delivery/crypto/keys.ts';
import { seal } from '../../../delivery/crypto/seal.ts';
import { decodeText } from '../../../delivery/message/content.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { openGpg } from '../../support/gpg.ts';
import { encryptedMessage, keyring, signedMessage, textMessage } from '../../support/openpgp-mail.ts';

const entity = 'Content-Type: text/plain; charset=utf-8\r\n\r\nÀ midi, comme toujours.  \r\n-- \r\nZoé\r\n';
const zoe = 'zoe@example.org';
const adam = 'adam@example.net';

/** GnuPG knows no clock of ours: its keys and signatures are of now. */
const now = () => new Date();

async function gpgKeys(test: Parameters<typeof openGpg>[0]) {
  const gpg = openGpg(test);
  if (!gpg) return null;
  for (const [address, kind] of [
    [zoe, 'rsa2048'],
    [adam, 'default'],
  ] as const) {
    await gpg.run(['--passphrase', '', '--quick-generate-key', address, kind, 'default', 'never']);
  }
  const listed = (await gpg.run(['--with-colons', '--list-keys', zoe])).output.toString();
  const fingerprintOfZoe = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '';
  await gpg.run(['--passphrase', '', '--quick-add-key', fingerprintOfZoe, 'rsa2048', 'encr', 'never']);
  const exported = async (address: string) => {
    const secret = await readPrivateKey(
      (await gpg.run(['--passphrase', '', '--armor', '--export-secret-keys', address])).output,
    );
    const octets = (await gpg.run(['--export', address])).output;
    const fingerprint = secret.getFingerprint();
    return {
      private: { fingerprint, wrapped: keyring.wrap(secret.write()) },
      known: { address, fingerprint, octets, state: 'usable' as const, firstSeenAt: new Date(0) },
    };
  };
  return { gpg, zoe: await exported(zoe), adam: await exported(adam) };
}

describe('GnuPG', { concurrency: false }, () => {
  it('signs and encrypts, and we open and verify it', async test => {
    const found = await gpgKeys(test);
    if (!found) return;
    const { gpg } = found;
    const [key] = await readPublicKeys(found.zoe.known.octets);
    assert.ok(key);
    const { addresses, strength, state, expiresAt, canEncrypt } = await describeKey(key, now());
    assert.deepEqual(
      [addresses, strength, state, expiresAt, canEncrypt],
      [[zoe], 'strong', 'usable', null, true],
    );
    const publicKeys = [
      { ...found.zoe.known, source: 'hand' as const },
      { ...found.adam.known, source: 'own' as const },
    ];
    const owner = { privateKeys: [found.adam.private], publicKeys, keyring, receivedAt: now() };
    const detached = (await gpg.run(['-u', zoe, '--armor', '--detach-sign'], entity)).output.toString();
    const signed = await decrypt(parseMessage(Buffer.from(signedMessage(zoe, entity, detached))), owner);
    assert.equal(signed.findings.signature, 'verified');

    const args = ['-u', zoe, '-r', adam, '--trust-model', 'always', '--armor'];
    for (const options of [['--sign'], ['--sign', '--compress-algo', 'bzip2'], ['--sign', '--textmode']]) {
      const armored = (await gpg.run([...args, ...options, '--encrypt'], entity)).output.toString();
      const raw = Buffer.from(encryptedMessage(zoe, armored));
      const { findings, content } = await decrypt(parseMessage(raw), owner);
      assert.equal(findings.signature, 'verified', options.join(' '));
      assert.equal(findings.encryption, 'strong');
      assert.ok(content);
      assert.match(decodeText(content, content.root).text, /À midi/);
    }

    const clear = (
      await gpg.run(['-u', zoe, '--clearsign'], 'À midi.\n- oui  \n--\nZoé\n')
    ).output.toString();
    const inline = await decrypt(parseMessage(Buffer.from(textMessage(zoe, clear))), owner);
    assert.equal(inline.findings.signature, 'verified');
    const latin = Buffer.from(textMessage(zoe, '').replace('utf-8', 'iso-8859-1'), 'latin1');
    const latinText = (await gpg.run(['-u', zoe, '--clearsign'], Buffer.from('À midi.\n', 'latin1'))).output;
    const other = await decrypt(parseMessage(Buffer.concat([latin, latinText])), owner);
    assert.equal(other.findings.signature, 'verified');
    assert.ok(other.content);
    assert.match(decodeText(other.content, other.content.root).text, /^À midi\./);
  });

  it('encrypts to RSA and shows it, opens hidden recipients, and says no integrity where there is none', async test => {
    const found = await gpgKeys(test);
    if (!found) return;
    const { gpg } = found;
    const publicKeys = [{ ...found.zoe.known, source: 'own' as const }];
    const owner = { privateKeys: [found.zoe.private], publicKeys, keyring, receivedAt: now() };
    const args = ['-r', zoe, '--trust-model', 'always', '--armor'];
    const hidden = (await gpg.run([...args, '--throw-keyids', '--encrypt'], entity)).output.toString();
    const opened = await decrypt(parseMessage(Buffer.from(encryptedMessage(adam, hidden))), owner);
    assert.equal(opened.findings.opened, true);
    assert.ok(opened.findings.algorithms.includes('rsa2048'));
    // GnuPG's word for data without integrity protection is RFC 2440.
    const options = ['--rfc2440', '--cipher-algo', 'AES256', '--encrypt'];
    const unprotected = (await gpg.run([...args, ...options], entity)).output.toString();
    const raw = Buffer.from(encryptedMessage(adam, unprotected));
    const { findings, content } = await decrypt(parseMessage(raw), owner);
    assert.equal(findings.noIntegrity, true);
    assert.equal(findings.encryption, 'weak');
    assert.equal(content, null);
  });

  it('opens what we seal, octet for octet, and uses keys that we make', async test => {
    const gpg = openGpg(test);
    if (!gpg) return;
    const key = await generateKey(adam);
    await gpg.run(['--import'], key.privateKey);
    const { fingerprint, publicKey: octets } = key;
    const raw = Buffer.concat([
      Buffer.from(`From: ${zoe}\r\nSubject: x\r\n\r\n`),
      Buffer.alloc(50_000, 0xfe),
    ]);
    const sealed = await seal(raw, [{ fingerprint, octets, state: 'usable' }], {
      receivedAt: new Date(Date.now() + 2000),
    });
    const block = findArmor(sealed, Buffer.from(sealed).indexOf('-----BEGIN PGP'));
    assert.ok(block);
    const { output, status } = await gpg.run(['--decrypt'], sealed.subarray(block.start, block.end));
    const inner = parseMessage(output);
    assert.equal(inner.root.mediaType, 'message/rfc822');
    assert.deepEqual(output.subarray(inner.root.bodyStart), raw);
    assert.doesNotMatch(status, /WARNING: message was not integrity protected|CRC error/);

    const detached = (await gpg.run(['-u', adam, '--armor', '--detach-sign'], entity)).output.toString();
    const known = {
      address: adam,
      fingerprint,
      octets,
      source: 'hand' as const,
      state: 'usable' as const,
      firstSeenAt: new Date(0),
    };
    const owner = { privateKeys: [], publicKeys: [known], keyring, receivedAt: now() };
    const { findings } = await decrypt(
      parseMessage(Buffer.from(signedMessage(adam, entity, detached))),
      owner,
    );
    assert.equal(findings.signature, 'verified');
  });
});
