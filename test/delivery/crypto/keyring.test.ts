import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadInstanceKey, openKeyring } from '../../../delivery/crypto/keyring.ts';
import { generateKey } from '../../../delivery/crypto/keys.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const first = new Uint8Array(32).fill(1);
const second = new Uint8Array(32).fill(2);

describe('the keyring', () => {
  it('gives back what it wrapped, each time in other octets', () => {
    const keyring = openKeyring(first);
    fc.assert(
      fc.property(fc.uint8Array(), octets => {
        const wrapped = keyring.wrap(octets);
        assert.deepEqual([...keyring.unwrap(wrapped)], [...octets]);
        assert.notDeepEqual([...wrapped], [...keyring.wrap(octets)]);
      }),
    );
  });

  it('notices every changed octet, and other keys', () => {
    const keyring = openKeyring(first);
    const wrapped = keyring.wrap(Buffer.from('secret'));
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = Uint8Array.from(wrapped);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(() => keyring.unwrap(changed), DeliveryError);
    }
    assert.throws(() => openKeyring(second).unwrap(wrapped), DeliveryError);
    assert.throws(() => keyring.unwrap(new Uint8Array()), DeliveryError);
  });

  it('opens what older instance keys wrapped, and says that they are old', () => {
    const wrapped = openKeyring(first).wrap(Buffer.from('secret'));
    for (const rotated of [
      openKeyring(second, { olderKeys: [first] }),
      openKeyring(Buffer.concat([second, first])),
    ]) {
      assert.equal(Buffer.from(rotated.unwrap(wrapped)).toString(), 'secret');
      assert.ok(rotated.isOutdated(wrapped));
      assert.ok(!rotated.isOutdated(rotated.wrap(wrapped)));
    }
  });

  it('unlocks a private key once', async () => {
    const keyring = openKeyring(first);
    const { privateKey, fingerprint } = await generateKey('adam@example.net');
    const kept = { fingerprint, wrapped: keyring.wrap(privateKey) };
    const opened = await keyring.unwrapKey(kept);
    assert.equal(opened.getFingerprint(), fingerprint);
    assert.equal(await keyring.unwrapKey({ ...kept }), opened);
    await assert.rejects(keyring.unwrapKey({ fingerprint, wrapped: Buffer.from('x') }), DeliveryError);
  });

  it('draws keys for other uses that differ by purpose', () => {
    const keyring = openKeyring(first);
    assert.equal(keyring.derive('a').length, 32);
    assert.deepEqual(keyring.derive('a'), openKeyring(first).derive('a'));
    assert.notDeepEqual(keyring.derive('a'), keyring.derive('b'));
  });
});

describe('the instance key', () => {
  const none = { 'keys.instanceKey': '', 'keys.instanceKeyFile': '' };

  it('is made once, for this user alone, however many ask at the same time', async test => {
    const data = join(temporaryFolder(test), 'data');
    const keys = await Promise.all(Array.from({ length: 12 }, () => loadInstanceKey({ ...none, data })));
    for (const key of keys) assert.deepEqual(key, keys[0]);
    const file = join(data, 'instance.key');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /^[0-9a-f]{64}\n$/);
    assert.deepEqual(readdirSync(data), ['instance.key']);
    assert.deepEqual(await loadInstanceKey({ ...none, data }), keys[0]);
  });

  it('comes from the settings before any file, and may be several', async test => {
    const data = temporaryFolder(test);
    const given = await loadInstanceKey({ ...none, data, 'keys.instanceKey': 'ab'.repeat(32) });
    assert.deepEqual([...given], Array(32).fill(0xab));
    assert.deepEqual(readdirSync(data), []);
    const file = join(data, 'other.key');
    writeFileSync(file, `${'02'.repeat(32)}\n${'01'.repeat(32)}\n`);
    const several = await loadInstanceKey({ ...none, data, 'keys.instanceKeyFile': file });
    assert.equal(openKeyring(several).keyId, openKeyring(second).keyId);
  });

  it('of another form is refused without being shown', async test => {
    const data = temporaryFolder(test);
    const bad = { ...none, data, 'keys.instanceKey': 'hunter2' };
    await assert.rejects(loadInstanceKey(bad), (error: unknown) => {
      assert.ok(error instanceof DeliveryError);
      assert.equal(error.code, 'badSettings');
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
    assert.throws(() => openKeyring(new Uint8Array(31)), DeliveryError);
    assert.throws(() => openKeyring(new Uint8Array()), DeliveryError);
  });
});
