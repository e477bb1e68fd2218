import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Store } from '../../../delivery/store/store.ts';
import { newEmail, type StoreFactory, withStore } from './under-test.ts';

/** Random deliveries, changes and destructions against a plain model in memory. */
export function modelSuite(factory: StoreFactory): void {
  describe('model', () => {
    it('counts, lists, threads and changes are those of a plain model', { timeout: 120_000 }, () =>
      withStore(factory, async ({ store }) => {
        await store.addDomain('example.org');
        let run = 0;
        const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async steps => {
          const { id } = await store.addAccount({ address: `run${run++}@example.org` });
          await runSteps(store, id, steps);
        });
        await fc.assert(property, { numRuns: 40 });
      }),
    );
  });
}

const tagIds = ['inbox', 'archive', 'junk', 'trash'] as const;
const keywords = ['$seen', '$flagged', '$draft'] as const;

type Step =
  | {
      readonly do: 'deliver';
      readonly day: number;
      readonly thread: number;
      readonly tags: string[];
      readonly keywords: string[];
    }
  | { readonly do: 'change'; readonly which: number; readonly tags: string[]; readonly keywords: string[] }
  | { readonly do: 'destroy'; readonly which: number };

const some = <T>(values: readonly T[], minLength: number): fc.Arbitrary<T[]> =>
  fc.subarray([...values], { minLength });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      day: fc.nat(5),
      thread: fc.nat(3),
      tags: some(tagIds, 1),
      keywords: some(keywords, 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      which: fc.nat(20),
      tags: some(tagIds, 1),
      keywords: some(keywords, 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('destroy' as const), which: fc.nat(20) }) },
);

interface ModelEmail {
  readonly id: string;
  readonly thread: number;
  readonly receivedAt: number;
  tags: string[];
  keywords: string[];
}

/** Emails lie in several months, so that positions are counted across them. */
const daysApart = 20;

async function runSteps(store: Store, accountId: string, steps: readonly Step[]): Promise<void> {
  const emails: ModelEmail[] = [];
  const first = await store.getState(accountId, 'Email');
  const middle = Math.floor(steps.length / 2);
  let held: { state: string; ids: Map<string, string> } = { state: first, ids: new Map() };
  for (const [index, action] of steps.entries()) {
    if (index === middle) held = { state: await store.getState(accountId, 'Email'), ids: shapes(emails) };
    await runStep(store, accountId, emails, action);
  }
  await compareCounts(store, accountId, emails);
  await compareLists(store, accountId, emails);
  await compareChanges(store, accountId, held, emails);
  for await (const fault of store.verify({ accountId })) assert.fail(JSON.stringify(fault));
}

async function runStep(store: Store, accountId: string, emails: ModelEmail[], action: Step): Promise<void> {
  if (action.do === 'deliver') {
    const receivedAt = new Date(Date.UTC(2026, 0, 1 + action.day * daysApart));
    const tags = action.tags.map(id => ({ id }));
    const traits = {
      receivedAt,
      references: [`t${action.thread}`],
      discussion: `d${action.thread}`,
      tags,
      keywords: action.keywords,
    };
    const { emailId } = await store.deliverEmail(accountId, newEmail(traits));
    emails.push({
      id: emailId,
      thread: action.thread,
      receivedAt: receivedAt.getTime(),
      tags: action.tags,
      keywords: action.keywords,
    });
    return;
  }
  const email = emails[action.which % Math.max(1, emails.length)];
  if (!email) return;
  if (action.do === 'destroy') {
    emails.splice(emails.indexOf(email), 1);
    await store.destroyEmails(accountId, [email.id]);
    return;
  }
  email.tags = action.tags;
  email.keywords = action.keywords;
  const change = {
    emailId: email.id,
    tags: { replace: true, add: action.tags },
    keywords: { replace: true, add: action.keywords },
  };
  assert.deepEqual(await store.changeEmails(accountId, [change]), [{ emailId: email.id, status: 'done' }]);
}

const isUnread = (email: ModelEmail): boolean =>
  !email.keywords.includes('$seen') && !email.keywords.includes('$draft');

async function compareCounts(store: Store, accountId: string, emails: readonly ModelEmail[]): Promise<void> {
  for (const tag of await store.listTags(accountId)) {
    const tagged = emails.filter(({ tags }) => tags.includes(tag.id));
    const threads = [...new Set(tagged.map(({ thread }) => thread))];
    // RFC 8621 §2: what is only in trash does not count elsewhere, and what is elsewhere not in trash.
    const counts = (email: ModelEmail): boolean =>
      tag.id === 'trash' ? email.tags.includes('trash') : email.tags.some(id => id !== 'trash');
    const unread = threads.filter(thread =>
      emails.some(e => e.thread === thread && isUnread(e) && counts(e)),
    );
    const expected = [tagged.length, tagged.filter(isUnread).length, threads.length, unread.length];
    assert.deepEqual(
      [tag.totalEmails, tag.unreadEmails, tag.totalThreads, tag.unreadThreads],
      expected,
      tag.id,
    );
  }
}

async function compareLists(store: Store, accountId: string, emails: readonly ModelEmail[]): Promise<void> {
  const sorted = [...emails].sort((one, other) => (one.id < other.id ? 1 : -1));
  for (let index = 1; index < sorted.length; index++) {
    assert.ok((sorted[index - 1]?.receivedAt ?? 0) >= (sorted[index]?.receivedAt ?? 0));
  }
  for (const tag of [null, ...tagIds]) {
    const expected = sorted.filter(({ tags }) => tag === null || tags.includes(tag));
    const query = { filter: tag === null ? null : { tag }, sort: [], limit: 500, calculateTotal: true };
    const flat = await store.queryEmails(accountId, query);
    assert.deepEqual(
      flat.rows.map(({ id }) => id),
      expected.map(({ id }) => id),
    );
    assert.equal(flat.total, expected.length);
    const folded = await store.queryEmails(accountId, { ...query, collapseThreads: true });
    const firsts = expected.filter(
      (e, index) => expected.findIndex(other => other.thread === e.thread) === index,
    );
    assert.deepEqual(
      folded.rows.map(({ id }) => id),
      firsts.map(({ id }) => id),
    );
    assert.equal(folded.total, firsts.length);
  }
  await comparePositions(store, accountId, sorted);
  for (const asked of [[], ...tagIds.map(tag => [tag]), ['inbox', 'junk'], ['archive', 'inbox']])
    await compareDiscussions(store, { accountId, sorted, asked });
}

interface DiscussionCase {
  readonly accountId: string;
  /** All emails, newest first. */
  readonly sorted: readonly ModelEmail[];
  /** Ids of tags. */
  readonly asked: readonly string[];
}

/** A discussion is shown by its newest email in all of the tags, and found from the place of any email. */
async function compareDiscussions(store: Store, { accountId, sorted, asked }: DiscussionCase): Promise<void> {
  for (const unreadOnly of [false, true]) {
    const shown = sorted.filter(
      (email, index) =>
        asked.every(tag => email.tags.includes(tag)) &&
        (!unreadOnly || sorted.some(other => other.thread === email.thread && isUnread(other))) &&
        !sorted
          .slice(0, index)
          .some(other => other.thread === email.thread && asked.every(tag => other.tags.includes(tag))),
    );
    const request = { ...(asked.length > 0 ? { tagIds: asked } : {}), unreadOnly };
    const all = await store.listDiscussions(accountId, { ...request, calculateTotal: true });
    const ids = shown.map(({ id }) => id);
    assert.deepEqual(
      all.items.map(({ lastEmailId }) => lastEmailId),
      ids,
    );
    assert.deepEqual([all.position, all.next], [0, null]);
    assert.ok(all.total === ids.length || (all.total === null && asked.length > 1), String(all.total));
    for (const { id } of sorted.slice(0, 3)) {
      const there = await store.listDiscussions(accountId, { ...request, anchor: id, limit: 1 });
      const position = ids.filter(other => other > id).length;
      assert.deepEqual([there.position, there.items[0]?.lastEmailId], [position, ids[position]]);
    }
  }
}

/** Each row is found by its position and by its id, in both orders. */
async function comparePositions(
  store: Store,
  accountId: string,
  sorted: readonly ModelEmail[],
): Promise<void> {
  for (const [tag, ascending] of [
    [null, false],
    ['inbox', false],
    ['inbox', true],
  ] as const) {
    const found = sorted.filter(({ tags }) => tag === null || tags.includes(tag));
    if (ascending) found.reverse();
    const sort = [{ key: 'receivedAt', ascending } as const];
    for (const [position, { id }] of found.entries()) {
      const query = { filter: tag === null ? null : { tag }, sort, limit: 1 };
      const there = await store.queryEmails(accountId, { ...query, skip: position });
      assert.deepEqual([there.position ?? position, there.rows[0]?.id], [position, id]);
      const anchored = await store.queryEmails(accountId, { ...query, anchor: id, skip: -1 });
      assert.deepEqual([anchored.position ?? position, anchored.rows[0]?.id], [position, id]);
    }
  }
}

/** Everything about each email that a change can change. */
function shapes(emails: readonly ModelEmail[]): Map<string, string> {
  return new Map(emails.map(e => [e.id, JSON.stringify([[...e.tags].sort(), [...e.keywords].sort()])]));
}

async function compareChanges(
  store: Store,
  accountId: string,
  held: { state: string; ids: Map<string, string> },
  emails: readonly ModelEmail[],
): Promise<void> {
  const now = shapes(emails);
  const changes = await store.getChanges(accountId, 'Email', held.state, 500);
  assert.deepEqual(changes.created.sort(), [...now.keys()].filter(id => !held.ids.has(id)).sort());
  assert.deepEqual(changes.destroyed.sort(), [...held.ids.keys()].filter(id => !now.has(id)).sort());
  for (const [id, shape] of now) {
    if (held.ids.has(id) && held.ids.get(id) !== shape)
      assert.ok(changes.updated.includes(id), `${id} is told`);
  }
}
