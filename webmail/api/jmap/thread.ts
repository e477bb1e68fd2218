import * as v from 'valibot';
import { checkProperties, getEntries, readArguments } from './arguments.ts';
import { MethodError } from './errors.ts';
import type { Handler } from './method.ts';
import { changesOf } from './standard-changes.ts';
import { askedIds, gathered, pick } from './standard-get.ts';

const getSchema = v.strictObject(getEntries);

/** Thread/get (RFC 8621 §3.1). All threads at once are too many to be asked for. */
export const threadGet: Handler = async (args, context) => {
  const { ids, properties } = readArguments(getSchema, args);
  checkProperties(properties, name => name === 'id' || name === 'emailIds');
  if (ids === null) throw new MethodError('requestTooLarge', 'ids must be given');
  const wanted = askedIds(ids, context);
  const state = await context.store.getState(context.account.id, 'Thread');
  const found = wanted.length > 0 ? await context.store.getThreads(context.account.id, wanted) : [];
  const { list, notFound } = gathered(wanted, found);
  return {
    accountId: context.account.id,
    state,
    list: list.map(thread => pick({ ...thread }, properties)),
    notFound,
  };
};

/** Thread/changes (RFC 8621 §3.2). */
export const threadChanges: Handler = async (args, context) =>
  (await changesOf('Thread', args, context)).response;
