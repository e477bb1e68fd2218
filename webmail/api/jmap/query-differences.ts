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
 * Throws `cannotCalculateChanges` when the changes or the walk to their places are too long.
 */
export async function queryDifferences(
  { query, since, upToId }: Difference,
  context: MethodContext,
): Promise<QueryDifferences> {
  const touched = await touchedEmails(query.collapseThreads ?? false, since, context);
  const rows = touched.oldest === null ? [] : await placesOf(query, { touched, upToId }, context);
  return {
    removed: [...touched.ids, ...touched.destroyed],
    added: rows,
    newState: touched.newState,
  };
}

interface Touched {
  /** Emails that exist and may have moved, in or out. */
  readonly ids: ReadonlySet<string>;
  readonly destroyed: ReadonlySet<string>;
  /** receivedAt of the oldest and newest of them, null when there is none. */
  readonly oldest: Date | null;
  readonly newest: Date | null;
  readonly newState: string;
}

async function touchedEmails(collapse: boolean, since: string, context: MethodContext): Promise<Touched> {
  const [emailState = '', threadState] = since.split(' ');
  if (collapse !== (threadState !== undefined)) throw new MethodError('cannotCalculateChanges');
  const changes = await allChanges('Email', emailState, context);
  if (!changes) throw new MethodError('cannotCalculateChanges');
  const ids = new Set(changes.changed);
  let { newState } = changes;
  if (threadState !== undefined) {
    const threads = await allChanges('Thread', threadState, context);
    if (!threads) throw new MethodError('cannotCalculateChanges');
    for (const id of await emailsOfThreads([...threads.changed], context)) ids.add(id);
    for (const id of await emailsBeside([...changes.changed], context)) ids.add(id);
    newState = `${changes.newState} ${threads.newState}`;
  }
  return { ids, destroyed: changes.destroyed, newState, ...(await span([...ids], context)) };
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
