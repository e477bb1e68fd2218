import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, openTestWeb, password } from './web.ts';

const nothingChosen = {
  ...{ language: null, theme: null, timeZone: null, dateFormat: null },
  ...{ hourCycle: null, density: null, remoteContent: null, hasKeys: null },
  ...{ sortsByStructure: null, learnsTags: null, learnsImportance: null },
};

test('preferences are one record that is changed property by property', async t => {
  const web = await openTestWeb(t);
  const before = await web.ask('Preferences/get', { ids: null });
  assert.deepEqual(before.list, [{ id: 'singleton', ...nothingChosen }]);
  const first = { timeZone: 'Europe/Paris', density: 'compact' };
  const set = await web.ask('Preferences/set', { update: { singleton: first } });
  assert.deepEqual([set.updated, set.oldState], [{ singleton: null }, before.state]);
  await web.ask('Preferences/set', { update: { singleton: { theme: 'dark', hasKeys: false } } });
  const after = await web.ask('Preferences/get', { ids: ['singleton'] });
  assert.notEqual(after.state, before.state);
  const chosen = { ...nothingChosen, ...first, theme: 'dark', hasKeys: false };
  assert.deepEqual(after.list, [{ id: 'singleton', ...chosen }]);
  await web.ask('Preferences/set', { update: { singleton: { timeZone: null } } });
  const { list } = await web.ask('Preferences/get', { properties: ['timeZone'] });
  assert.deepEqual(list, [{ id: 'singleton', timeZone: null }]);
});

test('what no screen knows is refused, and changes nothing', async t => {
  const web = await openTestWeb(t);
  for (const [name, value] of [
    ['theme', 'pink'],
    ['timeZone', 'Moon/Tycho'],
    ['timeZone', ''],
    ['density', 3],
    ['hasKeys', 'yes'],
    ['constructor', 'x'],
    ['other', null],
  ] as const) {
    const { notUpdated } = await web.ask('Preferences/set', { update: { singleton: { [name]: value } } });
    assert.equal(notUpdated.singleton.type, 'invalidProperties', name);
    assert.deepEqual(notUpdated.singleton.properties, [name]);
  }
  const refused = await web.ask('Preferences/set', {
    update: { other: { theme: 'dark' } },
    create: { new: { theme: 'dark' } },
    destroy: ['singleton'],
  });
  assert.equal(refused.notUpdated.other.type, 'notFound');
  assert.equal(refused.notCreated.new.type, 'singleton');
  assert.equal(refused.notDestroyed.singleton.type, 'singleton');
  const { list } = await web.ask('Preferences/get', {});
  assert.deepEqual(list, [{ id: 'singleton', ...nothingChosen }]);
});

test('what others keep in the settings stays, and what this version can’t read counts as not chosen', async t => {
  const web = await openTestWeb(t);
  const others = { views: [{ id: 'v1' }] };
  await web.store.putSettings(web.account.id, {
    ...others,
    preferences: { theme: 'sepia', density: 'compact', later: 1 },
  });
  await web.ask('Preferences/set', { update: { singleton: { language: 'fr' } } });
  const settings = await web.store.getSettings(web.account.id);
  assert.deepEqual(settings.views, others.views);
  const { list } = await web.ask('Preferences/get', {});
  assert.deepEqual(list, [{ id: 'singleton', ...nothingChosen, density: 'compact', language: 'fr' }]);
});

test('who signs in is told the preferences with the answer', async t => {
  const web = await openTestWeb(t);
  await web.ask('Preferences/set', { update: { singleton: { dateFormat: 'iso' } } });
  const headers = { authorization: basic('owner@example.org', password) };
  const { preferences } = await (await fetch(`${web.origin}/session`, { headers })).json();
  assert.deepEqual(preferences, { ...nothingChosen, dateFormat: 'iso' });
});
