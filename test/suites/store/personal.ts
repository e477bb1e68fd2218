import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coded, type StoreFactory, withAccount, withStore } from './under-test.ts';

/** Keys, contacts, settings, rules, audit, documents of the instance. */
export function personalSuite(factory: StoreFactory): void {
  describe('personal: keys', () => keyCases(factory));
  describe('personal: contacts, settings, audit', () => contactCases(factory));
  describe('instance', () => instanceCases(factory));
}

const at = new Date('2026-02-01T00:00:00Z');

function keyCases(factory: StoreFactory): void {
  it('private keys are kept, replaced and removed', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const key = {
        fingerprint: 'ab',
        custody: 'server' as const,
        wrapped: new Uint8Array([1]),
        createdAt: at,
      };
      await store.putPrivateKey(accountId, key);
      await store.putPrivateKey(accountId, { ...key, wrapped: new Uint8Array([2]) });
      const keys = await store.listPrivateKeys(accountId);
      assert.deepEqual(keys, [{ ...key, wrapped: new Uint8Array([2]) }]);
      await store.removePrivateKey(accountId, 'ab');
      assert.deepEqual(await store.listPrivateKeys(accountId), []);
    }));

  it('public keys are found by address, whatever its case', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const key = {
        address: 'bob@example.net',
        fingerprint: 'cd',
        octets: new Uint8Array([9]),
        source: 'wkd' as const,
        state: 'usable' as const,
        firstSeenAt: at,
      };
      await store.putPublicKey(accountId, key);
      const own = { ...key, address: 'ada@example.org', source: 'own' as const };
      await store.putPublicKey(accountId, own);
      assert.deepEqual(await store.listPublicKeys(accountId, ['BOB@example.net']), [key]);
      assert.equal((await store.listPublicKeys(accountId)).length, 2);
      const context = await store.getOwnerContext(accountId, {
        addresses: ['bob@example.net'],
        discussionKey: 'd',
      });
      assert.deepEqual(context.publicKeys.map(({ source }) => source).sort(), ['own', 'wkd']);
      await store.removePublicKey(accountId, 'Bob@example.net', 'CD');
      assert.deepEqual(await store.listPublicKeys(accountId), [own]);
    }));
}

function contactCases(factory: StoreFactory): void {
  const bob = {
    name: 'Bob',
    addresses: ['email:Bob@example.net', 'xmpp:bob@example.net'],
    card: { x: 1 },
    index: null,
    facts: null,
  };

  it('contacts are made, found by any address, changed and removed', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const { id } = await store.putContact(accountId, bob);
      assert.deepEqual((await store.getContact(accountId, id))?.card, { x: 1 });
      assert.deepEqual(
        (await store.findContacts(accountId, ['email:bob@EXAMPLE.net'])).map(c => c.id),
        [id],
      );
      const both = await store.findContacts(accountId, ['email:bob@example.net', 'xmpp:bob@example.net']);
      assert.equal(both.length, 1);
      await store.putContact(accountId, { ...bob, id, addresses: ['email:new@example.net'] });
      assert.deepEqual(await store.findContacts(accountId, ['email:bob@example.net']), []);
      const context = await store.getOwnerContext(accountId, {
        addresses: ['new@example.net'],
        discussionKey: 'd',
      });
      assert.deepEqual(
        context.contacts.map(c => c.id),
        [id],
      );
      await store.removeContact(accountId, id);
      assert.equal(await store.getContact(accountId, id), null);
      assert.deepEqual(await store.findContacts(accountId, ['email:new@example.net']), []);
    }));

  it('the index of a contact changes alone, and only while there is the contact', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const { id } = await store.putContact(accountId, bob);
      const before = await store.getState(accountId, 'ContactCard');
      const facts = { key: 'offered', history: 'some' };
      await store.putContactIndex(accountId, id, { index: null, facts });
      const changed = await store.getContact(accountId, id);
      assert.deepEqual([changed?.facts, changed?.name, changed?.card], [facts, 'Bob', { x: 1 }]);
      const changes = await store.getChanges(accountId, 'ContactCard', before, 10);
      assert.deepEqual(changes.updated, [id]);
      await store.removeContact(accountId, id);
      await store.putContactIndex(accountId, id, { index: null, facts });
      assert.equal(await store.getContact(accountId, id), null);
    }));

  it('contacts are listed in pages', () =>
    withAccount(factory, async ({ store, accountId }) => {
      for (let n = 0; n < 5; n++) await store.putContact(accountId, { ...bob, name: `n${n}` });
      const page = await store.listContacts(accountId, { limit: 3 });
      const rest = await store.listContacts(accountId, { after: page.next });
      assert.equal(new Set([...page.items, ...rest.items].map(c => c.name)).size, 5);
      assert.equal(rest.next, null);
    }));

  it('settings and rules begin empty and come back', () =>
    withAccount(factory, async ({ store, accountId }) => {
      assert.deepEqual([await store.getSettings(accountId), await store.listTagRules(accountId)], [{}, []]);
      await store.putSettings(accountId, { a: [1, { b: null }] });
      const rule = { id: 'r1', subject: 'sender' as const, value: '@example.net', tagId: 'archive' };
      await store.putTagRules(accountId, [rule]);
      assert.deepEqual(await store.getSettings(accountId), { a: [1, { b: null }] });
      assert.deepEqual(await store.listTagRules(accountId), [rule]);
    }));

  it('settings are put where they are what was read, whatever the order of their members, else refused', () =>
    withAccount(factory, async ({ store, accountId, another }) => {
      const other = await another();
      const isMismatch = coded('badRequest', 'versionMismatch');
      await assert.rejects(store.putSettings(accountId, { a: 1 }, { b: 1 }), isMismatch);
      const state = await store.getState(accountId, 'Settings');
      await store.putSettings(accountId, { a: { x: 1, y: [2] } }, {});
      assert.notEqual(await store.getState(accountId, 'Settings'), state);
      await assert.rejects(other.putSettings(accountId, { b: 1 }, {}), isMismatch);
      await other.putSettings(accountId, { b: 1 }, { a: { y: [2], x: 1, z: undefined } });
      assert.deepEqual(await store.getSettings(accountId), { b: 1 });
      await store.putSettings(accountId, { c: 1 });
      await assert.rejects(store.putSettings(accountId, { d: 1 }, { b: 1 }), isMismatch);
      await other.putSettings(accountId, { d: 1 }, { c: 1 });
      assert.deepEqual(await store.getSettings(accountId), { d: 1 });
    }));

  it('rules are put where they are what was read, else refused', () =>
    withAccount(factory, async ({ store, accountId, another }) => {
      const other = await another();
      const isMismatch = coded('badRequest', 'versionMismatch');
      const rule = (id: string) => ({ id, subject: 'list' as const, value: 'a.example', tagId: 'archive' });
      await assert.rejects(store.putTagRules(accountId, [rule('b')], [rule('a')]), isMismatch);
      await store.putTagRules(accountId, [rule('a')], []);
      await assert.rejects(other.putTagRules(accountId, [rule('b')], []), isMismatch);
      await other.putTagRules(accountId, [rule('a'), rule('b')], [rule('a')]);
      await store.putTagRules(accountId, [rule('c')]);
      await assert.rejects(store.putTagRules(accountId, [], [rule('a'), rule('b')]), isMismatch);
      await other.putTagRules(accountId, [], [rule('c')]);
      assert.deepEqual(await store.listTagRules(accountId), []);
    }));

  it('of processes that change a part of the settings at once no change is lost', () =>
    withAccount(factory, async ({ store, accountId, another }) => {
      const processes = [store, await another()];
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      const change = async (name: string, index: number): Promise<void> => {
        for (;;) {
          const process = processes[index % 2] ?? store;
          const settings = await process.getSettings(accountId);
          try {
            await process.putSettings(accountId, { ...settings, [name]: index }, settings);
            return;
          } catch (error) {
            assert.ok(coded('badRequest', 'versionMismatch')(error), String(error));
          }
        }
      };
      await Promise.all(names.map(change));
      const settings = await store.getSettings(accountId);
      assert.deepEqual(settings, Object.fromEntries(names.map((name, index) => [name, index])));
    }));

  it('audit entries are read newest first, in pages', () =>
    withAccount(factory, async ({ store, accountId }) => {
      for (let n = 0; n < 5; n++)
        await store.appendAudit(accountId, { at, actor: 'operator', action: 'mailOpened', detail: { n } });
      const page = await store.listAudit(accountId, { limit: 2 });
      const rest = await store.listAudit(accountId, { after: page.next });
      assert.deepEqual(
        [...page.items, ...rest.items].map(({ detail }) => detail.n),
        [4, 3, 2, 1, 0],
      );
    }));
}

function instanceCases(factory: StoreFactory): void {
  it('documents of the instance are kept by name', () =>
    withStore(factory, async ({ store }) => {
      assert.equal(await store.getInstanceState('model'), null);
      assert.equal(await store.getInstanceStateVersion('model'), null);
      const octets = new Uint8Array(100_000).map((_value, index) => index & 255);
      await store.putInstanceState('model', octets);
      assert.deepEqual((await store.getInstanceState('model'))?.octets, octets);
      await store.putInstanceState('model', new Uint8Array(1));
      assert.equal((await store.getInstanceState('model'))?.octets.byteLength, 1);
    }));

  it('a document of the instance has versions that grow, and is put where the version is the one that was read', () =>
    withStore(factory, async ({ store, another }) => {
      const isMismatch = coded('badRequest', 'versionMismatch');
      const other = await another();
      const octets = (number: number) => new Uint8Array([number]);
      await assert.rejects(store.putInstanceState('model', octets(0), 1), isMismatch);
      const first = await store.putInstanceState('model', octets(1), null);
      await assert.rejects(other.putInstanceState('model', octets(0), null), isMismatch);
      const second = await other.putInstanceState('model', octets(2), first);
      await assert.rejects(store.putInstanceState('model', octets(0), first), isMismatch);
      assert.deepEqual(await store.getInstanceState('model'), { octets: octets(2), version: second });
      assert.equal(await store.getInstanceStateVersion('model'), second);
      const third = await store.putInstanceState('model', octets(3));
      const fourth = await other.putInstanceState('model', octets(4), third);
      assert.ok(first < second && second < third && third < fourth);
      assert.deepEqual(await store.getInstanceState('model'), { octets: octets(4), version: fourth });
      assert.equal(await store.getInstanceStateVersion('model'), fourth);
    }));

  it('of several that put a document of the instance at once each builds on another', () =>
    withStore(factory, async ({ store, another }) => {
      const processes = [store, await another()];
      const add = async (index: number): Promise<void> => {
        for (;;) {
          const process = processes[index % 2] ?? store;
          const known = await process.getInstanceState('sum');
          const octets = new Uint8Array([...(known?.octets ?? []), index]);
          try {
            await process.putInstanceState('sum', octets, known?.version ?? null);
            return;
          } catch (error) {
            assert.ok(coded('badRequest', 'versionMismatch')(error), String(error));
          }
        }
      };
      const added = Array.from({ length: 6 }, (_unused, index) => index);
      await Promise.all(added.map(add));
      const state = await store.getInstanceState('sum');
      assert.deepEqual([...(state?.octets ?? [])].sort(), added);
    }));

  it('a sound store passes its check and has no faults', () =>
    withAccount(factory, async ({ store }) => {
      await store.check();
      for await (const fault of store.verify()) assert.fail(JSON.stringify(fault));
    }));
}
