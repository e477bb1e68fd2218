import type { EmailFilter } from '../../../delivery/store/query.ts';
import type { EmailQuery, EmailRow } from '../../../delivery/store/store.ts';
import { MethodError } from './errors.ts';
import type { MethodContext } from './method.ts';
import { allChanges } from './standard-changes.ts';

/** What came into and went out of the results of a query (RFC 8620 §5.6). */
export interface QueryDifferences {
  readonly removed: string[];
  readonly added: { id: string; index: number }[];
  readonly newState: string;
}

interface Difference {
  readonly query: EmailQuery;
  readonly since: string;
  /** Behind this id the client holds nothing. */
  readonly upToId: string | null;
}

/** Rows that are walked at most to find the places of what changed. */
const maxWalked = 50_000;

/**
 * The differences between the results then and now: every email that changed is removed and, where it is among
 * the results, added at its place. Ids that were not in the old results may be removed, too: the RFC allows it.
 * Where the query looks at nothing that changes, emails only come and go, and `upToId` ends the walk. Throws `cannotCalculateChanges` when the changes or the walk to their places are too long.
 */
export async function queryDifferences(
  { query, since, upToId }: Difference,
  context: MethodContext,
): Promise<QueryDifferences> {
  const touched = await touchedEmails(query, since, context);
  const end = isImmutable(query) ? upToId : null;
  const rows = touched.oldest === null ? [] : await placesOf(query, { touched, upToId: end }, context);
  return {
    removed: [...touched.ids, ...touched.destroyed].filter(id => !touched.created.has(id)),
    added: rows,
    newState: touched.newState,
  };
}

/** What never changes of an email: conditions and sort keys of the store. */
const immutableConditions = ['before', 'after', 'minSizeOctets', 'maxSizeOctets', 'hasAttachment'];
const immutableKeys = ['receivedAt', 'sentAt', 'size'];

/** Whether filter and sort look at immutable properties alone (RFC 8620 §5.6). */
function isImmutable({ filter, sort, collapseThreads }: EmailQuery): boolean {
  if (collapseThreads || !sort.every(({ key }) => immutableKeys.includes(key))) return false;
  const holds = (inner: EmailFilter): boolean => {
    const below =
      'all' in inner ? inner.all : 'any' in inner ? inner.any : 'none' in inner ? inner.none : null;
    if (below) return below.every(holds);
    return Object.keys(inner).every(name => immutableConditions.includes(name));
  };
  return filter === null || holds(filter);
}

interface Touched {
  /** Those of `ids` that were not there then. */
  readonly created: ReadonlySet<string>;
  /** Emails that exist and may have moved, in or out. */
  readonly ids: ReadonlySet<string>;
  readonly destroyed: ReadonlySet<string>;
  /** receivedAt of the oldest and newest of them, null when there is none. */
  readonly oldest: Date | null;
  readonly newest: Date | null;
  readonly newState: string;
}

async function touchedEmails(query: EmailQuery, since: string, context: MethodContext): Promise<Touched> {
  const collapse = query.collapseThreads ?? false;
  const [emailState = '', threadState] = since.split(' ');
  if (collapse !== (threadState !== undefined)) throw new MethodError('cannotCalculateChanges');
  const changes = await allChanges('Email', emailState, context);
  if (!changes) throw new MethodError('cannotCalculateChanges');
  const { created } = changes;
  const ids = isImmutable(query) ? new Set(created) : new Set([...changes.changed, ...created]);
  let { newState } = changes;
  if (threadState !== undefined) {
    const threads = await allChanges('Thread', threadState, context);
    if (!threads) throw new MethodError('cannotCalculateChanges');
    for (const id of await emailsOfThreads([...threads.changed], context)) ids.add(id);
    for (const id of await emailsBeside([...changes.changed, ...created], context)) ids.add(id);
    newState = `${changes.newState} ${threads.newState}`;
  }
  return { ids, created, destroyed: changes.destroyed, newState, ...(await span([...ids], context)) };
}

/** With collapsed threads any email of a changed thread may now stand for it, or no longer. */
async function emailsOfThreads(threadIds: readonly string[], context: MethodContext): Promise<string[]> {
  const found: string[] = [];
  for (let start = 0; start < threadIds.length; start += 500) {
    const threads = await context.store.getThreads(context.account.id, threadIds.slice(start, start + 500));
    found.push(...threads.flatMap(thread => thread.emailIds));
  }
  return found;
}

async function emailsBeside(emailIds: readonly string[], context: MethodContext): Promise<string[]> {
  const threadIds = new Set<string>();
  for (let start = 0; start < emailIds.length; start += 500) {
    const emails = await context.store.getEmails(context.account.id, emailIds.slice(start, start + 500));
    for (const email of emails) threadIds.add(email.threadId);
  }
  return emailsOfThreads([...threadIds], context);
}

async function span(
  ids: readonly string[],
  context: MethodContext,
): Promise<{ oldest: Date | null; newest: Date | null }> {
  let oldest: Date | null = null;
  let newest: Date | null = null;
  for (let start = 0; start < ids.length; start += 500) {
    for (const email of await context.store.getEmails(context.account.id, ids.slice(start, start + 500))) {
      if (!oldest || email.receivedAt < oldest) oldest = email.receivedAt;
      if (!newest || email.receivedAt > newest) newest = email.receivedAt;
    }
  }
  return { oldest, newest };
}

async function placesOf(
  query: EmailQuery,
  { touched, upToId }: { touched: Touched; upToId: string | null },
  context: MethodContext,
): Promise<{ id: string; index: number }[]> {
  const added: { id: string; index: number }[] = [];
  const ends = endTest(query, touched);
  let after: string | null = null;
  for (let index = 0; index < maxWalked; ) {
    const page = await context.store.queryEmails(context.account.id, { ...query, after });
    for (const row of page.rows) {
      if (ends(row)) return added;
      if (touched.ids.has(row.id)) added.push({ id: row.id, index });
      index++;
      if (row.id === upToId) return added;
    }
    if (page.next === null) return added;
    after = page.next;
  }
  throw new MethodError('cannotCalculateChanges');
}

/** Sorted by receivedAt, nothing touched stands behind the last of them. */
function endTest(query: EmailQuery, { oldest, newest }: Touched): (row: EmailRow) => boolean {
  const [first] = query.sort;
  if (first?.key !== 'receivedAt' || !oldest || !newest) return () => false;
  return first.ascending ? row => row.receivedAt > newest : row => row.receivedAt < oldest;
}
