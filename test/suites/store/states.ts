import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Store } from '../../../delivery/store/store.ts';
import { coded, type StoreFactory, withAccount } from './under-test.ts';

/** States of accounts. */
export function stateSuite(factory: StoreFactory): void {
  describe('states of accounts', () => stateCases(factory));
  describe('states of accounts: versions', () => versionCases(factory));
}

const isMismatch = coded('badRequest', 'versionMismatch');

function octetsOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

async function versionsOf(store: Store, accountId: string): Promise<Readonly<Record<string, number>>> {
  return (await store.getOwnerContext(accountId, { addresses: [], discussionKey: 'd' })).stateVersions;
}

function stateCases(factory: StoreFactory): void {
  it('are kept by account and name, and come back octet by octet', () =>
    withAccount(factory, async ({ store, accountId, reopen }) => {
      const { id: otherId } = await store.addAccount({ address: 'eve@example.org' });
      assert.equal(await store.getAccountState(accountId, 'model'), null);
      const octets = new Uint8Array(1024 * 1024).map((_value, index) => (index * 7) & 255);
      const version = await store.putAccountState(accountId, 'model', octets, null);
      const other = await store.putAccountState(accountId, 'sieve:a_B-9', new Uint8Array(0), null);
      await store.putAccountState(otherId, 'model', octetsOf('eve'), null);
      const opened = await reopen();
      assert.deepEqual(await opened.getAccountState(accountId, 'model'), { octets, version });
      assert.deepEqual(await opened.getAccountState(accountId, 'sieve:a_B-9'), {
        octets: new Uint8Array(0),
        version: other,
      });
      assert.deepEqual((await opened.getAccountState(otherId, 'model'))?.octets, octetsOf('eve'));
      assert.deepEqual(await versionsOf(opened, accountId), { model: version, 'sieve:a_B-9': other });
    }));

  it('a name that is none, too many octets and an account that is not there are refused', () =>
    withAccount(factory, async ({ store, accountId }) => {
      for (const name of ['', 'Model', '9', 'a b', 'é', `a${'b'.repeat(64)}`])
        await assert.rejects(store.putAccountState(accountId, name, octetsOf('x'), null), coded('badInput'));
      await store.putAccountState(accountId, `a${'b'.repeat(63)}`, octetsOf('x'), null);
      const tooBig = new Uint8Array(1024 * 1024 + 1);
      await assert.rejects(store.putAccountState(accountId, 'model', tooBig, null), coded('badInput'));
      await assert.rejects(store.putAccountState('Anone', 'model', octetsOf('x'), null), coded('notFound'));
      await assert.rejects(store.getAccountState('Anone', 'model'), coded('notFound'));
    }));

  it('one of them, where the account has it, brings the tags with the context of its owner', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const asked = { addresses: [], discussionKey: 'd' };
      const tagsOf = async (state?: string) =>
        (await store.getOwnerContext(accountId, state ? { ...asked, tagsWithState: state } : asked)).tags;
      const boats = await store.putTag(accountId, { name: 'Boats' });
      await store.putTag(accountId, { name: 'Sails', parentId: boats.id });
      await store.putAccountState(accountId, 'model', octetsOf('x'), null);
      assert.deepEqual([await tagsOf(), await tagsOf('sieve')], [null, null]);
      const names = (await store.listTags(accountId)).map(({ id, name, role, parentId }) => ({
        ...{ id, name, role, parentId },
      }));
      const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
      const found = (await tagsOf('model'))?.map(({ id, name, role, parentId }) => ({
        id,
        name,
        role,
        parentId,
      }));
      assert.deepEqual(found?.sort(byId), names.sort(byId));
    }));

  it('go with their account', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.putAccountState(accountId, 'model', new Uint8Array(600_000), null);
      await store.removeAccount(accountId);
      await assert.rejects(store.getAccountState(accountId, 'model'), coded('notFound'));
      await assert.rejects(store.putAccountState(accountId, 'model', octetsOf('x'), null), coded('notFound'));
      const { id } = await store.addAccount({ address: 'ada@example.org' });
      assert.equal(await store.getAccountState(id, 'model'), null);
      assert.deepEqual(await versionsOf(store, id), {});
    }));
}

function versionCases(factory: StoreFactory): void {
  it('a put holds where the version is the one that was read, and is refused where it is not', () =>
    withAccount(factory, async ({ store, accountId, another }) => {
      const other = await another();
      const first = await store.putAccountState(accountId, 'model', octetsOf('1'), null);
      await assert.rejects(other.putAccountState(accountId, 'model', octetsOf('x'), null), isMismatch);
      const second = await other.putAccountState(accountId, 'model', octetsOf('2'), first);
      assert.ok(second > first);
      await assert.rejects(store.putAccountState(accountId, 'model', octetsOf('x'), first), isMismatch);
      await assert.rejects(store.putAccountState(accountId, 'model', null, first), isMismatch);
      await assert.rejects(store.putAccountState(accountId, 'none', null, 3), isMismatch);
      assert.deepEqual(await store.getAccountState(accountId, 'model'), {
        octets: octetsOf('2'),
        version: second,
      });
    }));

  it('grow over a removal, however often it comes and goes', () =>
    withAccount(factory, async ({ store, accountId }) => {
      let last = 0;
      for (let round = 0; round < 3; round++) {
        const put = await store.putAccountState(accountId, 'model', octetsOf('a'), null);
        const again = await store.putAccountState(accountId, 'model', octetsOf('b'), put);
        const gone = await store.putAccountState(accountId, 'model', null, again);
        assert.ok(last < put && put < again && again <= gone, JSON.stringify([last, put, again, gone]));
        assert.equal(await store.getAccountState(accountId, 'model'), null);
        assert.deepEqual(await versionsOf(store, accountId), {});
        await assert.rejects(store.putAccountState(accountId, 'model', octetsOf('c'), again), isMismatch);
        last = gone;
      }
    }));

  it('of processes that put at once each version is one put, and none is lost', () =>
    withAccount(factory, async ({ store, accountId, another }) => {
      const processes = [store, await another()];
      const added = Array.from({ length: 6 }, (_unused, index) => index);
      await Promise.all(
        added.map(async index => {
          for (;;) {
            const process = processes[index % 2] ?? store;
            const known = await process.getAccountState(accountId, 'sum');
            const text = `${known ? Buffer.from(known.octets).toString() : ''}${index}`;
            try {
              await process.putAccountState(accountId, 'sum', octetsOf(text), known?.version ?? null);
              return;
            } catch (error) {
              assert.ok(isMismatch(error), String(error));
            }
          }
        }),
      );
      const state = await store.getAccountState(accountId, 'sum');
      assert.deepEqual([...Buffer.from(state?.octets ?? []).toString()].sort(), added.map(String));
      assert.deepEqual(await versionsOf(store, accountId), { sum: state?.version });
    }));
}
