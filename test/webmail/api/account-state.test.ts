import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeAccountState, openStateReader } from '../../../delivery/account-state.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { openTestWeb } from './web.ts';

const parse = (octets: Uint8Array | null): string => Buffer.from(octets ?? []).toString();

test('changes at the same moment are all made', async t => {
  const { store, account } = await openTestWeb(t);
  const asked = { accountId: account.id, name: 'counts' };
  const add = (letter: string) =>
    changeAccountState(asked, octets => Buffer.from(parse(octets) + letter), { store });
  await Promise.all(['a', 'b', 'c', 'd'].map(add));
  const state = await store.getAccountState(account.id, 'counts');
  assert.equal([...parse(state?.octets ?? null)].sort().join(''), 'abcd');
  await changeAccountState(asked, () => null, { store });
  assert.equal((await store.getAccountState(account.id, 'counts'))?.version, state?.version);
});

test('a change whose work fails is not tried again', async t => {
  const { store, account } = await openTestWeb(t);
  let tries = 0;
  const change = () => {
    tries++;
    throw new DeliveryError('badInput');
  };
  await assert.rejects(changeAccountState({ accountId: account.id, name: 'counts' }, change, { store }));
  assert.equal(tries, 1);
});

test('a state is read anew when its version is another, and not before', async t => {
  const { store, account } = await openTestWeb(t);
  let reads = 0;
  const getAccountState: typeof store.getAccountState = (id, name) => {
    reads++;
    return store.getAccountState(id, name);
  };
  const reader = openStateReader('counts', parse, { store: { getAccountState } });
  assert.equal(await reader.read(account.id, undefined), '');
  const first = await store.putAccountState(account.id, 'counts', Buffer.from('one'), null);
  assert.deepEqual(
    [await reader.read(account.id, first), await reader.read(account.id, first)],
    ['one', 'one'],
  );
  assert.equal(reads, 1);
  const second = await store.putAccountState(account.id, 'counts', Buffer.from('two'), first);
  assert.equal(await reader.read(account.id, second), 'two');
  assert.equal(reads, 2);
  const { stateVersions } = await store.getOwnerContext(account.id, { addresses: [], discussionKey: 'd' });
  assert.equal(stateVersions.counts, second);
});
