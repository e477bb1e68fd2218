import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { certifyUserId } from '../../../delivery/crypto/add-user-id.ts';
import {
  joinCertificate,
  mergeCertificates,
  readCertificates,
} from '../../../delivery/crypto/certificate-parts.ts';
import { keyFingerprint } from '../../../delivery/crypto/fingerprint.ts';
import { withUserId } from '../../../delivery/crypto/key-block.ts';
import { generateKey, readPrivateKey, readPublicKeys } from '../../../delivery/crypto/keys.ts';
import { addressOfUserId, minimalCertificate } from '../../../delivery/crypto/minimal-certificate.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import { splitPackets } from '../../../delivery/crypto/packets.ts';
import { findRevocation, makeRevocation, withRevocation } from '../../../delivery/crypto/revocation.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { type Gpg, openGpg } from '../../support/gpg.ts';

const locked = ['--passphrase', ''];

async function makeKey(gpg: Gpg, userId: string, ...kind: readonly string[]): Promise<string> {
  const words = kind.length > 0 ? kind : ['future-default', 'default', 'never'];
  await gpg.run([...locked, '--quick-generate-key', userId, ...words]);
  const { output } = await gpg.run(['--with-colons', '--list-keys', userId]);
  return /^fpr:+([0-9A-F]+)/m.exec(output.toString())?.[1] ?? '';
}

async function exported(gpg: Gpg, name: string, ...options: readonly string[]): Promise<Buffer> {
  return (await gpg.run([...options, '--export', name])).output;
}

/** What a GnuPG that knows nothing yet lists of it: lines of keys, user ids and signatures. */
async function imported(t: TestContext, octets: Uint8Array): Promise<string[]> {
  const gpg = openGpg(t);
  assert.ok(gpg);
  await gpg.run(['--import'], octets);
  const { output } = await gpg.run(['--with-colons', '--check-sigs']);
  return output
    .toString()
    .split('\n')
    .filter(line => /^(?:pub|uid|sub|sig|rev):/.test(line));
}

const reasonOf = (error: unknown) => (error instanceof DeliveryError ? error.fields.reason : error);

describe('the minimal certificate', { concurrency: false }, () => {
  it('of a Curve25519 key is as small as GnuPG makes it, octet for octet', async t => {
    const gpg = openGpg(t);
    if (!gpg) return;
    await makeKey(gpg, 'zoe@example.org');
    const least = await exported(gpg, 'zoe@example.org', '--export-options', 'export-minimal');
    const { octets, userId, state, version, expiresAt } = await minimalCertificate(
      await exported(gpg, 'zoe@example.org'),
      'Zoe@Example.ORG',
      new Date(),
    );
    assert.deepEqual(Buffer.from(octets), least);
    assert.ok(octets.length <= 400, `${octets.length} octets`);
    t.diagnostic(`Curve25519: ${octets.length} octets`);
    assert.deepEqual([userId, state, version, expiresAt], ['zoe@example.org', 'usable', 4, null]);
    assert.equal((await imported(t, octets)).length, 5);
  });

  it('holds of 91 user ids and what others signed only the one that is asked for', async t => {
    const gpg = openGpg(t);
    if (!gpg) return;
    const fingerprint = await makeKey(gpg, 'Zoe <zoe@example.org>', 'rsa4096', 'default', 'never');
    await gpg.run([...locked, '--quick-add-key', fingerprint, 'rsa4096', 'encr', 'never']);
    for (let number = 1; number <= 90; number += 1) {
      await gpg.run([...locked, '--quick-add-uid', fingerprint, `Zoe <zoe${number}@example.org>`]);
    }
    await makeKey(gpg, 'friend@example.org');
    await gpg.run([...locked, '--default-key', 'friend@example.org', '--quick-sign-key', fingerprint]);
    const full = await exported(gpg, fingerprint);
    const minimal = await minimalCertificate(full, 'zoe42@example.org', new Date());
    t.diagnostic(`RSA 4096: ${full.length} octets become ${minimal.octets.length}`);
    assert.ok(full.length > 50_000 && minimal.octets.length < 2_500);
    const lines = await imported(t, minimal.octets);
    assert.deepEqual(
      lines.filter(line => line.startsWith('uid')).map(line => line.split(':')[9]),
      ['Zoe <zoe42@example.org>'],
    );
    // One self-certification, one binding, both good.
    assert.deepEqual(
      lines.filter(line => line.startsWith('sig')).map(line => line.split(':')[1]),
      ['!', '!'],
    );
  });

  it('leaves out subkeys that are over, revoked or for signing in, and takes the newest life of the key', async t => {
    const gpg = openGpg(t);
    if (!gpg) return;
    const fingerprint = await makeKey(gpg, 'zoe@example.org', 'ed25519', 'default', '1y');
    await gpg.run([...locked, '--quick-add-key', fingerprint, 'cv25519', 'encr', '1y']);
    await gpg.run([...locked, '--quick-add-key', fingerprint, 'cv25519', 'encr', 'seconds=1000']);
    await gpg.run([...locked, '--quick-add-key', fingerprint, 'ed25519', 'auth', 'never']);
    await gpg.run([...locked, '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never']);
    await gpg.run([
      ...locked,
      '--faked-system-time',
      String(Math.floor(Date.now() / 1000) + 10),
      '--quick-set-expire',
      fingerprint,
      '3y',
    ]);
    const full = await exported(gpg, fingerprint);
    const at = new Date(Date.now() + 7_200_000);
    const minimal = await minimalCertificate(full, 'zoe@example.org', at);
    const years = ((minimal.expiresAt?.getTime() ?? 0) - at.getTime()) / 31_536_000_000;
    assert.ok(years > 2.9 && years < 3.1, `${years} years`);
    const lines = await imported(t, minimal.octets);
    assert.deepEqual(
      lines.filter(line => line.startsWith('sub')).map(line => line.split(':')[11]),
      ['e', 's'],
    );
    await assert.rejects(
      minimalCertificate(full, 'zoe@example.org', new Date(Date.now() + 4 * 31_536_000_000)),
      error => reasonOf(error) === 'expired',
    );
  });

  it('of a revoked key shows the world that it is', async t => {
    const made = await generateKey('zoe@example.org');
    const at = new Date(Date.now() + 1000);
    const revocation = await makeRevocation(await readPrivateKey(made.privateKey), 'compromised', at);
    const revoked = withRevocation(made.publicKey, revocation);
    const minimal = await minimalCertificate(revoked, 'zoe@example.org', at);
    assert.equal(minimal.state, 'revoked');
    assert.deepEqual(
      splitPackets(minimal.octets)?.map(({ type }) => type),
      [6, 2, 13, 2],
    );
    if (!openGpg(t)) return;
    assert.match((await imported(t, minimal.octets))[0] ?? '', /^pub:r:/);
    // What was published before takes nothing back.
    const both = await minimalCertificate([made.publicKey, minimal.octets], 'zoe@example.org', at);
    assert.equal(both.state, 'revoked');
  });

  it('takes a revocation as GnuPG keeps it, and no other', async t => {
    const gpg = openGpg(t);
    if (!gpg) return;
    await makeKey(gpg, 'zoe@example.org');
    const made = await generateKey('zoe@example.org');
    const certificate = Buffer.from(`The text of a file.\n\n:${made.revocationCertificate}`);
    const at = new Date(Date.now() + 2000);
    const found = await findRevocation(made.publicKey, certificate, at);
    const revoked = withRevocation(made.publicKey, found);
    assert.equal((await minimalCertificate(revoked, 'zoe@example.org', at)).state, 'revoked');
    const other = await exported(gpg, 'zoe@example.org');
    await assert.rejects(findRevocation(other, certificate, at), /no revocation of this key/);
    await assert.rejects(findRevocation(other, Buffer.from('nothing'), at), /no OpenPGP revocation/);
    await assert.rejects(findRevocation(other, other, at), /no revocation of this key/);
  });

  it('says which address is missing; a user id that is revoked is none', async t => {
    const gpg = openGpg(t);
    if (!gpg) return;
    const fingerprint = await makeKey(gpg, 'Zoe <zoe@example.org>');
    await gpg.run([...locked, '--quick-add-uid', fingerprint, 'Zoe <old@example.org>']);
    await gpg.run([...locked, '--quick-revoke-uid', fingerprint, 'Zoe <old@example.org>']);
    const full = await exported(gpg, fingerprint);
    for (const [address, reason] of [
      ['old@example.org', 'userIdRevoked'],
      ['adam@example.org', 'noUserId'],
      ['zoe+tag@example.org', 'noUserId'],
    ] as const) {
      await assert.rejects(
        minimalCertificate(full, address, new Date()),
        error => reasonOf(error) === reason,
      );
    }
    const signing = await makeKey(gpg, 'sign@example.org', 'ed25519', 'sign', 'never');
    await assert.rejects(
      minimalCertificate(await exported(gpg, signing), 'sign@example.org', new Date()),
      error => reasonOf(error) === 'cannotEncrypt',
    );
  });

  it('is not made of what only SHA-1 holds together', async t => {
    const gpg = openGpg(t);
    if (!gpg) return;
    const sha1 = ['--cert-digest-algo', 'SHA1'];
    const address = 'zoe@example.org';
    const make = (...words: string[]) => gpg.run([...locked, ...words]);
    await make(...sha1, '--quick-generate-key', address, 'rsa2048', 'default', 'never');
    const { output } = await gpg.run(['--with-colons', '--list-keys', address]);
    const fingerprint = /^fpr:+([0-9A-F]+)/m.exec(output.toString())?.[1] ?? '';
    await make(...sha1, '--quick-add-key', fingerprint, 'rsa2048', 'encr', 'never');
    const minimal = async () =>
      minimalCertificate(await exported(gpg, fingerprint), address, new Date(Date.now() + 2000));
    const isRefused = (error: unknown) => reasonOf(error) === 'weakSignature' && /SHA-1/.test(String(error));
    await assert.rejects(minimal(), isRefused);
    const secret = await gpg.run([...locked, '--export-secret-keys', fingerprint]);
    const at = new Date(Date.now() + 2000);
    const revocation = await makeRevocation(await readPrivateKey(secret.output), 'none', at);
    const revoked = withRevocation(await exported(gpg, fingerprint), revocation);
    assert.equal((await minimalCertificate(revoked, address, at)).state, 'revoked');
    // GnuPG dates a new signature a second after the one before.
    await make('--quick-set-expire', fingerprint, '2y');
    await assert.rejects(minimal(), isRefused, 'the subkey is still bound by it');
    await make('--quick-add-key', fingerprint, 'rsa2048', 'encr', 'never');
    const types = splitPackets((await minimal()).octets)?.map(({ type }) => type);
    assert.deepEqual(types, [6, 13, 2, 14, 2], 'the other subkey alone');
  });

  it('of a key of version 6 keeps its direct-key signature', async () => {
    const openpgp = await loadOpenPgp();
    const { publicKey } = await openpgp.generateKey({
      type: 'curve25519',
      userIDs: [{ email: 'zoe@example.org' }, { email: 'other@example.org' }],
      format: 'binary',
      config: { v6Keys: true },
    });
    const minimal = await minimalCertificate(publicKey, 'zoe@example.org', new Date(Date.now() + 1000));
    assert.equal(minimal.version, 6);
    assert.equal(keyFingerprint(minimal.octets), minimal.fingerprint);
    assert.deepEqual(
      splitPackets(minimal.octets)?.map(({ type }) => type),
      [6, 2, 13, 2, 14, 2],
    );
  });

  it('can be made for one more address once the key says so itself', async t => {
    const made = await generateKey('zoe@example.org');
    const at = new Date(Date.now() + 1000);
    const packets = await certifyUserId(await readPrivateKey(made.privateKey), 'alias@example.org', at);
    const secret = withUserId(made.privateKey, packets);
    const full = withUserId(made.publicKey, packets);
    assert.deepEqual(
      (await readPrivateKey(secret)).toPublic().write(),
      (await readPublicKeys(full))[0]?.write(),
    );
    const minimal = await minimalCertificate(full, 'alias@example.org', at);
    assert.equal(minimal.userId, '<alias@example.org>');
    if (!openGpg(t)) return;
    const lines = await imported(t, minimal.octets);
    assert.deepEqual(
      lines.filter(line => line.startsWith('uid')).map(line => line.split(':')[9]),
      ['<alias@example.org>'],
    );
    assert.deepEqual(
      lines.filter(line => line.startsWith('sig')).map(line => line.split(':')[1]),
      ['!', '!'],
    );
    assert.equal(lines.find(line => line.startsWith('sub'))?.split(':')[11], 'e');
  });

  it('never comes of what is no key', async () => {
    const made = await generateKey('zoe@example.org');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(made.publicKey.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const damaged = Uint8Array.from(made.publicKey);
          damaged[at] = (damaged[at] ?? 0) ^ change;
          const result = await minimalCertificate(
            damaged,
            'zoe@example.org',
            new Date(Date.now() + 1000),
          ).catch((error: unknown) => error);
          if (result instanceof Error)
            assert.ok(result instanceof DeliveryError && result.code === 'badInput', String(result.stack));
        },
      ),
      { numRuns: 150 },
    );
  });
});

it('two copies of a certificate are put together, each packet once', async () => {
  const made = await generateKey('zoe@example.org');
  const packets = await certifyUserId(await readPrivateKey(made.privateKey), 'alias@example.org', new Date());
  const [one] = readCertificates(made.publicKey);
  const [other] = readCertificates(withUserId(made.publicKey, packets));
  assert.ok(one && other);
  assert.deepEqual(joinCertificate(mergeCertificates(one, other)), withUserId(made.publicKey, packets));
  assert.deepEqual(joinCertificate(mergeCertificates(other, one)), withUserId(made.publicKey, packets));
  assert.deepEqual(joinCertificate(one), made.publicKey);
});

it('a user id carries the address in its brackets, or is one', () => {
  assert.equal(addressOfUserId('Zoe (work) <Zoe@Example.org>'), 'zoe@example.org');
  assert.equal(addressOfUserId('zoe@example.org'), 'zoe@example.org');
  assert.equal(addressOfUserId('<zoe@example.org>'), 'zoe@example.org');
  assert.equal(addressOfUserId('zoe@example.org is me'), '');
  assert.equal(addressOfUserId('<evil@example.org> <zoe@example.org> x'), '');
  assert.equal(addressOfUserId(''), '');
});
