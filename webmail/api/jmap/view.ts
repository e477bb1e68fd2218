import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { levels } from '../../../delivery/privacy/shape.ts';
import type { View } from '../../wire.ts';
import { changeSettings } from '../settings-change.ts';
import { checkProperties, getEntries, readArguments, setEntries } from './arguments.ts';
import { invalidProperties, MethodError, SetError } from './errors.ts';
import { tagsById } from './mailbox.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { askedIds, gathered, pick } from './standard-get.ts';
import { emptyResults, type SetResults, setResponse, tryRecord } from './standard-set.ts';

/** Views of one account. */
export const maxViews = 100;
/** Name of the views in the account's settings; what stands beside them belongs to others. */
const settingsKey = 'views';

const properties = ['id', 'name', 'list', 'filter', 'sortOrder'];

const getSchema = v.strictObject(getEntries);
const setSchema = v.strictObject(setEntries);

const idSchema = v.pipe(v.string(), v.regex(/^#?[A-Za-z0-9_-]{1,255}$/));
/** One line that somebody can read. */
const nameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(100),
  v.check(name => !/\p{Cc}|\u2028|\u2029/u.test(name)),
);

const viewEntries = {
  name: nameSchema,
  list: v.variant('kind', [
    v.strictObject({ kind: v.literal('all') }),
    v.strictObject({ kind: v.literal('tag'), id: idSchema }),
    v.strictObject({ kind: v.literal('contact'), id: idSchema }),
    v.strictObject({
      kind: v.literal('search'),
      text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500)),
    }),
  ]),
  filter: v.optional(
    v.strictObject({
      isUnread: v.optional(v.literal(true)),
      level: v.optional(v.picklist(levels)),
      tagId: v.optional(idSchema),
      minImportance: v.optional(v.pipe(v.number(), v.integer(), v.minValue(-10), v.maxValue(10))),
    }),
    {},
  ),
  sortOrder: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1)), 0),
};
const viewSchema = v.strictObject(viewEntries);
const storedSchema = v.strictObject({ id: v.string(), ...viewEntries });

/** View/get: the lists that the owner has saved, in their order. */
export const viewGet: Handler = async (args, context) => {
  const { ids, properties: wanted } = readArguments(getSchema, args);
  checkProperties(wanted, name => properties.includes(name));
  const views = await readViews(context);
  const asked = ids === null ? views.map(view => view.id) : askedIds(ids, context);
  const { list, notFound } = gathered(asked, views);
  return {
    accountId: context.account.id,
    state: stateOf(views),
    list: list.map(view => pick({ ...view }, wanted)),
    notFound,
  };
};

/** View/set: saves lists, changes and forgets them. */
export const viewSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  // The other settings stay as they are.
  return await changeSettings(context.store, context.account.id, async settings => {
    const { views, result } = await changeViews(asked, viewsIn(settings), context);
    return { settings: views && { ...settings, [settingsKey]: views }, result };
  });
};

/** The views after the change, null where they are as before, and the answer. */
async function changeViews(
  asked: v.InferOutput<typeof setSchema>,
  before: readonly View[],
  context: MethodContext,
): Promise<{ readonly views: readonly View[] | null; readonly result: Awaited<ReturnType<Handler>> }> {
  const oldState = stateOf(before);
  if (asked.ifInState !== null && asked.ifInState !== oldState) throw new MethodError('stateMismatch');
  const views = new Map(before.map(view => [view.id, view]));
  const results = emptyResults();
  await createAll(asked.create ?? {}, { views, results }, context);
  await updateAll(asked.update ?? {}, { views, results }, context);
  for (const key of asked.destroy ?? []) {
    if (views.delete(resolveId(key, context) ?? key)) results.destroyed.push(key);
    else results.notDestroyed.set(key, { type: 'notFound' });
  }
  const after = inOrder([...views.values()]);
  const newState = stateOf(after);
  return {
    views: newState === oldState ? null : after,
    result: setResponse(results, { oldState, newState }, context.account.id),
  };
}

interface Work {
  readonly views: Map<string, View>;
  readonly results: SetResults;
}

type Given = Readonly<Record<string, Record<string, unknown>>>;

async function createAll(create: Given, { views, results }: Work, context: MethodContext): Promise<void> {
  for (const [key, given] of Object.entries(create)) {
    await tryRecord(key, results.notCreated, async () => {
      if (views.size >= maxViews) throw new SetError('overQuota', `at most ${maxViews} views`);
      const view = await readView(`v${randomBytes(9).toString('hex')}`, given, context);
      views.set(view.id, view);
      context.createdIds.set(key, view.id);
      const { id, filter, sortOrder } = view;
      results.created.set(key, {
        id,
        ...('filter' in given ? {} : { filter }),
        ...('sortOrder' in given ? {} : { sortOrder }),
      });
    });
  }
}

async function updateAll(update: Given, { views, results }: Work, context: MethodContext): Promise<void> {
  for (const [key, patch] of Object.entries(update)) {
    await tryRecord(key, results.notUpdated, async () => {
      const id = resolveId(key, context) ?? key;
      const view = views.get(id);
      if (!view) throw new SetError('notFound');
      if ('id' in patch && patch.id !== id) throw invalidProperties(['id'], 'set by the server');
      const { id: _id, ...given } = { ...view, ...patch };
      views.set(id, await readView(id, given, context));
      results.updated.set(key, null);
    });
  }
}

async function readView(id: string, given: Record<string, unknown>, context: MethodContext): Promise<View> {
  const result = v.safeParse(viewSchema, given);
  if (!result.success) {
    throw invalidProperties([...new Set(result.issues.map(issue => String(issue.path?.[0]?.key ?? '')))]);
  }
  const { name, list, filter, sortOrder } = result.output;
  const tags = await tagsById(context);
  const known = (tagId: string, property: string): string => {
    const resolved = resolveId(tagId, context);
    if (resolved !== null && tags.has(resolved)) return resolved;
    throw invalidProperties([property], 'there is no such mailbox');
  };
  return {
    id,
    name,
    list: list.kind === 'tag' ? { ...list, id: known(list.id, 'list') } : list,
    filter: filterOf(
      filter.tagId === undefined ? filter : { ...filter, tagId: known(filter.tagId, 'filter') },
    ),
    sortOrder,
  };
}

/** Without members that say nothing, always in one order, because the state is a digest. */
function filterOf(given: v.InferOutput<typeof viewSchema>['filter']): View['filter'] {
  const { isUnread, level, tagId, minImportance } = given;
  return {
    ...(isUnread ? { isUnread } : {}),
    ...(level ? { level } : {}),
    ...(tagId === undefined ? {} : { tagId }),
    ...(minImportance === undefined ? {} : { minImportance }),
  };
}

/** Views are few and come as one document: their digest is their state. */
function stateOf(views: readonly View[]): string {
  return createHash('sha256').update(JSON.stringify(views)).digest('base64url').slice(0, 16);
}

function inOrder(views: readonly View[]): View[] {
  return views.toSorted((a, b) => a.sortOrder - b.sortOrder);
}

async function readViews({ store, account }: MethodContext): Promise<View[]> {
  return viewsIn(await store.getSettings(account.id));
}

/** What another version wrote and this one can't read is left out. */
function viewsIn(settings: Readonly<Record<string, unknown>>): View[] {
  const stored = settings[settingsKey];
  if (!Array.isArray(stored)) return [];
  const read = stored.map(view => v.safeParse(storedSchema, view));
  return inOrder(
    read.flatMap(({ success, output }) => (success ? [{ ...output, filter: filterOf(output.filter) }] : [])),
  );
}
