import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActions } from '../../../webmail/ui/actions.ts';
import { type Client, RequestError } from '../../../webmail/ui/client.ts';
import { en } from '../../../webmail/ui/locales/en.ts';
import { createStore } from '../../../webmail/ui/state.ts';

const session = {
  accountId: 'a1',
  address: 'owner@example.org',
  displayName: null,
  custody: 'none',
  expiresAt: null,
  preferences: {
    ...{ language: null, theme: null, timeZone: null, dateFormat: null },
    ...{ hourCycle: null, density: null, remoteContent: null, hasKeys: null },
    ...{ sortsByStructure: null, learnsTags: null, learnsImportance: null },
  },
} as const;

/** An answer that does not come. */
const never = new Promise<never>(() => {});

/** Actions of somebody who is signed in, over a server that answers a sign-out so. */
function signedIn(signOut: () => Promise<void>) {
  const memory = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  const store = createStore({ hash: '' }, memory, { language: 'en', words: en, session });
  const client = { signOut } as Partial<Client> as Client;
  return { store, client, actions: createActions({ store, client, memory, address: { hash: '' } }) };
}

test('signing out ends what the page shows and remembers', async () => {
  for (const signOut of [async () => {}, () => Promise.reject(new RequestError(401))]) {
    const { store, actions } = signedIn(signOut);
    await actions.signOut();
    assert.equal(store.get().session, null);
  }
});

test('a request that the sign-out overtakes is no session that ended by itself', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { store, actions } = signedIn(() => promise);
  const leaving = actions.signOut();
  actions.noteError(new RequestError(401));
  assert.deepEqual([store.get().session, store.get().isExpired], [null, false]);
  resolve();
  await leaving;
  assert.equal(store.get().isExpired, false);
});

test('what was asked for in vain is told, unless the session is over', () => {
  const told = [0, 503].map(status => {
    const { store, actions } = signedIn(async () => {});
    actions.tellError(new RequestError(status));
    return store.get().notice?.text;
  });
  assert.deepEqual(told, [en.errors.offline, en.errors.server]);
  const { store, actions } = signedIn(async () => {});
  actions.tellError(new RequestError(401));
  const { session: after, isExpired, notice } = store.get();
  assert.deepEqual([after, isExpired, notice], [null, true, null]);
});

test('who could not be signed out is told so, and nothing looks as if they were', async () => {
  for (const status of [0, 503]) {
    const { store, actions } = signedIn(() => Promise.reject(new RequestError(status)));
    await actions.signOut();
    assert.equal(store.get().session, session);
    assert.equal(store.get().notice?.text, en.errors.signOut);
  }
});

test('a change that fails takes back nothing of one that came behind it', async () => {
  const { store, actions, client } = signedIn(async () => {});
  const answers = [Promise.withResolvers<never>(), Promise.withResolvers<never>()];
  client.call = ([call]) => (call?.[0] === 'Email/set' ? answers.shift()?.promise : undefined) ?? never;
  const [first] = answers;
  const email = { id: 'e1', keywords: {}, mailboxIds: { inbox: true } } as const;
  const changing = actions.change(email, { keywords: { $seen: true } });
  void actions.change(email, { tags: { garden: true } });
  first?.reject(new RequestError(503));
  await changing;
  assert.deepEqual(store.get().changed, {
    e1: { keywords: {}, mailboxIds: { inbox: true, garden: true } },
  });
});

test('tags that come behind the end of their session are nobody’s', async () => {
  const { store, actions, client } = signedIn(async () => {});
  const { promise, resolve } = Promise.withResolvers<Record<string, Record<string, unknown>>>();
  client.call = () => promise;
  const refreshing = actions.refreshTags();
  await actions.signOut();
  resolve({ tags: { list: [{ id: 't1' }] } });
  await refreshing;
  assert.deepEqual(store.get().tags, []);
});

test('an undo is done once, however often it is asked for', async () => {
  const { store, actions, client } = signedIn(async () => {});
  const sent: unknown[] = [];
  client.call = async ([call]) => {
    if (call?.[0] === 'Email/set') sent.push(call[1].update);
    return {};
  };
  const email = { id: 'e1', keywords: {}, mailboxIds: { inbox: true } } as const;
  await actions.change(email, { tags: { garden: true } }, 'Added.');
  const { undo } = store.get().notice ?? {};
  undo?.();
  undo?.();
  assert.deepEqual(sent, [{ e1: { 'mailboxIds/garden': true } }, { e1: { 'mailboxIds/garden': null } }]);
});

test('what fails because the session is over is told nobody', async () => {
  const { store, actions, client } = signedIn(async () => {});
  client.call = () => Promise.reject(new RequestError(401));
  const email = { id: 'e1', keywords: {}, mailboxIds: { inbox: true } } as const;
  await actions.change(email, { keywords: { $seen: true } }, 'Read.');
  assert.deepEqual([store.get().session, store.get().notice], [null, null]);
});

test('of two answers about the tags the one that was asked for last stays', async () => {
  const { store, actions, client } = signedIn(async () => {});
  const answers = [0, 1].map(() => Promise.withResolvers<Record<string, Record<string, unknown>>>());
  const asked = [...answers];
  client.call = () => asked.shift()?.promise ?? never;
  const refreshing = [actions.refreshTags(), actions.refreshTags()];
  for (const [place, id] of [
    [1, 'new'],
    [0, 'old'],
  ] as const)
    answers[place]?.resolve({ tags: { list: [{ id }] } });
  await Promise.all(refreshing);
  assert.deepEqual(store.get().tags, [{ id: 'new' }]);
});
