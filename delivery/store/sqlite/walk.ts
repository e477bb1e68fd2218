import { DeliveryError } from '../../errors.ts';
import type { StoreFault } from '../store.ts';
import type { Calls } from './calls.ts';

/** `Store.verify`. */
export async function* verifyStore(calls: Calls, accountId: string | undefined): AsyncIterable<StoreFault> {
  const { read } = calls;
  if (accountId !== undefined) {
    yield* orUnreadable(accountId, 'account', async function* () {
      yield* await read.verifyPublished(accountId);
      yield* verifyAccount(calls, accountId);
    });
    return;
  }
  yield* await read.verifyFile(null);
  yield* orUnreadable(null, 'directory', async function* () {
    yield* await read.verifyPublished();
  });
  for (let shard = 0; shard < calls.shards; shard++) {
    yield* orUnreadable(null, `shard ${shard}`, async function* () {
      yield* await read.verifyFile(shard);
    });
  }
  for await (const id of allAccounts(calls))
    yield* orUnreadable(id, 'account', () => verifyAccount(calls, id));
}

async function* allAccounts({ read }: Calls): AsyncIterable<string> {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof read.listAccounts>> = await read.listAccounts({
      after,
      limit: 200,
    });
    for (const { id } of page.items) yield id;
    after = page.next;
  } while (after !== null);
}

/** What can't be read is a fault itself, and the walk goes on behind it. */
async function* orUnreadable(
  accountId: string | null,
  what: string,
  walk: () => AsyncIterable<StoreFault>,
): AsyncIterable<StoreFault> {
  try {
    yield* walk();
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code !== 'storeUnavailable') throw error;
    yield { accountId, kind: 'unreadable', detail: `${what}: ${error.message}` };
  }
}

async function* verifyAccount({ read }: Calls, accountId: string): AsyncIterable<StoreFault> {
  let after: number | null = -1;
  while (after !== null) {
    const step: Awaited<ReturnType<typeof read.verifyEmails>> = await read.verifyEmails(accountId, after);
    yield* step.faults;
    after = step.next;
  }
  yield* await read.verifyCounts(accountId);
}

/** `Store.rebuild`. */
export async function* rebuildStore(calls: Calls, accountId: string | undefined): AsyncIterable<StoreFault> {
  if ((await calls.read.verifyPublished(accountId)).length > 0)
    yield* await calls.directory.mendPublished(accountId);
  if (accountId !== undefined) yield* rebuildAccount(calls, accountId);
  else for await (const id of allAccounts(calls)) yield* rebuildAccount(calls, id);
}

/** Search files are made anew unasked; counts are set where a look beside the writers finds them wrong. */
async function* rebuildAccount(calls: Calls, accountId: string): AsyncIterable<StoreFault> {
  const shard = calls.shard(accountId);
  try {
    await shard.dropSearch(accountId);
    await calls.index([accountId]);
    if ((await calls.read.verifyCounts(accountId)).length > 0) yield* await shard.mendCounts(accountId);
  } catch (error) {
    // What can't be read is not mended here: `verify` names it.
    if (!(error instanceof DeliveryError) || error.code !== 'storeUnavailable') throw error;
  }
}
