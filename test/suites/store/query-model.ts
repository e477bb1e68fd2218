import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { levels } from '../../../delivery/privacy/shape.ts';
import type { EmailFilter, SearchTerm } from '../../../delivery/store/query.ts';
import type { EmailQuery, Store } from '../../../delivery/store/store.ts';
import { openRandom } from '../../support/random.ts';
import {
  deliverAll,
  type EmailTraits,
  type StoreFactory,
  type StoreFeatures,
  withAccount,
} from './under-test.ts';

/** Random filters over one mailbox, asked in every way, against a plain model in memory. */
export function queryModelSuite(factory: StoreFactory, features: StoreFeatures): void {
  describe('query: model', () => {
    it('whatever is asked, the answer is that of a plain model', { timeout: 240_000 }, () =>
      withAccount(factory, async ({ store, accountId }) => {
        const work = await store.putTag(accountId, { name: 'Work' });
        const emails = await fill(store, accountId, work.id);
        const asked = { store, accountId, emails };
        const property = fc.asyncProperty(filterOf(work.id), windowOf(features), (filter, view) =>
          compare(asked, filter, view),
        );
        await fc.assert(property, { numRuns: 100 });
      }),
    );
  });
}

/** More than a query looks at before it looks everything up. */
const mailboxSize = 640;
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);
/** From a word that most emails have to one that few have. */
const vocabulary = ['apple', 'pear', 'plum', 'apricot', 'cherry', 'quince'] as const;
const shares = [0.9, 0.7, 0.4, 0.2, 0.05, 0.004] as const;
const senders = ['ann@example.net', 'bob@example.net', 'cyd@example.com'] as const;
const keywords = ['$seen', '$flagged', 'rare'] as const;

interface ModelEmail {
  readonly id: string;
  readonly thread: string;
  readonly at: number;
  readonly size: number;
  readonly words: readonly string[];
  readonly from: string;
  readonly level: string | null;
  readonly tags: readonly string[];
  readonly keywords: readonly string[];
  readonly hasAttachment: boolean;
}

/** The newest first. */
async function fill(store: Store, accountId: string, work: string): Promise<ModelEmail[]> {
  const random = openRandom(7);
  const holds = (share: number): boolean => random.below(1000) < share * 1000;
  const made = Array.from({ length: mailboxSize }, (_unused, n) => {
    const thread = holds(0.4) ? `many${random.below(60)}` : `own${n}`;
    const words = vocabulary.filter((_word, index) => holds(shares[index] ?? 0));
    return {
      thread,
      words,
      at: start + n * hour,
      size: 100 + 10 * random.below(90),
      from: random.pick([...senders]),
      level: holds(0.5) ? random.pick([...levels]) : null,
      tags: [holds(0.9) ? 'inbox' : 'archive', ...(holds(0.02) ? [work] : [])],
      keywords: keywords.filter((_keyword, index) => holds([0.95, 0.3, 0.01][index] ?? 0)),
      hasAttachment: holds(0.1),
    };
  });
  const ids = await deliverAll(store, accountId, made.map(traitsOf));
  return made.map((email, index) => ({ ...email, id: ids[index] ?? '' })).reverse();
}

function traitsOf(email: Omit<ModelEmail, 'id'>): EmailTraits {
  return {
    ...{ name: 'letter', words: email.words.join(' '), from: email.from, keywords: email.keywords },
    ...{
      receivedAt: new Date(email.at),
      octets: Buffer.alloc(email.size, `X-Words: ${email.words}\r\n\r\n`),
    },
    ...{
      references: [email.thread],
      tags: email.tags.map(id => ({ id })),
      hasAttachment: email.hasAttachment,
    },
    ...(email.level === null ? {} : { level: email.level as NonNullable<EmailTraits['level']> }),
  };
}

const term = (words: string[], field: SearchTerm['field'] = 'any', prefix = false): EmailFilter => ({
  search: { field, words, prefix },
});

function leafOf(work: string): fc.Arbitrary<EmailFilter> {
  const word = fc.constantFrom(...vocabulary);
  const search = fc.oneof(
    { weight: 4, arbitrary: word.map(one => term([one])) },
    word.map(one => term([one.slice(0, 2)], 'any', true)),
    word.map(one => term([one], 'subject')),
    fc.constantFrom(...senders).map(from => term([from.slice(0, 3)], 'originators')),
    fc.constant(term(['never'])),
  );
  const day = fc.nat(30).map(n => new Date(start + n * 24 * hour));
  const plain = fc.oneof<fc.Arbitrary<EmailFilter>[]>(
    fc.constantFrom('inbox', 'archive', work, 'Tnone').map(tag => ({ tag })),
    fc.constantFrom(...keywords, 'none').map(keyword => ({ keyword })),
    fc.constantFrom(...keywords).map(noKeyword => ({ noKeyword })),
    fc.boolean().map(hasAttachment => ({ hasAttachment })),
    fc.constantFrom(...levels).map(level => ({ level })),
    day.map(before => ({ before })),
    day.map(after => ({ after })),
    fc.integer({ min: 90, max: 1010 }).map(minSizeOctets => ({ minSizeOctets })),
    fc.integer({ min: 90, max: 1010 }).map(maxSizeOctets => ({ maxSizeOctets })),
  );
  const field = fc.oneof(
    fc.constantFrom('X-Words', 'X-None').map(fieldName => ({ fieldName })),
    word.map(contains => ({ fieldName: 'x-words', contains })),
  );
  return fc.oneof(
    { weight: 6, arbitrary: search },
    { weight: 5, arbitrary: plain },
    { weight: 1, arbitrary: field },
  );
}

function filterOf(work: string): fc.Arbitrary<EmailFilter> {
  const { filter } = fc.letrec<{ filter: EmailFilter; parts: EmailFilter[] }>(tie => ({
    parts: fc.array(tie('filter'), { maxLength: 4 }),
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 2, arbitrary: leafOf(work) },
      { weight: 3, arbitrary: tie('parts').map(all => ({ all })) },
      { weight: 1, arbitrary: tie('parts').map(any => ({ any })) },
      { weight: 2, arbitrary: tie('parts').map(none => ({ none })) },
    ),
  }));
  return filter;
}

/** How the answer is looked at. */
interface View {
  readonly limit: number;
  readonly skip: number;
  readonly anchor: number;
  readonly key: 'receivedAt' | 'size';
  readonly ascending: boolean;
  readonly collapseThreads: boolean;
}

const windowOf = ({ sorts }: StoreFeatures): fc.Arbitrary<View> =>
  fc.record({
    key: fc.constantFrom('receivedAt' as const, sorts ? ('size' as const) : ('receivedAt' as const)),
    limit: fc.constantFrom(1, 7, 40),
    skip: fc.nat(80),
    anchor: fc.nat(mailboxSize),
    ascending: fc.boolean(),
    collapseThreads: fc.boolean(),
  });

interface Asked {
  readonly store: Store;
  readonly accountId: string;
  readonly emails: readonly ModelEmail[];
}

async function compare({ store, accountId, emails }: Asked, filter: EmailFilter, view: View): Promise<void> {
  const { limit, skip, key, ascending, collapseThreads } = view;
  const order = ordered(emails, view);
  const matching = order.filter(email => lets(filter, email));
  const shown = collapseThreads
    ? matching.filter((one, at) => matching.findIndex(other => other.thread === one.thread) === at)
    : matching;
  const ids = shown.map(({ id }) => id);
  const base: EmailQuery = { filter, sort: [{ key, ascending }], limit, collapseThreads };
  const ask = async (more: Partial<EmailQuery>) => {
    const { rows, total, position } = await store.queryEmails(accountId, { ...base, ...more });
    return { ids: rows.map(({ id }) => id), total, position };
  };
  const all = { ids: ids.slice(0, 500), total: ids.length, position: 0 };
  assert.deepEqual(await ask({ limit: 500, calculateTotal: true }), all);
  const first = await store.queryEmails(accountId, base);
  assert.deepEqual(
    first.rows.map(({ id }) => id),
    ids.slice(0, limit),
  );
  assert.equal(first.next === null, ids.length <= limit);
  if (first.next !== null)
    assert.deepEqual((await ask({ after: first.next })).ids, ids.slice(limit, 2 * limit));
  assert.deepEqual(await ask({ skip }), { ids: ids.slice(skip, skip + limit), total: null, position: skip });
  const anchor = ids[view.anchor % Math.max(1, ids.length)];
  if (anchor === undefined) return;
  const position = Math.max(0, ids.indexOf(anchor) + skip - 39);
  assert.deepEqual((await ask({ anchor, skip: skip - 40 })).ids, ids.slice(position, position + limit));
}

/** Emails of one size stand in the order of their arrival. */
function ordered(emails: readonly ModelEmail[], { key, ascending }: View): readonly ModelEmail[] {
  const upwards = emails.toReversed();
  if (key === 'size') upwards.sort((one, other) => one.size - other.size);
  return ascending ? upwards : upwards.reverse();
}

type Test = (filter: never, email: ModelEmail) => boolean;
type Of<Key extends PropertyKey> = Extract<EmailFilter, Record<Key, unknown>>;

/** One row per kind of condition that is asked here. */
const tests: Readonly<Record<string, Test>> = {
  all: ({ all }: Of<'all'>, email) => all.every(part => lets(part, email)),
  any: ({ any }: Of<'any'>, email) => any.some(part => lets(part, email)),
  none: ({ none }: Of<'none'>, email) => !none.some(part => lets(part, email)),
  tag: ({ tag }: Of<'tag'>, email) => email.tags.includes(tag),
  keyword: ({ keyword }: { keyword: string }, email) => email.keywords.includes(keyword),
  noKeyword: ({ noKeyword }: Of<'noKeyword'>, email) => !email.keywords.includes(noKeyword),
  hasAttachment: ({ hasAttachment }: Of<'hasAttachment'>, email) => email.hasAttachment === hasAttachment,
  level: ({ level }: Of<'level'>, email) => email.level === level,
  before: ({ before }: Of<'before'>, email) => email.at < before.getTime(),
  after: ({ after }: Of<'after'>, email) => email.at >= after.getTime(),
  minSizeOctets: ({ minSizeOctets }: Of<'minSizeOctets'>, email) => email.size >= minSizeOctets,
  maxSizeOctets: ({ maxSizeOctets }: Of<'maxSizeOctets'>, email) => email.size < maxSizeOctets,
  fieldName: ({ fieldName, contains }: Of<'fieldName'>, email) =>
    fieldName.toLowerCase() === 'x-words' &&
    (contains === undefined || email.words.join(',').includes(contains)),
  search: ({ search: { field, words, prefix } }: Of<'search'>, email) => {
    const [asked = ''] = words;
    const known = field === 'originators' ? email.from.split(/[@.]/) : email.words;
    return known.some(word => (prefix ? word.startsWith(asked) : word === asked));
  },
};

function lets(filter: EmailFilter, email: ModelEmail): boolean {
  const [, test] = Object.entries(tests).find(([key]) => key in filter) ?? [];
  if (!test) throw new Error(`no test of ${JSON.stringify(filter)}`);
  return test(filter as never, email);
}
