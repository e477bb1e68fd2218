import { setTimeout as wait } from 'node:timers/promises';
import { levels } from '../../../delivery/privacy/shape.ts';
import type { NewEmail, Store } from '../../../delivery/store/store.ts';
import { newEmail } from '../../suites/store/under-test.ts';
import { openRandom, type Random } from '../../support/random.ts';
import type { BenchNodes } from '../cassandra/nodes.ts';
import { type AskedMailbox, askRare, start, words } from './asks.ts';
import type { StoreSubject } from './subject.ts';

const fiveYears = 5 * 365 * 86_400_000;
const tagCount = 20;
const changes = 500;
/** The store builds a bucket's part of the search index where it lacks more emails than this. */
const smallBucket = 50;
const maxIndexMilliseconds = 20 * 60_000;
/** So long what was delivered in a burst makes states longer (`mail/state.ts`). */
const stateMilliseconds = 16_000;

/** The same in each store: makes an account with `total` emails over five years in 20 tags, and waits until searches find all in the index. */
export async function buildMailbox(
  { store, nodes }: StoreSubject,
  { total, repeats }: Pick<AskedMailbox, 'total' | 'repeats'>,
): Promise<AskedMailbox> {
  await store.addDomain('example.org');
  const { id: accountId } = await store.addAccount({ address: 'ada@example.org' });
  const tags: string[] = [];
  for (let n = 0; n < tagCount; n++) tags.push((await store.putTag(accountId, { name: `tag ${n}` })).id);
  const deliver = (from: number, to: number): Promise<void> =>
    deliverEmails(store, { accountId, from, to, emailOf: n => emailOf(n, { total, tags }) });
  const changesFrom = Math.max(1, total - changes);
  await deliver(0, changesFrom - 1);
  if (nodes) await Promise.all([untilIndexed(nodes, accountId), wait(stateMilliseconds)]);
  // A quiet moment before and after the last emails: states are as they are in a mailbox, not in a bench.
  await deliver(changesFrom - 1, changesFrom);
  const oldState = await store.getState(accountId, 'Email');
  await deliver(changesFrom, total - 1);
  if (nodes) await Promise.all([untilIndexed(nodes, accountId), wait(stateMilliseconds)]);
  await deliver(total - 1, total);
  const mailbox = { store, accountId, total, repeats, oldState };
  // Where the index is made by the writer's thread, a search waits for it.
  await askRare(mailbox, 0);
  return mailbox;
}

interface Run {
  readonly accountId: string;
  /** Number of the first email, and of the first that is not delivered. */
  readonly from: number;
  readonly to: number;
  readonly emailOf: (n: number) => NewEmail;
}

async function deliverEmails(store: Store, { accountId, from, to, emailOf }: Run): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < to) await store.deliverEmail(accountId, emailOf(next++));
  };
  await Promise.all(Array.from({ length: 100 }, worker));
}

function emailOf(
  n: number,
  { total, tags }: { readonly total: number; readonly tags: readonly string[] },
): NewEmail {
  const random = openRandom(n + 1);
  return newEmail({
    name: `m${n}`,
    receivedAt: new Date(start + (fiveYears * n) / total),
    discussion: `d${n % 5000}`,
    ...{ hasAttachment: n % 9 === 0, level: levels[n % levels.length] ?? 'C' },
    keywords: n % 64 === 0 ? [] : ['$seen'],
    tags: [{ role: 'inbox' as const }, ...(n % 5 === 0 ? [{ id: tags[n % tags.length] ?? '' }] : [])],
    words: words(120, random),
    octets: octetsOf(n, random),
  });
}

function octetsOf(n: number, random: Random): Uint8Array {
  const fields = [
    `Received: from mx${n % 97}.example.net by mx.example.org with ESMTPS id ${n}`,
    `Message-ID: <${n}.letter@host${n % 999}.example.net>`,
    `Subject: ${words(6, random)}`,
    ...(n % 3 === 0 ? [`List-Id: <list${n % 40}.example.net>`] : []),
    ...(n === 777 ? ['X-Rare: yes'] : []),
  ];
  return Buffer.from(`${fields.join('\r\n')}\r\n\r\nHello\r\n`);
}

/** Waits for the store, which builds the index of each bucket half a minute after its first email. */
async function untilIndexed(nodes: BenchNodes, accountId: string): Promise<void> {
  const until = performance.now() + maxIndexMilliseconds;
  const { keyspace } = nodes;
  const list = `select bucket, block from ${keyspace}.bucket where account = ?`;
  const count = `select count(*) as held from ${keyspace}.email where account = ? and bucket = ?`;
  for (const { bucket } of await nodes.ask(list, [accountId])) {
    const [found] = await nodes.ask(count, [accountId, bucket]);
    if (Number(found?.held) <= smallBucket) continue;
    const one = `${list} and bucket = ?`;
    while ((await nodes.ask(one, [accountId, bucket]))[0]?.block === null) {
      if (performance.now() > until) throw new Error(`bucket ${bucket} has no search index yet`);
      await wait(500);
    }
  }
}
