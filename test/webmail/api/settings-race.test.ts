import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeSettings } from '../../../webmail/api/settings-change.ts';
import { coded } from '../../suites/store/under-test.ts';
import { openTestWeb } from './web.ts';

test('devices that change preferences and views at the same instant lose nothing', async t => {
  const web = await openTestWeb(t);
  const preferences = { theme: 'dark', density: 'compact', language: 'fr' };
  const views = ['Boats', 'Pears', 'Trains'];
  const sets = await Promise.all([
    ...Object.entries(preferences).map(([name, value]) =>
      web.ask('Preferences/set', { update: { singleton: { [name]: value } } }),
    ),
    ...views.map(name =>
      web.ask('View/set', { create: { a: { name, list: { kind: 'search', text: name } } } }),
    ),
  ]);
  const { list } = await web.ask('Preferences/get', {});
  const [found] = list;
  assert.deepEqual({ theme: found.theme, density: found.density, language: found.language }, preferences);
  const saved = (await web.ask('View/get', {})).list as { id: string; name: string }[];
  assert.deepEqual(saved.map(({ name }) => name).sort(), views);
  const told = sets.flatMap(set => (set.created?.a ? [set.created.a.id] : []));
  assert.deepEqual(told.sort(), saved.map(({ id }) => id).sort(), 'each device was told the id of its view');
});

test('a view that another device saved in between stays, and the state that was expected counts', async t => {
  const web = await openTestWeb(t);
  const { state } = await web.ask('View/get', {});
  const create = (name: string) => ({ create: { a: { name, list: { kind: 'all' } } }, ifInState: state });
  const answers = await Promise.allSettled([
    web.ask('View/set', create('one')),
    web.ask('View/set', create('two')),
  ]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await web.ask('View/get', {})).list.length, 1);
});

test('a change that others always come before ends, and is made again with what they put', async t => {
  const { store, account } = await openTestWeb(t);
  let others = 0;
  const race = changeSettings(store, account.id, async settings => {
    await store.putSettings(account.id, { others: ++others });
    return { settings: { ...settings, own: true }, result: null };
  });
  await assert.rejects(race, coded('badRequest', 'versionMismatch'));
  assert.deepEqual(await store.getSettings(account.id), { others });
  let tries = 0;
  const result = await changeSettings(store, account.id, async settings => {
    if (++tries < 3) await store.putSettings(account.id, { others: ++others });
    return { settings: { ...settings, own: true }, result: tries };
  });
  assert.deepEqual([result, await store.getSettings(account.id)], [3, { others, own: true }]);
});
