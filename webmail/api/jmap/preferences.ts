import * as v from 'valibot';
import { preferenceEntries, preferencesKey, preferencesOf } from '../preferences.ts';
import { changeSettings } from '../settings-change.ts';
import { checkProperties, getEntries, readArguments, setEntries } from './arguments.ts';
import { invalidProperties, SetError } from './errors.ts';
import type { Handler, MethodContext } from './method.ts';
import { askedIds, gathered, pick } from './standard-get.ts';
import { beginSet, emptyResults, setResponse, tryRecord } from './standard-set.ts';

/** Id of the one record, as in RFC 8621 §8. */
const singleton = 'singleton';
const properties = ['id', ...Object.keys(preferenceEntries)];

const getSchema = v.strictObject(getEntries);
const setSchema = v.strictObject(setEntries);
const patchSchema = v.partial(v.strictObject({ ...preferenceEntries, id: v.literal(singleton) }));

/** Preferences/get: how the owner wants the screens; one record. */
export const preferencesGet: Handler = async (args, context) => {
  const { ids, properties: wanted } = readArguments(getSchema, args);
  checkProperties(wanted, name => properties.includes(name));
  const { store, account } = context;
  const state = await store.getState(account.id, 'Settings');
  const record = { id: singleton, ...preferencesOf(await store.getSettings(account.id)) };
  const asked = ids === null ? [singleton] : askedIds(ids, context);
  const { list, notFound } = gathered(asked, [record]);
  return { accountId: account.id, state, list: list.map(each => pick(each, wanted)), notFound };
};

/** Preferences/set: the record is changed, never made or destroyed. */
export const preferencesSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const oldState = await beginSet('Settings', asked, context);
  const results = emptyResults();
  for (const key of Object.keys(asked.create ?? {})) results.notCreated.set(key, { type: 'singleton' });
  for (const id of asked.destroy ?? []) results.notDestroyed.set(id, { type: 'singleton' });
  for (const [id, patch] of Object.entries(asked.update ?? {})) {
    await tryRecord(id, results.notUpdated, async () => {
      if (id !== singleton) throw new SetError('notFound');
      await change(patch, context);
      results.updated.set(id, null);
    });
  }
  const newState = await context.store.getState(context.account.id, 'Settings');
  return setResponse(results, { oldState, newState }, context.account.id);
};

async function change(
  patch: Readonly<Record<string, unknown>>,
  { store, account }: MethodContext,
): Promise<void> {
  const result = v.safeParse(patchSchema, patch);
  if (!result.success) {
    throw invalidProperties([...new Set(result.issues.map(issue => String(issue.path?.[0]?.key ?? '')))]);
  }
  const { id: _id, ...changed } = result.output;
  await changeSettings(store, account.id, settings => {
    const preferences = { ...preferencesOf(settings), ...changed };
    return { settings: { ...settings, [preferencesKey]: preferences }, result: null };
  });
}
