import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { type GeneratedKey, generateKey } from '../../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../../delivery/crypto/openpgp.ts';
import { addAccount, openTestWeb, type TestWeb } from './web.ts';

let key: GeneratedKey;

before(async () => {
  key = await generateKey('owner@example.org', undefined, new Date('2020-01-01T00:00:00Z'));
});

/** As made before 2010: openpgp.js takes SHA-1 for RSA alone, and with no salt beside it. */
async function sha1Key(email: string): Promise<{ fingerprint: string; octets: Uint8Array }> {
  const { generateKey, readKey, enums } = await loadOpenPgp();
  const { publicKey } = await generateKey({
    ...{ type: 'rsa', rsaBits: 2048, userIDs: [{ email }], format: 'binary' },
    date: new Date('2020-01-01T00:00:00Z'),
    config: { preferredHashAlgorithm: enums.hash.sha1, nonDeterministicSignaturesViaNotation: false },
  });
  return { fingerprint: (await readKey({ binaryKey: publicKey })).getFingerprint(), octets: publicKey };
}

async function openWithKey(t: TestContext): Promise<TestWeb> {
  const web = await openTestWeb(t);
  await web.store.addAlias('alias@example.org', web.account.id);
  const { fingerprint, publicKey } = key;
  await web.store.putPublicKey(web.account.id, {
    ...{ fingerprint, octets: publicKey, source: 'own', state: 'usable' },
    address: 'owner@example.org',
    firstSeenAt: web.clock.now(),
  });
  return web;
}

describe('PublishedKey', () => {
  it('is published and taken back by its owner alone, told before and written down', async t => {
    const web = await openWithKey(t);
    const first = await web.ask('PublishedKey/get');
    const row = first.list.find((each: { address: string }) => each.address === 'owner@example.org');
    const { id, ...shown } = row;
    assert.deepEqual(shown, {
      address: 'owner@example.org',
      published: false,
      fingerprint: key.fingerprint,
      userId: '<owner@example.org>',
      state: 'usable',
      publishedAt: null,
      smime: false,
    });
    const done = await web.ask('PublishedKey/set', {
      ifInState: first.state,
      update: { [id]: { published: true } },
    });
    assert.deepEqual([done.updated, done.oldState], [{ [id]: null }, first.state]);
    assert.ok(await web.store.getPublishedKey('owner@example.org', 'openpgp'));
    const second = await web.ask('PublishedKey/get', {
      ids: [id, 'Pnone'],
      properties: ['published', 'publishedAt'],
    });
    assert.deepEqual(second.list, [{ id, published: true, publishedAt: web.clock.now().toISOString() }]);
    assert.deepEqual([second.notFound, second.state], [['Pnone'], done.newState]);
    const stale = { ifInState: first.state, update: { [id]: { published: false } } };
    assert.equal(await web.refuse('PublishedKey/set', stale), 'stateMismatch');
    await web.ask('PublishedKey/set', { update: { [id]: { published: false } } });
    assert.equal(await web.store.getPublishedKey('owner@example.org', 'openpgp'), null);
    const { list } = await web.ask('Audit/get');
    assert.deepEqual(
      list
        .slice(0, 2)
        .map(({ action, actor, detail }: Record<string, { means: string }>) => [
          action,
          actor,
          detail?.means,
        ]),
      [
        ['keyUnpublished', 'owner@example.org', 'bearer'],
        ['keyPublished', 'owner@example.org', 'bearer'],
      ],
    );
  });

  it('says why a key can’t be published, and lets nothing else be set', async t => {
    const web = await openWithKey(t);
    const { list } = await web.ask('PublishedKey/get');
    const idOf = (address: string) => list.find((each: { address: string }) => each.address === address).id;
    const [owner, alias] = [idOf('owner@example.org'), idOf('alias@example.org')];
    const { notUpdated, notCreated, notDestroyed } = await web.ask('PublishedKey/set', {
      create: { new: { address: 'x@example.org' } },
      destroy: [owner],
      update: {
        [alias]: { published: true },
        [owner]: { published: true, fingerprint: 'ab' },
        Pnone: { published: true },
      },
    });
    assert.equal(notUpdated[alias].reason, 'noUserId');
    assert.match(notUpdated[alias].description, /no user id of this address/);
    assert.deepEqual([notUpdated[owner].type, notUpdated.Pnone.type], ['invalidProperties', 'notFound']);
    assert.deepEqual([notCreated.new.type, notDestroyed[owner].type], ['forbidden', 'forbidden']);
    assert.equal(await web.store.getPublishedKey('owner@example.org', 'openpgp'), null);
  });

  it('held together by SHA-1 alone is refused as that, not as one that can’t encrypt', async t => {
    const web = await openTestWeb(t);
    await web.store.putPublicKey(web.account.id, {
      ...(await sha1Key('owner@example.org')),
      ...{ source: 'own', state: 'usable', address: 'owner@example.org', firstSeenAt: web.clock.now() },
    });
    const { list } = await web.ask('PublishedKey/get');
    const { notUpdated } = await web.ask('PublishedKey/set', {
      update: { [list[0].id]: { published: true } },
    });
    const { reason, description } = notUpdated[list[0].id];
    assert.equal(reason, 'weakSignature');
    assert.match(description, /SHA-1.*sign it anew/);
  });

  it("never touches another account's", async t => {
    const web = await openWithKey(t);
    const other = await addAccount(web.store, 'other@example.org');
    assert.equal(await web.refuse('PublishedKey/get', { accountId: other.id }), 'accountNotFound');
    assert.equal(
      await web.refuse('PublishedKey/set', { accountId: other.id, update: {} }),
      'accountNotFound',
    );
  });
});
