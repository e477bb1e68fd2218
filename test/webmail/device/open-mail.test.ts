import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { armor } from '../../../delivery/crypto/armor.ts';
import { generateKey, readPublicKeys } from '../../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import { seal } from '../../../delivery/crypto/seal.ts';
import type { OpenAnswer, OpenedMail, SenderKey } from '../../../webmail/device/protocol.ts';
import { openTestDevice, type TestDevice } from '../../support/device.ts';
import { type Gpg, openGpg } from '../../support/gpg.ts';
import { encryptedMessage, textMessage } from '../../support/openpgp-mail.ts';

const zoe = 'zoe@example.org';
const adam = 'adam@example.net';
const passphrase = 'three blue teapots';
const text = 'Content-Type: text/plain; charset=utf-8\r\n\r\nÀ midi, comme toujours.\r\n';
const tracked =
  'Content-Type: text/html; charset=utf-8; hp="cipher"\r\nSubject: Le déjeuner\r\nFrom: zoe@example.org\r\n\r\n<p>Midi.</p><img src="https://t.example/p.gif" width=1 height=1>\r\n';

const soon = () => new Date(Date.now() + 60_000);

async function gpgWith(test: Parameters<typeof openGpg>[0], kind: string): Promise<Gpg | null> {
  const gpg = openGpg(test);
  await gpg?.run(['--passphrase', '', '--quick-generate-key', zoe, 'default', 'default', 'never']);
  await gpg?.run(['--passphrase', passphrase, '--quick-generate-key', adam, kind, 'default', 'never']);
  if (!gpg || kind === 'default') return gpg;
  const listed = (await gpg.run(['--with-colons', '--list-keys', adam])).output.toString();
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '';
  await gpg.run(['--passphrase', passphrase, '--quick-add-key', fingerprint, kind, 'encr', 'never']);
  return gpg;
}

async function publicKey(gpg: Gpg, address: string): Promise<Uint8Array> {
  return (await gpg.run(['--export', address])).output;
}

async function senderKey(gpg: Gpg, source: SenderKey['source']): Promise<SenderKey> {
  const octets = await publicKey(gpg, zoe);
  const [key] = await readPublicKeys(octets);
  return {
    address: zoe,
    fingerprint: key?.getFingerprint() ?? '',
    source,
    state: 'usable',
    firstSeenAt: new Date(0).toISOString(),
    armor: armor('PUBLIC KEY BLOCK', octets),
  };
}

async function encrypted(gpg: Gpg, entity: string, options: readonly string[] = ['--sign']): Promise<string> {
  const args = ['-u', zoe, '-r', adam, '--trust-model', 'always', '--armor', ...options, '--encrypt'];
  return (await gpg.run(args, entity)).output.toString();
}

async function deviceWith(gpg: Gpg, senderKeys: readonly SenderKey[] = []): Promise<TestDevice> {
  const device = openTestDevice(senderKeys);
  const args = ['--passphrase', passphrase, '--armor', '--export-secret-keys', adam];
  const octets = new Uint8Array((await gpg.run(args)).output);
  const answer = await device.ask({ kind: 'import', octets, passphrase: null, isForgotten: false });
  assert.ok('imported' in answer, JSON.stringify(answer));
  return device;
}

function open(device: TestDevice, raw: string | Uint8Array, isSealed = false): Promise<OpenAnswer> {
  const octets = new Uint8Array(Buffer.from(raw));
  return device.ask({ kind: 'open', octets, isSealed, receivedAt: soon().toISOString() });
}

async function opened(device: TestDevice, raw: string | Uint8Array, isSealed = false): Promise<OpenedMail> {
  const answer = await open(device, raw, isSealed);
  assert.ok('mail' in answer, JSON.stringify(answer));
  return answer.mail;
}

const textOf = (mail: OpenedMail) => Object.values(mail.bodyValues).map(({ value }) => value);

describe('mail made by GnuPG', { concurrency: false }, () => {
  it('stays closed until the right passphrase, then is read and judged', async test => {
    const gpg = await gpgWith(test, 'default');
    if (!gpg) return;
    const device = await deviceWith(gpg, [await senderKey(gpg, 'hand')]);
    const raw = encryptedMessage(zoe, await encrypted(gpg, tracked), '[...]');
    const closed = await open(device, raw);
    assert.ok('failure' in closed && closed.failure === 'locked');
    assert.equal(closed.keyIds.length, 1);
    assert.deepEqual(await device.ask({ kind: 'unlock', passphrase: 'three red teapots' }), []);
    assert.equal((await device.ask({ kind: 'unlock', passphrase })).length, 1);

    const mail = await opened(device, raw);
    assert.equal(mail.subject, 'Le déjeuner');
    assert.match(textOf(mail).join(), /<p>Midi\.<\/p>/);
    assert.deepEqual(mail.facts, {
      signature: 'verified',
      tracking: 'tracked',
      remoteContent: 'present',
      subject: 'protected',
    });
    assert.equal(mail.signer?.address, zoe);
    assert.deepEqual(device.wanted, [zoe, adam]);
    device.idle();
    assert.deepEqual(device.posted.at(-1), { event: 'locked' });
    const again = await open(device, raw);
    assert.ok('failure' in again && again.failure === 'locked');
    assert.ok(!JSON.stringify(device.posted).includes(passphrase));
    assert.ok(!JSON.stringify(device.posted).includes('PRIVATE KEY'));
  });

  it('is opened behind our own seal, both layers', async test => {
    const gpg = await gpgWith(test, 'default');
    if (!gpg) return;
    const device = await deviceWith(gpg, [await senderKey(gpg, 'attached')]);
    await device.ask({ kind: 'unlock', passphrase });
    const own = { octets: await publicKey(gpg, adam), fingerprint: '', state: 'usable' as const };
    const sealed = (raw: string) => seal(Buffer.from(raw), [own], { receivedAt: soon() });
    const inner = encryptedMessage(zoe, await encrypted(gpg, text), 'open');
    const mail = await opened(device, await sealed(inner), true);
    assert.deepEqual(textOf(mail), ['À midi, comme toujours.\n']);
    assert.deepEqual(mail.facts, {
      signature: 'seen',
      tracking: 'clean',
      remoteContent: 'absent',
      subject: 'open',
    });
    assert.equal(Buffer.from(await mail.source.arrayBuffer()).toString(), inner);

    const plain = await opened(device, await sealed(textMessage(zoe, 'Salut.\r\n', 'Le thé')), true);
    assert.deepEqual([plain.subject, textOf(plain), plain.form], ['Le thé', ['Salut.\n'], 'none']);
    assert.equal(plain.facts.signature, 'none');

    // What somebody else marks as sealed is shown as the attachment that it is.
    const forged = `Content-Type: message/rfc822; x-sealed="1"\r\n\r\n${textMessage('boss@example.org', 'Pay.')}`;
    const posing = await opened(device, encryptedMessage(zoe, await encrypted(gpg, forged)));
    assert.deepEqual(posing.from, [{ name: null, email: zoe }]);
    const unsealed = await open(device, inner, true);
    assert.ok('failure' in unsealed && unsealed.failure === 'malformed');
  });

  it('brings a key along inside the encryption, as Thunderbird sends it', async test => {
    const gpg = await gpgWith(test, 'default');
    if (!gpg) return;
    const device = await deviceWith(gpg);
    await device.ask({ kind: 'unlock', passphrase });
    const certificate = armor('PUBLIC KEY BLOCK', await publicKey(gpg, zoe));
    const inner = [
      'Content-Type: multipart/mixed; boundary="i"',
      '',
      '--i',
      text,
      '--i',
      'Content-Type: application/pgp-keys; name="OpenPGP_0x1.asc"',
      'Content-Disposition: attachment; filename="OpenPGP_0x1.asc"',
      '',
      certificate,
      '--i--',
      '',
    ].join('\r\n');
    const mail = await opened(device, encryptedMessage(zoe, await encrypted(gpg, inner)));
    assert.equal(mail.facts.signature, 'unknownKey');
    assert.equal(mail.signer?.address, zoe);
    const [found] = await readPublicKeys(Buffer.from(mail.signerArmor ?? ''));
    assert.equal(found?.getFingerprint(), mail.signer?.fingerprint);
    const [part] = mail.attachments;
    assert.equal(part?.name, 'OpenPGP_0x1.asc');
    const saved = await mail.blobs[part?.blobId ?? '']?.text();
    assert.equal(saved?.trim(), certificate.trim());
  });

  it('is opened inline, for two recipients, for hidden ones, unsigned, and with RSA of 4,096 bits', async test => {
    const gpg = await gpgWith(test, 'rsa4096');
    if (!gpg) return;
    const device = await deviceWith(gpg);
    await device.ask({ kind: 'unlock', passphrase });
    const inline = await opened(device, textMessage(zoe, await encrypted(gpg, 'À midi.\n', [])));
    assert.deepEqual(
      [textOf(inline), inline.form, inline.facts.signature],
      [['À midi.\n'], 'pgpInline', 'none'],
    );
    for (const options of [['-r', zoe], ['--throw-keyids'], ['-R', zoe]]) {
      const mail = await opened(device, encryptedMessage(zoe, await encrypted(gpg, text, options)));
      assert.deepEqual(textOf(mail), ['À midi, comme toujours.\n'], options.join(' '));
    }
    const byUnknown = await opened(device, encryptedMessage(zoe, await encrypted(gpg, text)));
    assert.equal(byUnknown.facts.signature, undefined);
  });

  it('says which keys would open it, and refuses what is damaged or not protected against change', async test => {
    const gpg = await gpgWith(test, 'default');
    if (!gpg) return;
    const device = await deviceWith(gpg);
    await device.ask({ kind: 'unlock', passphrase });
    const args = ['-r', zoe, '--trust-model', 'always', '--armor', '--encrypt'];
    const foreign = (await gpg.run(args, text)).output.toString();
    const [zoeKey] = await readPublicKeys(await publicKey(gpg, zoe));
    const ids = zoeKey?.getKeyIDs().map(id => id.toHex()) ?? [];
    const noKey = await open(device, encryptedMessage(zoe, foreign));
    assert.ok('failure' in noKey && noKey.failure === 'noKey');
    assert.ok(ids.includes(noKey.keyIds[0] ?? ''), noKey.keyIds.join());

    const damaged = (await encrypted(gpg, text)).split('\n');
    const line = damaged.length - 6;
    damaged[line] = [...(damaged[line] ?? '')].reverse().join('');
    const broken = await open(device, encryptedMessage(zoe, damaged.join('\n')));
    assert.ok(
      'failure' in broken && ['noIntegrity', 'malformed'].includes(broken.failure),
      JSON.stringify(broken),
    );

    const weak = await encrypted(gpg, text, ['--rfc2440', '--disable-mdc', '--cipher-algo', '3DES']).catch(
      () => null,
    );
    assert.ok(weak, 'gpg makes messages without integrity protection when it is told so');
    const unprotected = await open(device, encryptedMessage(zoe, weak));
    assert.ok('failure' in unprotected && unprotected.failure === 'noIntegrity', JSON.stringify(unprotected));
    const clear = await open(device, textMessage(zoe, 'Salut.'));
    assert.ok('failure' in clear && clear.failure === 'notEncrypted');
  });
});

it('keys of version 6 open messages of version 2', async () => {
  const openpgp = await loadOpenPgp();
  const made = await openpgp.generateKey({
    type: 'curve25519',
    userIDs: { email: adam },
    passphrase,
    format: 'object',
    config: { v6Keys: true, aeadProtect: true },
  });
  assert.equal(made.publicKey.keyPacket.version, 6);
  const device = openTestDevice();
  const octets = made.privateKey.write();
  assert.ok(
    'imported' in (await device.ask({ kind: 'import', octets, passphrase: null, isForgotten: false })),
  );
  await device.ask({ kind: 'unlock', passphrase });
  const armored = await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: Buffer.from(text) }),
    encryptionKeys: made.publicKey,
    config: { aeadProtect: true },
  });
  assert.deepEqual(textOf(await opened(device, encryptedMessage(zoe, String(armored)))), [
    'À midi, comme toujours.\n',
  ]);
});

it('a key without a passphrase is taken only when it is locked with one', async () => {
  const key = await generateKey(adam);
  const device = openTestDevice();
  const given = (passphraseForIt: string | null) =>
    device.ask({ kind: 'import', octets: key.privateKey, passphrase: passphraseForIt, isForgotten: true });
  assert.deepEqual(await given(null), { failure: 'unprotected' });
  assert.deepEqual(await given('short'), { failure: 'weakPassphrase' });
  assert.equal(device.kept.size, 0);
  assert.ok('imported' in (await given(passphrase)));
  const [kept] = device.kept.values();
  const stored = await (await loadOpenPgp()).readPrivateKey({ armoredKey: kept?.armor ?? '' });
  assert.ok(!stored.isDecrypted());
  assert.equal(await device.ask({ kind: 'export', fingerprint: key.fingerprint }), kept?.armor);
  assert.deepEqual(
    await device.ask({ kind: 'import', octets: key.publicKey, passphrase, isForgotten: false }),
    {
      failure: 'noKey',
    },
  );
  await device.ask({ kind: 'forget' });
  assert.deepEqual([device.kept.size, await device.ask({ kind: 'list' })], [0, []]);
});
