import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { silentLog } from '../../../../delivery/log.ts';
import type { CassandraContext } from '../../../../delivery/store/cassandra/context.ts';
import { schemaSteps } from '../../../../delivery/store/cassandra/schema.ts';
import { buildBlock } from '../../../../delivery/store/cassandra/search/build.ts';
import type { BucketKey } from '../../../../delivery/store/cassandra/search/lookup.ts';
import {
  type EmailTexts,
  matches,
  type SearchLeaf,
} from '../../../../delivery/store/cassandra/search/match.ts';
import { searchBucket } from '../../../../delivery/store/cassandra/search/search-bucket.ts';
import {
  openSession,
  type Session,
  type Statement,
  type Value,
} from '../../../../delivery/store/cassandra/session.ts';
import { emailId, randomText } from '../../../../delivery/store/ids.ts';
import { packMessage } from '../../../../delivery/store/packing.ts';
import { atEnd } from '../../../support/at-end.ts';
import { sharedCassandra } from '../../../support/cassandra.ts';
import { openTestClock, type TestClock } from '../../../support/clock.ts';

// What the tests of search share: made-up emails and searches, and a bucket on a real server.

const anyWord = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom('a', 'ab', 'abc', 'b', 'ba', 'c', '東京', '京都', 'ж', '\u{1d4b3}'),
  },
  { weight: 1, arbitrary: fc.constantFrom('長'.repeat(100), `${'長'.repeat(100)}b`, 'x'.repeat(300)) },
);

const text = fc.array(anyWord, { maxLength: 6 }).map(some => some.join(' '));

const searchText = fc.record({
  subject: text,
  body: text,
  originators: text,
  destinations: text,
  attachments: text,
});

const fieldNames = ['Subject', 'List-Id', 'Received', 'X-Trait', 'DKIM-Signature', 'Über'] as const;

const piece = fc.constantFrom(
  'a',
  'ab',
  'Abc',
  'list.example.net',
  '<1@example.net>',
  '(by b)',
  ' ',
  ',',
  'über',
  '=?utf-8?q?=C3=BCber?=',
  'abcdefghij'.repeat(5),
  'Z'.repeat(45),
  'x-'.repeat(600),
);

const value = fc.oneof(
  { weight: 20, arbitrary: fc.array(piece, { maxLength: 5 }).map(some => some.join(' ')) },
  { weight: 1, arbitrary: fc.constant('many words here '.repeat(300)) },
);

/** A header block as octets, read as Latin-1. */
const head = fc
  .array(fc.tuple(fc.constantFrom(...fieldNames), value), { minLength: 1, maxLength: 4 })
  .map(fields => `${fields.map(([name, given]) => `${name}: ${given}\r\n`).join('')}\r\n`)
  .map(block => Buffer.from(block).toString('latin1'));

/** The texts of an email. */
export const texts: fc.Arbitrary<EmailTexts> = fc.record({ words: fc.option(searchText, { freq: 6 }), head });

/** The texts of some emails. */
export const someTexts = fc.array(texts, { minLength: 1, maxLength: 12 });

const search = fc.record({
  field: fc.constantFrom('any', 'subject', 'body', 'originators', 'destinations', 'attachments'),
  words: fc.array(anyWord, { minLength: 1, maxLength: 3 }),
  prefix: fc.boolean(),
});

const contains = fc.oneof(
  piece,
  fc.tuple(piece, piece).map(([one, other]) => `${one} ${other}`),
  fc.constantFrom('', 'example', 'bc', '1@', 'ziehj', 'zz', 'words HERE', 'cdefghij'),
);

/** A part of a filter. */
export const someLeaf: fc.Arbitrary<SearchLeaf> = fc.oneof(
  search.map(asked => ({ search: asked })),
  fc.record({ fieldName: fc.constantFrom(...fieldNames, 'list-ID', 'X-None') }),
  fc.record({ fieldName: fc.constantFrom(...fieldNames, 'SUBJECT'), contains }),
);

test('about every second made-up search finds one of some made-up emails', () => {
  let found = 0;
  const count = (all: readonly EmailTexts[], leaf: SearchLeaf) => {
    if (all.some(each => matches(leaf, each))) found += 1;
  };
  fc.assert(fc.property(someTexts, someLeaf, count), { numRuns: 500 });
  assert.ok(found > 150 && found < 400, String(found));
});

function pie(body: string): EmailTexts {
  const words = { subject: 'letter', body, originators: 'bob', destinations: 'ada', attachments: '' };
  return { words, head: `Subject: letter\r\nMessage-ID: <${body.length}@example.net>\r\n\r\n` };
}

/** Emails that all have `apple pie`, every second `pie apple`. */
export function pies(count: number): EmailTexts[] {
  return Array.from({ length: count }, (_unused, n) =>
    pie(`word${n} apple pie${n % 2 === 0 ? ' apple' : ''}`),
  );
}

/** A search for words anywhere. */
export function word(...words: string[]): SearchLeaf {
  return { search: { field: 'any', words, prefix: false } };
}

/** Searches of each kind, which find some of them. */
export const everyKind: readonly SearchLeaf[] = [
  word('apple'),
  word('pie', 'apple'),
  { search: { field: 'body', words: ['word1'], prefix: true } },
  { fieldName: 'Message-ID', contains: '@example' },
];

/** A bucket of an account that no other test has. */
export interface TestBucket {
  readonly context: CassandraContext & { readonly clock: TestClock };
  readonly where: BucketKey;
  /** What is in it, by id. */
  readonly emails: ReadonlyMap<string, EmailTexts>;
  deliver(all: readonly EmailTexts[]): Promise<string[]>;
  destroy(id: string): Promise<void>;
  reword(id: string, words: EmailTexts['words']): Promise<void>;
  build(runOctets?: number): Promise<boolean>;
  /** Throws unless each leaf finds what it should; gives whether the block is behind. */
  check(leaves: readonly SearchLeaf[]): Promise<boolean>;
  /** Generations of which the server has rows. */
  generations(): Promise<string[]>;
  /** The bucket's row. */
  row(): Promise<{ block: string | null; block_generations: string[] | null } | undefined>;
}

/** A keyspace with the schema; null where there is no server. */
export async function openContext(t: TestContext): Promise<TestBucket['context'] | null> {
  const shared = await sharedCassandra(t);
  if (!shared) return null;
  const session = await openSession({ ...shared, replication: 1, credentials: null, tls: null });
  atEnd(t, () => session.close());
  for (const statement of schemaSteps.flat()) await session.run(statement, []);
  return { session, clock: openTestClock(), log: silentLog, hashSecret: new Uint8Array(32) };
}

/** An empty bucket. */
export async function openBucket(context: TestBucket['context']): Promise<TestBucket> {
  const where = { accountId: `A${randomText(20)}`, bucket: 812_000 };
  const key = [where.accountId, where.bucket];
  const { session, clock } = context;
  const emails = new Map<string, EmailTexts>();
  const now = session.timeId(clock.now());
  await session.run('update bucket set changed = ? where account = ? and bucket = ?', [now, ...key]);
  return {
    context,
    where,
    emails,
    async deliver(all) {
      const made = all.map((each): [string, EmailTexts] => [
        emailId(3_628_000_000_000_000, randomText(10)),
        each,
      ]);
      for (let from = 0; from < made.length; from += 50)
        await session.together(made.slice(from, from + 50).flatMap(each => rowsOf(key, ...each)));
      for (const [id, each] of made) emails.set(id, each);
      return made.map(([id]) => id);
    },
    async destroy(id) {
      const tables = ['email', 'detail'];
      const cql = (table: string) => `delete from ${table} where account = ? and bucket = ? and id = ?`;
      await session.together(tables.map(table => ({ cql: cql(table), values: [...key, id] })));
      emails.delete(id);
    },
    async reword(id, words) {
      const mark = randomText(8);
      const end = 'where account = ? and bucket = ? and id = ?';
      await session.together([
        { cql: `update email set reworded = ? ${end}`, values: [mark, ...key, id] },
        {
          cql: `update detail set reworded = ?, words = ? ${end}`,
          values: [mark, words && JSON.stringify(words), ...key, id],
        },
      ]);
      const before = emails.get(id);
      if (before) emails.set(id, { ...before, words });
    },
    build: runOctets => buildBlock(context, where, runOctets === undefined ? {} : { runOctets }),
    check: leaves => check(context, { where, emails }, leaves),
    async generations() {
      const rows = await session.rows<{ account: string; generation: string }>(
        'select distinct account, bucket, generation from posting',
        [],
      );
      return rows.filter(({ account }) => account === where.accountId).map(({ generation }) => generation);
    },
    row: () =>
      session.row('select block, block_generations from bucket where account = ? and bucket = ?', key),
  };
}

function rowsOf(key: readonly unknown[], id: string, { words, head: block }: EmailTexts) {
  // Header blocks of big messages lie apart.
  const filler = block.includes('List-Id') ? 'text\n'.repeat(20_000) : '';
  const octets = Buffer.from(`${block}Subject: no field\r\n${filler}`, 'latin1');
  const { packing, head: first, body } = packMessage(octets);
  return [
    { cql: 'insert into email (account, bucket, id, head) values (?, ?, ?, ?)', values: [...key, id, '[]'] },
    {
      cql: 'insert into detail (account, bucket, id, words, packing, head, body) values (?, ?, ?, ?, ?, ?, ?)',
      values: [
        ...key,
        id,
        words ? JSON.stringify(words) : undefined,
        packing,
        first.byteLength > 0 ? Buffer.from(first) : undefined,
        Buffer.from(body),
      ],
    },
  ];
}

async function check(
  context: CassandraContext,
  { where, emails }: Pick<TestBucket, 'where' | 'emails'>,
  leaves: readonly SearchLeaf[],
): Promise<boolean> {
  const { session } = context;
  const all = await session.rows<{ id: string; head: string | null; reworded: string | null }>(
    'select id, head, reworded from email where account = ? and bucket = ?',
    [where.accountId, where.bucket],
  );
  const rows = all.filter(({ head }) => head !== null);
  const reworded = new Map(rows.flatMap(row => (row.reworded ? [[row.id, row.reworded] as const] : [])));
  const ids = rows.map(({ id }) => id);
  const { found, isBehind } = await searchBucket(context, { ...where, ids, reworded }, leaves);
  for (const leaf of leaves) {
    const expected = [...emails].filter(([, each]) => matches(leaf, each)).map(([id]) => id);
    assert.deepEqual([...(found.get(leaf) ?? [])].sort(), expected.sort(), JSON.stringify(leaf));
  }
  return isBehind;
}

/** A session with something that happens before each of its requests, which fails when that throws. */
export function overheard(session: Session, before: (cql: string) => void | Promise<void>): Session {
  const tell = (asked: string | readonly Statement[]) =>
    before(typeof asked === 'string' ? asked : asked.map(({ cql }) => cql).join('; '));
  const told = <A extends Parameters<typeof tell>[0], R extends readonly unknown[], T>(
    request: (asked: A, ...rest: R) => Promise<T>,
  ) => {
    return async (asked: A, ...rest: R): Promise<T> => {
      await tell(asked);
      return await request.call(session, asked, ...rest);
    };
  };
  return {
    rows: told(session.rows) as Session['rows'],
    row: told(session.row) as Session['row'],
    async *pages<T>(cql: string, ...rest: [readonly Value[], number?]) {
      await tell(cql);
      yield* session.pages<T>(cql, ...rest);
    },
    run: told(session.run),
    together: told(session.together),
    claim: told(session.claim) as Session['claim'],
    claimed: told(session.claimed) as Session['claimed'],
    micros: known => session.micros(known),
    timeId: now => session.timeId(now),
    close: () => session.close(),
  };
}
