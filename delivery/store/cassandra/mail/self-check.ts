import { newId } from '../../ids.ts';
import type { CassandraContext } from '../context.ts';
import { slots } from '../directory/slots.ts';
import type { ReadParts } from './reads.ts';
import { publishSelfCheck } from './self-check-news.ts';
import { blockSuspicions } from './verify-blocks.ts';
import { miscounted, readCounted } from './verify-buckets.ts';
import { confirmed, type Suspicion } from './verify-fault.ts';
import { linkSuspicions } from './verify-links.ts';
import { directoryOfAccount, madeAt } from './verify-lists.ts';
import { keySuspicions } from './verify-personal.ts';
import { publishedOfAccount } from './verify-published.ts';
import { type Place, rowLeftovers, someDetails, type TimedRow } from './verify-rows.ts';
import { tagLeftovers } from './verify-tags.ts';

/** How often a process looks, and by what it chooses. */
export interface SelfCheckPace {
  /** About so long from one account to the next. */
  readonly milliseconds: number;
  /** From 0 on, below 1. */
  readonly random: () => number;
}

/** One account a minute. */
const usualPace: SelfCheckPace = { milliseconds: 60_000, random: Math.random };

/** Emails whose rows are read of one account at most, and of how many what hangs on them is read, too. */
const mostEmails = 2000;
const mostFollowed = 100;

/** Checks an account now and then, as long as the process lives. */
export interface SelfCheck {
  stop(): Promise<void>;
}

/** Begins; the first account is checked after a while. */
export function startSelfCheck(parts: ReadParts, pace: SelfCheckPace = usualPace): SelfCheck {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let work: Promise<void> | null = null;
  const schedule = (): void => {
    if (abort.signal.aborted) return;
    // Not all processes at one instant.
    const milliseconds = pace.milliseconds * (0.5 + pace.random());
    timer = setTimeout(() => {
      work = checkOne(parts, pace.random, abort.signal).finally(schedule);
    }, milliseconds).unref();
  };
  schedule();
  return {
    async stop() {
      abort.abort();
      if (timer) clearTimeout(timer);
      await work;
    },
  };
}

async function checkOne(parts: ReadParts, random: () => number, signal: AbortSignal): Promise<void> {
  const { context } = parts;
  try {
    const accountId = await chooseAccount(context, random);
    if (accountId === null) return;
    const { emails, faults } = await checkAccount(parts, accountId, { random, signal });
    for (const { kind } of faults) context.log.error({ accountId, kind }, 'storeFault');
    publishSelfCheck({ checkedEmails: emails, faults: faults.map(({ kind }) => kind) });
  } catch (error) {
    // The next one is tried in a minute; what is wrong with the cluster others say.
    if (!signal.aborted) context.log.warn({ cause: String(error) }, 'selfCheckFailed');
  }
}

/**
 * An account of the directory's list; null when there is none. Ids are the time of making and then chance: a place
 * between the oldest and the newest finds accounts that were made at one instant as well as those of years.
 */
async function chooseAccount({ session }: CassandraContext, random: () => number): Promise<string | null> {
  const first = Math.floor(random() * slots.length);
  const select = 'select id from account_list where slot = ?';
  for (let step = 0; step < slots.length; step++) {
    const slot = slots[(first + step) % slots.length];
    const [oldest, newest] = await Promise.all([
      session.row<{ id: string }>(`${select} limit 1`, [slot]),
      session.row<{ id: string }>(`${select} order by id desc limit 1`, [slot]),
    ]);
    if (!oldest || !newest) continue;
    const began = madeAt(oldest.id);
    const instant = began + Math.floor(random() * (madeAt(newest.id) - began + 1));
    const found = await session.row<{ id: string }>(`${select} and id > ? limit 1`, [
      slot,
      newId('A', instant),
    ]);
    return (found ?? oldest).id;
  }
  return null;
}

/** What a check of one account found. */
interface CheckedAccount {
  readonly emails: number;
  readonly faults: readonly Suspicion[];
}

/** Looks at an account's place in the directory and at some of its buckets: the rows of its emails, not the octets. */
export async function checkAccount(
  parts: ReadParts,
  accountId: string,
  { random, signal }: { readonly random: () => number; readonly signal: AbortSignal },
): Promise<CheckedAccount> {
  const { context, buckets } = parts;
  const suspicions = await directoryOfAccount(context, accountId);
  suspicions.push(...(await keySuspicions(context, accountId)));
  suspicions.push(...(await publishedOfAccount(context, accountId)));
  let emails = 0;
  for (const { bucket } of shuffled(await buckets.list(accountId), random)) {
    signal.throwIfAborted();
    const left = mostEmails - emails;
    if (left <= 0) break;
    const checked = await checkBucket(parts, { accountId, bucket }, { random, limit: left });
    emails += checked.emails;
    suspicions.push(...checked.faults);
  }
  return { emails, faults: await confirmed(suspicions, signal) };
}

async function checkBucket(
  parts: ReadParts,
  place: Place,
  { random, limit }: { readonly random: () => number; readonly limit: number },
): Promise<CheckedAccount> {
  const { context, buckets, tags } = parts;
  const { rows, leftovers, isMiscounted } = await readCounted(context, place, limit);
  const some = shuffled(rows, random).slice(0, mostFollowed);
  const faults = [
    ...(isMiscounted ? [miscounted(context, place, buckets)] : []),
    ...rowLeftovers(context, place, leftovers),
    ...(await tagLeftovers(context, { place, tags }, rows)),
    ...(await followed(context, place, some)),
    ...(await blockSuspicions(context, place, { isDeep: false })),
  ];
  return { emails: rows.length, faults };
}

async function followed(
  context: CassandraContext,
  place: Place,
  rows: readonly TimedRow[],
): Promise<Suspicion[]> {
  const links = await linkSuspicions(context, place, rows);
  return [...links, ...(await someDetails(context, place, rows))];
}

/** The items in an order of chance. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map(item => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
