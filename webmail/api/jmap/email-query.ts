import * as v from 'valibot';
import { DeliveryError } from '../../../delivery/errors.ts';
import type { EmailQuery, EmailQueryResult } from '../../../delivery/store/store.ts';
import { capabilities } from '../../wire.ts';
import { queryChangesEntries, queryEntries, readArguments } from './arguments.ts';
import { type ReadFilter, readEmailFilter } from './email-filter.ts';
import { readSort } from './email-sort.ts';
import { MethodError } from './errors.ts';
import { maxQueryLimit } from './limits.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { atOneState } from './one-state.ts';
import { queryDifferences } from './query-differences.ts';

const collapse = { collapseThreads: v.optional(v.nullable(v.boolean()), false) };
const querySchema = v.strictObject({ ...queryEntries, ...collapse });
const queryChangesSchema = v.strictObject({ ...queryChangesEntries, ...collapse });

type Asked = v.InferOutput<typeof querySchema>;
type AskedChanges = v.InferOutput<typeof queryChangesSchema>;

/** Email/query (RFC 8621 §4.4). */
export const emailQuery: Handler = async (args, context) => {
  const asked = readArguments(querySchema, args);
  const read = await readEmailFilter(asked.filter, context);
  const sort = readSort(asked.sort);
  const limit = Math.min(asked.limit ?? maxQueryLimit, maxQueryLimit);
  const base: EmailQuery = {
    filter: read.filter,
    sort,
    limit,
    collapseThreads: asked.collapseThreads ?? false,
    calculateTotal: asked.calculateTotal ?? false,
  };
  // An email that came in between would be among the ids, and be told as added by the next changes, too.
  const { result: found } = await atOneState(
    'Email',
    async () => ({
      queryState: await queryStateOf(asked.collapseThreads ?? false, context),
      window: await windowOf(base, asked, context),
    }),
    context,
  );
  const { queryState } = found;
  const { result, position } = found.window;
  const wasCut = asked.limit === null ? result.next !== null : asked.limit > limit;
  return {
    accountId: context.account.id,
    queryState,
    canCalculateChanges: canCalculateChanges(read, sort),
    position,
    ids: result.rows.map(row => row.id),
    ...(asked.calculateTotal ? { total: result.total ?? 0 } : {}),
    ...(wasCut ? { limit } : {}),
    ...(result.incomplete && context.using.has(capabilities.privacy) ? { incomplete: true } : {}),
  };
};

/** Results that follow the words of the search index, or other emails' keywords, change without being told. */
function canCalculateChanges(read: ReadFilter, sort: EmailQuery['sort']): boolean {
  const hasThreadKey = sort.some(({ key }) => key.startsWith('threadKeyword'));
  return !read.hasSearch && !read.hasThreadCondition && !hasThreadKey;
}

/** State of Email; with collapsed threads that of Thread, too, which tells whose email was destroyed. */
async function queryStateOf(collapseThreads: boolean, context: MethodContext): Promise<string> {
  const email = await context.store.getState(context.account.id, 'Email');
  if (!collapseThreads) return email;
  return `${email} ${await context.store.getState(context.account.id, 'Thread')}`;
}

async function windowOf(
  base: EmailQuery,
  asked: Asked,
  context: MethodContext,
): Promise<{ result: EmailQueryResult; position: number }> {
  if (asked.anchor !== null) return anchored(base, asked, context);
  const position = asked.position ?? 0;
  if (position >= 0) {
    return { result: await run({ ...base, skip: position }, context), position };
  }
  const { total } = await run({ ...base, limit: 1, calculateTotal: true }, context);
  const skip = Math.max(0, (total ?? 0) + position);
  return { result: await run({ ...base, skip }, context), position: skip };
}

async function anchored(
  base: EmailQuery,
  asked: Asked,
  context: MethodContext,
): Promise<{ result: EmailQueryResult; position: number }> {
  const anchor = asked.anchor === null ? null : resolveId(asked.anchor, context);
  if (anchor === null) throw new MethodError('anchorNotFound');
  // The store goes on behind the anchor, JMAP begins with it.
  const skip = (asked.anchorOffset ?? 0) - 1;
  try {
    const result = await run({ ...base, anchor, skip }, context);
    return { result, position: result.position ?? 0 };
  } catch (error) {
    if (error instanceof DeliveryError && error.code === 'notFound') throw new MethodError('anchorNotFound');
    throw error;
  }
}

/** Throws `serverUnavailable` rather than giving less to who can't be told that it is less. */
async function run(query: EmailQuery, context: MethodContext): Promise<EmailQueryResult> {
  const limit = Math.max(1, query.limit);
  const result = await context.store.queryEmails(context.account.id, { ...query, limit });
  if (result.behind && !context.using.has(capabilities.privacy)) {
    throw new MethodError('serverUnavailable', 'the search index is being made; try again soon');
  }
  return query.limit > 0 ? result : { ...result, rows: [] };
}

/** Email/queryChanges (RFC 8621 §4.5). */
export const emailQueryChanges: Handler = async (args, context) => {
  const asked = readArguments(queryChangesSchema, args);
  const read = await readEmailFilter(asked.filter, context);
  const sort = readSort(asked.sort);
  if (!canCalculateChanges(read, sort)) throw new MethodError('cannotCalculateChanges');
  const { collapseThreads, upToId } = asked;
  const difference = {
    query: { filter: read.filter, sort, limit: maxQueryLimit, collapseThreads: collapseThreads ?? false },
    since: asked.sinceQueryState,
    upToId: upToId === null ? null : (resolveId(upToId, context) ?? upToId),
  };
  // Places count among the results of the new state: what comes while they are looked for would move them.
  const { result, isSettled } = await atOneState(
    'Email',
    () => queryDifferences(difference, context),
    context,
  );
  if (!isSettled) throw new MethodError('cannotCalculateChanges');
  return changesResponse(asked, result, { filter: read.filter, context });
};

async function changesResponse(
  asked: AskedChanges,
  { removed, added, newState }: Awaited<ReturnType<typeof queryDifferences>>,
  { filter, context }: { filter: ReadFilter['filter']; context: MethodContext },
): Promise<Record<string, unknown>> {
  if (asked.maxChanges !== null && removed.length + added.length > asked.maxChanges) {
    throw new MethodError('tooManyChanges');
  }
  const response = {
    accountId: context.account.id,
    oldQueryState: asked.sinceQueryState,
    newQueryState: newState,
    removed,
    added,
  };
  if (!asked.calculateTotal) return response;
  const collapseThreads = asked.collapseThreads ?? false;
  const { total } = await run(
    { filter, sort: readSort(asked.sort), limit: 1, collapseThreads, calculateTotal: true },
    context,
  );
  return { ...response, total: total ?? 0 };
}
