import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../delivery/clock.ts';
import { openLog } from '../../delivery/log.ts';
import type { EmailFilter, SearchTerm } from '../../delivery/store/query.ts';
import { openSqliteStore } from '../../delivery/store/sqlite/sqlite-store.ts';
import type { EmailQuery, Store } from '../../delivery/store/store.ts';
import { newEmail } from '../suites/store/under-test.ts';
import { testKeyring } from '../support/keyring.ts';

/**
 * One big mailbox: builds `BENCH_MESSAGES` (100,000) emails over five years and prints p50 and p99 of what a reader
 * asks. Aims: a page 5 ms, a word 10 ms (p99, warm).
 */
const total = Number(process.env.BENCH_MESSAGES ?? 100_000);
const repeats = 60;
const fiveYears = 5 * 365 * 86_400_000;
const start = Date.UTC(2021, 0, 1);

const vocabulary = Array.from(
  { length: 20_000 },
  (_unused, n) => `w${((n * 2654435761) >>> 0).toString(36)}${n % 7}`,
);

/** Words with natural frequencies: the n-th most frequent about 1/n as often as the first. */
function words(count: number): string {
  const pick = (): string => vocabulary[Math.floor(vocabulary.length ** Math.random()) - 1] ?? 'common';
  return Array.from({ length: count }, pick).join(' ');
}

async function build(store: Store, accountId: string): Promise<void> {
  const tags = await Promise.all(
    Array.from({ length: 20 }, (_unused, n) => store.putTag(accountId, { name: `tag ${n}` })),
  );
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < total) {
      const n = next++;
      const email = newEmail({
        name: `m${n}`,
        receivedAt: new Date(start + (fiveYears * n) / total),
        discussion: `d${n % 5000}`,
        keywords: n % 64 === 0 ? [] : ['$seen'],
        tags: [{ role: 'inbox' as const }, ...(n % 5 === 0 ? [{ id: tags[n % 20]?.id ?? '' }] : [])],
        words: words(120),
        octets: octetsOf(n),
      });
      await store.deliverEmail(accountId, email);
    }
  };
  await Promise.all(Array.from({ length: 100 }, worker));
}

function octetsOf(n: number): Uint8Array {
  const fields = [
    `Received: from mx${n % 97}.example.net by mx.example.org with ESMTPS id ${n}`,
    `Message-ID: <${n}.letter@host${n % 999}.example.net>`,
    `Subject: ${words(6)}`,
    ...(n % 3 === 0 ? [`List-Id: <list${n % 40}.example.net>`] : []),
    ...(n === 777 ? ['X-Rare: yes'] : []),
  ];
  return Buffer.from(`${fields.join('\r\n')}\r\n\r\nHello\r\n`);
}

type Ask = (store: Store, accountId: string, round: number) => Promise<unknown>;

function term(word: string, more: Partial<SearchTerm> = {}): EmailFilter {
  return { search: { field: 'any', words: word.split(' '), prefix: false, ...more } };
}

function query(filter: EmailFilter | null, more: Partial<EmailQuery> = {}): Ask {
  return (store, accountId) =>
    store.queryEmails(accountId, {
      filter,
      sort: [{ key: 'receivedAt', ascending: false }],
      limit: 50,
      ...more,
    });
}

const [first = '', second = '', third = ''] = vocabulary;
const rare = vocabulary.at(-5) ?? '';

const asks: Readonly<Record<string, Ask>> = {
  'first page': query(null),
  'page by position': (store, id, round) =>
    query(null, { skip: Math.floor((total * round) / repeats) })(store, id, round),
  'tag page': query({ tag: 'inbox' }, { calculateTotal: true }),
  'tag page by position': (store, id, round) =>
    query({ tag: 'inbox' }, { skip: Math.floor((total * round) / repeats) })(store, id, round),
  unread: query({ all: [{ tag: 'inbox' }, { noKeyword: '$seen' }] }),
  'discussion list': (store, id) => store.listDiscussions(id, { limit: 50 }),
  'threads of a tag': query({ tag: 'inbox' }, { collapseThreads: true }),
  'most frequent word': query(term(first)),
  'rare word': query(term(rare)),
  AND: query({ all: [term(first), term(second)] }),
  phrase: query(term(`${second} ${third}`)),
  'word in a small tag': (store, id) => inSmallTag(store, id),
  prefix: query(term(first.slice(0, 3), { prefix: true })),
  'total of a word': query(term(first), { calculateTotal: true }),
  'header name': query({ fieldName: 'X-Rare' }),
  'header whole word': query({ fieldName: 'Message-ID', contains: `<777.letter@host777.example.net>` }),
  'header piece of a word': query(
    { fieldName: 'Message-ID', contains: '777.letter@' },
    { calculateTotal: true },
  ),
  'header of a trace field': query({ fieldName: 'Received', contains: 'x96.example' }),
  'sorted by size': query({ tag: 'inbox' }, { sort: [{ key: 'size', ascending: false }] }),
  changes: async (store, id) => {
    const state = await store.getState(id, 'Email');
    return store.getChanges(id, 'Email', String(Number(state) - 500), 500);
  },
};

async function inSmallTag(store: Store, accountId: string): Promise<unknown> {
  const tag = (await store.listTags(accountId)).find(({ name }) => name === 'tag 5');
  return query({ all: [{ tag: tag?.id ?? '' }, term(second)] })(store, accountId, 0);
}

async function measure(name: string, ask: Ask, store: Store, accountId: string): Promise<string> {
  const waits: number[] = [];
  for (let round = 0; round < repeats; round++) {
    const began = performance.now();
    await ask(store, accountId, round);
    waits.push(performance.now() - began);
  }
  const cold = waits[0] ?? 0;
  waits.sort((one, other) => one - other);
  const at = (share: number): string => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(2).padStart(9);
  return `${name.padEnd(22)} ${cold.toFixed(2).padStart(9)} ${at(0.5)} ${at(0.98)}`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-mailbox-'));
  const store = await openSqliteStore({
    folder,
    shards: 1,
    keyring: testKeyring,
    clock: systemClock,
    log: openLog('warn'),
  });
  try {
    await store.addDomain('example.org');
    const { id } = await store.addAccount({ address: 'ada@example.org' });
    const began = performance.now();
    await build(store, id);
    await query(term(rare))(store, id, 0);
    console.log(`${total} emails built and indexed in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    console.log(
      `${'milliseconds'.padEnd(22)} ${['first', 'p50', 'p98'].map(name => name.padStart(9)).join(' ')}`,
    );
    for (const [name, ask] of Object.entries(asks)) console.log(await measure(name, ask, store, id));
    console.log(`memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
