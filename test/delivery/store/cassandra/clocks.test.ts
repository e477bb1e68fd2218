import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { requireCassandra } from '../../../support/cassandra.ts';
import { openProcess, openShared } from './parts.ts';

/** Two processes whose clocks are ten seconds apart, and an account. */
async function openApart(t: TestContext) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const ahead = await openProcess(t, shared, { aheadSeconds: 5 });
  const behind = await openProcess(t, shared, { aheadSeconds: -5 });
  await ahead.addDomain('example.org');
  const { id } = await ahead.addAccount({ address: 'ada@example.org', passwordHash: 'zero' });
  return { ahead, behind, id };
}

const at = new Date('2026-02-01T00:00:00Z');
const key = {
  ...{ address: 'bob@example.net', fingerprint: 'ab', octets: new Uint8Array([1]), firstSeenAt: at },
  ...({ source: 'wkd', state: 'usable' } as const),
};
const contact = { name: 'Bob', addresses: ['email:bob@example.net'], card: null, index: null, facts: null };

test('of two changes the later one holds, whatever the clocks of their processes say', async t => {
  const opened = await openApart(t);
  if (!opened) return;
  const { ahead, behind, id } = opened;
  for (const [process, name] of [
    [ahead, 'one'],
    [behind, 'two'],
    [ahead, 'three'],
    [behind, 'four'],
  ] as const) {
    await process.updateAccount(id, { displayName: name, quotaOctets: name.length });
    await process.setPasswordHash(id, name);
    await process.putSettings(id, { name });
    await process.putPublicKey(id, { ...key, octets: Buffer.from(name) });
    await process.putPrivateKey(id, {
      ...{ fingerprint: 'ab', custody: 'client', createdAt: at },
      wrapped: Buffer.from(name),
    });
    await process.putContact(id, { ...contact, id: 'Pbob', name, addresses: [`email:${name}@example.net`] });
    await process.putContactIndex(id, 'Pbob', { index: null, facts: { name } });
    const account = await behind.getAccount(id);
    assert.deepEqual([account?.displayName, account?.quotaOctets], [name, name.length]);
    assert.equal((await behind.getCredentials(id))?.passwordHash, name);
    assert.deepEqual(await behind.getSettings(id), { name });
    assert.deepEqual((await behind.listPublicKeys(id))[0]?.octets, new Uint8Array(Buffer.from(name)));
    assert.deepEqual((await behind.listPrivateKeys(id))[0]?.wrapped, new Uint8Array(Buffer.from(name)));
    const [found] = await behind.findContacts(id, [`email:${name}@example.net`]);
    assert.deepEqual([found?.name, found?.facts], [name, { name }]);
  }
});

test('what was removed by a clock ahead can be put again at once', async t => {
  const opened = await openApart(t);
  if (!opened) return;
  const { ahead, behind, id } = opened;
  const wrapped = new Uint8Array([1]);
  for (let round = 0; round < 2; round++) {
    await behind.putPublicKey(id, { ...key, source: 'own' });
    await behind.putPrivateKey(id, { fingerprint: 'ab', custody: 'client', wrapped, createdAt: at });
    await behind.putContact(id, { ...contact, id: 'Pbob' });
    await behind.grantRole(id, 'operator', '*');
    await behind.addDomain('other.example');
    await behind.addAlias('info@other.example', id);
    const blob = await behind.blobs.putBlob(id, { octets: wrapped, mediaType: 'text/plain' });
    assert.equal((await ahead.listPublicKeys(id)).length, 1);
    assert.equal((await ahead.listPrivateKeys(id)).length, 1);
    assert.equal((await ahead.findContacts(id, contact.addresses)).length, 1);
    assert.equal(
      (await ahead.getOwnerContext(id, { addresses: [], discussionKey: 'd' })).publicKeys.length,
      1,
    );
    assert.equal((await ahead.listRoles(id)).length, 1);
    assert.equal((await ahead.listDomains()).items.length, 2);
    assert.equal((await ahead.getOwner(id))?.addresses.length, 2);
    assert.ok(await ahead.blobs.getUpload(id, blob));
    await ahead.removePublicKey(id, key.address, key.fingerprint);
    await ahead.removePrivateKey(id, 'ab');
    await ahead.removeContact(id, 'Pbob');
    await ahead.revokeRole(id, 'operator', '*');
    await ahead.removeAlias('info@other.example');
    await ahead.removeDomain('other.example');
    await ahead.blobs.dropUploads(id, [blob]);
    assert.deepEqual(await behind.listPublicKeys(id), []);
    assert.deepEqual(await behind.listPrivateKeys(id), []);
    assert.deepEqual(await behind.findContacts(id, contact.addresses), []);
    assert.deepEqual(await behind.listRoles(id), []);
    assert.equal((await behind.getOwner(id))?.addresses.length, 1);
    assert.equal((await behind.listDomains()).items.length, 1);
    assert.equal(await behind.blobs.getUpload(id, blob), null);
  }
});

test('an account that was made by a clock ahead is removed by one behind', async t => {
  const opened = await openApart(t);
  if (!opened) return;
  const { ahead, behind, id } = opened;
  await ahead.putSettings(id, { a: 1 });
  await behind.removeAccount(id);
  assert.equal(await ahead.getAccount(id), null);
  assert.equal((await behind.addAccount({ address: 'ada@example.org' })).address, 'ada@example.org');
  assert.equal(
    (await ahead.getOwner((await ahead.getAccountByAddress('ada@example.org'))?.id ?? ''))?.addresses.length,
    1,
  );
});
