import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createActions } from '../../../webmail/ui/actions.ts';
import { type Client, RequestError, type WatchListener } from '../../../webmail/ui/client.ts';
import { en } from '../../../webmail/ui/locales/en.ts';
import {
  defaultPreferences,
  readPreferences,
  rememberedPreferences,
} from '../../../webmail/ui/preferences.ts';
import { createStore } from '../../../webmail/ui/state.ts';
import type { AccountPreferences, Invocation } from '../../../webmail/wire.ts';

const nothingChosen: AccountPreferences = {
  ...{ language: null, theme: null, timeZone: null, dateFormat: null },
  ...{ hourCycle: null, density: null, remoteContent: null, hasKeys: null },
  ...{ sortsByStructure: null, learnsTags: null, learnsImportance: null },
};

test('what a browser can’t understand leaves things as they are', () => {
  const base = { ...defaultPreferences, timeZone: 'Europe/Paris', density: 'compact' } as const;
  for (const odd of [null, 7, 'x', [], { density: 'tiny', dateFormat: null, later: true }])
    assert.deepEqual(readPreferences(odd, base), base);
  assert.equal(readPreferences({ timeZone: 'Moon/Tycho' }, base).timeZone, null);
  assert.equal(readPreferences({ timeZone: null }, base).timeZone, null);
  assert.deepEqual(rememberedPreferences({ getItem: () => 'no JSON' }), defaultPreferences);
});

/** A device over a server that holds `kept` and may fail. */
function device(kept: { chosen: AccountPreferences; isDown?: boolean }, memory = new Map<string, string>()) {
  let tell: WatchListener = () => {};
  const sent: Record<string, unknown>[] = [];
  const client = {
    signIn: async () => ({ accountId: 'a1', preferences: kept.chosen }),
    watch: (listener: WatchListener) => {
      tell = listener;
      return () => {};
    },
    call: async ([invocation]: readonly Invocation[]) => {
      const [method = '', args = {}] = invocation ?? [];
      if (kept.isDown) throw new RequestError(503);
      if (method === 'Preferences/set') {
        const { singleton } = args.update as { singleton: Partial<AccountPreferences> };
        sent.push(singleton);
        kept.chosen = { ...kept.chosen, ...singleton };
      }
      return { preferences: { list: [kept.chosen] } };
    },
  } as unknown as Client;
  const storage = {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, value: string) => void memory.set(key, value),
    removeItem: (key: string) => void memory.delete(key),
  };
  const store = createStore({ hash: '' }, storage, { language: 'en', words: en, session: null });
  const actions = createActions({ store, client, memory: storage, address: { hash: '' } });
  const signIn = () => actions.signIn({ address: 'owner@example.org', password: 'x' });
  return { store, actions, memory, sent, signIn, push: (types: readonly string[] | null) => tell(types) };
}

test('what is chosen is remembered on the device and kept for the account', async () => {
  const kept = { chosen: nothingChosen };
  const { store, actions, memory, sent, signIn } = device(kept);
  await signIn();
  assert.equal(await actions.prefer({ density: 'compact', theme: 'dark' }), true);
  assert.deepEqual([store.get().preferences.density, store.get().theme], ['compact', 'dark']);
  assert.deepEqual(sent, [{ density: 'compact', theme: 'dark' }]);
  const later = device({ chosen: nothingChosen, isDown: true }, memory);
  assert.deepEqual([later.store.get().preferences.density, later.store.get().theme], ['compact', 'dark']);
});

test('a choice that could not be kept for the account is told as such', async () => {
  const kept = { chosen: nothingChosen, isDown: true };
  const { actions, signIn, store } = device(kept);
  await signIn();
  assert.equal(await actions.prefer({ hasKeys: false }), false);
  assert.equal(store.get().hasKeys, false);
});

test('the account’s choices win at sign-in, but for what was chosen on the sign-in screen', async () => {
  const kept = { chosen: { ...nothingChosen, theme: 'dark', dateFormat: 'iso', language: 'fr' } as const };
  const { store, actions, sent, signIn } = device(kept);
  await actions.chooseLanguage('fr');
  actions.chooseTheme('light');
  await signIn();
  assert.deepEqual([store.get().theme, store.get().language], ['light', 'fr']);
  assert.equal(store.get().preferences.dateFormat, 'iso');
  await actions.prefer({ density: 'compact' });
  assert.deepEqual(sent, [{ language: 'fr', theme: 'light' }, { density: 'compact' }]);
});

test('another device’s change is followed when it is pushed', async () => {
  const kept = { chosen: nothingChosen };
  const { store, signIn, push } = device(kept);
  await signIn();
  kept.chosen = { ...nothingChosen, timeZone: 'Asia/Tokyo' };
  push(['Email']);
  await new Promise(setImmediate);
  assert.equal(store.get().preferences.timeZone, null);
  push(['Email', 'Settings']);
  await new Promise(setImmediate);
  assert.equal(store.get().preferences.timeZone, 'Asia/Tokyo');
});

test('a device that goes its own way neither follows nor tells, until it is told to again', async () => {
  const kept = { chosen: { ...nothingChosen, theme: 'dark' } as const };
  const { store, actions, sent, signIn, push } = device(kept);
  await actions.keepHere(true);
  await signIn();
  assert.equal(store.get().theme, 'system');
  assert.equal(await actions.prefer({ theme: 'light' }), true);
  push(null);
  await new Promise(setImmediate);
  assert.deepEqual([store.get().theme, sent], ['light', []]);
  await actions.keepHere(false);
  assert.equal(store.get().theme, 'dark');
});
