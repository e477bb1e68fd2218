import { mkdirSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import { DeliveryError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { checkKeys } from '../sender-counts.ts';
import type { SharedStore } from '../shared-store.ts';
import type { Change, Store } from '../store.ts';
import { type Calls, openCalls } from './calls.ts';
import { eraseAccount, openClient } from './client.ts';
import { noteDamage } from './damage.ts';
import { fromSqlite, rightsTodo } from './database.ts';
import { openDirectory, type UnopenedShard } from './directory/create.ts';
import { findReceiver, getOwner } from './directory/reads.ts';
import { shardFile } from './files.ts';
import { type Indexing, openIndexing } from './indexing.ts';
import { NewsHub } from './news.ts';
import { getOwnerContext } from './personal/reads.ts';
import { getSenderCounts } from './senders/reads.ts';
import { type SharedReply, type SqlitePorts, serveShare } from './share.ts';
import type { ReadContext } from './threads/context.ts';
import type { News, StoreSettings } from './threads/protocol.ts';
import { ReadConnections } from './threads/read-connections.ts';
import type { Report } from './threads/thread.ts';
import { Threads } from './threads/threads.ts';

/** A store of SQLite files in one folder. */
export interface SqliteStore extends SharedStore {
  /**
   * What another worker thread of this process needs to use the same writers and readers with `attachSqliteStore`.
   * Pass `[ports.control]` in the transfer list. Each call gives ports for one thread.
   */
  share(): SqlitePorts;
}

/**
 * Opens the store in `folder`, making it when it is not there; `shards` counts then only, afterwards the number fixed
 * at creation does. Several processes may open the same folder. `keyring` wraps the secret of the accounts' hash keys.
 * Throws `storeUnavailable` when the directory can't be opened or a newer generation of the product wrote it,
 * `badSettings` when the keyring is not the folder's; a shard that is damaged, or that this user has no right to, is logged and only its accounts suffer.
 */
export async function openSqliteStore(options: {
  readonly folder: string;
  readonly shards: number;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<SqliteStore> {
  const { folder, clock, log } = options;
  makeFolder(folder);
  const { shards, hashSecret, removing, unopened } = openDirectory(folder, options);
  for (const each of unopened) tellUnopened(each, options);
  const hub = new NewsHub(folder, log);
  let onNews: (news: readonly News[]) => void = news => hub.publish(news);
  const settings = { folder, shards, hashSecret };
  const threads = new Threads(settings, log, news => onNews(news));
  const calls = openCalls(async name => threads.connect(name), shards, clock);
  const indexing = openIndexing(accountIds => calls.index(accountIds));
  onNews = news => {
    hub.publish(news);
    indexing.note(news);
  };
  const stopRemovals = resumeRemovals(removing, calls, log);
  const stopSweeps = startSweeps(calls, log);
  const stopWork = (): void => {
    stopRemovals();
    stopSweeps();
  };
  return assemble({ settings, calls, threads, hub, indexing, clock, stopWork });
}

/** A file without rights is whole: it is told, and is no damage. */
function tellUnopened(
  { shard, cause, isKeptOut }: UnopenedShard,
  { folder, clock, log }: { readonly folder: string; readonly clock: Clock; readonly log: Log },
): void {
  const file = shardFile(folder, shard);
  if (isKeptOut) {
    log.error({ shard, file, cause, todo: rightsTodo(file) }, 'storeShardNotOpened');
    return;
  }
  log.error({ shard, file, cause }, 'storeShardDamaged');
  noteDamage(folder, { file, cause, metAt: clock.now().toISOString() });
}

/** Ends removals that a crash left, behind the opening; other processes may be at the same. Gives how to stop. */
function resumeRemovals(accountIds: readonly string[], calls: Calls, log: Log): () => void {
  let isStopped = false;
  const resume = async (): Promise<void> => {
    for (const accountId of accountIds) {
      if (isStopped) return;
      try {
        await eraseAccount(calls, accountId);
      } catch (error) {
        // The account stays hidden; the next opening tries again.
        if (!isStopped) log.warn({ accountId, cause: String(error) }, 'accountRemovalFailed');
      }
    }
  };
  void resume();
  return () => {
    isStopped = true;
  };
}

/** How often uploads whose day is over, changes of zones that are not told any more and the like are looked for. */
const sweepMilliseconds = 10 * 60_000;

/** Drops them, also those of accounts to which nothing happens any more. Gives how to stop. */
function startSweeps(calls: Calls, log: Log): () => void {
  let isStopped = false;
  const sweep = async (): Promise<void> => {
    try {
      await calls.directory.sweepZoneChanges();
      while (!isStopped && (await calls.directory.sweepSenders())) {
        // Each step is a transaction of its own.
      }
      for (let shard = 0; shard < calls.shards; shard++) {
        while (!isStopped && (await calls.shardAt(shard).sweepShard())) {
          // Each step is a transaction of its own.
        }
      }
    } catch (error) {
      // They can't be read any more and count for nothing; the next round tries again.
      if (!isStopped) log.warn({ cause: String(error) }, 'sweepFailed');
    }
  };
  const timer = setInterval(sweep, sweepMilliseconds).unref();
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new DeliveryError('storeUnavailable', `the data folder ${folder} cannot be made`, { cause });
  }
}

interface Parts {
  readonly settings: StoreSettings;
  readonly calls: Calls;
  readonly threads: Threads;
  readonly hub: NewsHub;
  readonly indexing: Indexing;
  readonly clock: Clock;
  stopWork(): void;
}

function assemble({ settings, calls, threads, hub, indexing, clock, stopWork }: Parts): SqliteStore {
  const own = openOwnReads(settings, clock, report => threads.report('own', report));
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    indexing.stop();
    stopWork();
    own.close();
    await threads.close();
    calls.close();
    await hub.close();
  };
  return {
    ...openClient(calls),
    ...ownSenderReads(own),
    findReceiver: (address, sizeOctets) => own.read(context => findReceiver(context, address, sizeOctets)),
    watch: (accountId, listener) => hub.watch(accountId, listener),
    share: () => serveShare(threads, hub, settings),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

interface OwnReads {
  read<T>(operation: (context: ReadContext) => T): Promise<T>;
  close(): void;
}

/**
 * Connections of the calling thread, for the short reads that every message asks for (its recipients, their owners):
 * a read of a few pages costs a third of what asking another thread does. Opened when first needed.
 */
function openOwnReads(settings: StoreSettings, clock: Clock, report: Report): OwnReads {
  const connections = new ReadConnections({ ...settings, name: 'own' }, report);
  return {
    async read(operation) {
      try {
        return connections.run(clock.now().getTime(), operation);
      } catch (error) {
        throw fromSqlite(error);
      }
    },
    close: () => connections.close(),
  };
}

/** What is asked of the senders of each message. */
function ownSenderReads(own: OwnReads): Pick<Store, 'getSenderCounts'> {
  return {
    getSenderCounts: async (keys, at) => {
      checkKeys(keys);
      return await own.read(context => getSenderCounts(context, keys, at));
    },
  };
}

/**
 * A client of a store that another thread of this process has opened; it uses that store's writers, so that a group
 * commit spans all threads. What judging asks for each owner it reads itself: a short read costs less than asking
 * another thread. `close` closes this client only.
 */
export function attachSqliteStore(ports: SqlitePorts, { clock }: { readonly clock: Clock }): Store {
  const { control } = ports;
  const waiting = new Map<string, ((port: MessagePort) => void)[]>();
  const listeners = new Map<string, Set<(change: Change) => void>>();
  control.on('message', (reply: SharedReply) => {
    if ('port' in reply) waiting.get(reply.name)?.shift()?.(reply.port);
    else for (const listener of listeners.get(reply.change.accountId) ?? []) listener(reply.change);
    if ([...waiting.values()].every(queue => queue.length === 0)) control.unref();
  });
  control.unref();
  const connect = (name: string): Promise<MessagePort> =>
    new Promise(resolve => {
      waiting.set(name, [...(waiting.get(name) ?? []), resolve]);
      control.ref();
      control.postMessage({ connect: name });
    });
  const calls = openCalls(connect, ports.shards, clock);
  const own = openOwnReads(ports, clock, () => {});
  return {
    ...openClient(calls),
    ...ownSenderReads(own),
    getOwner: accountId => own.read(context => getOwner(context, accountId)),
    getOwnerContext: (accountId, asked) => own.read(context => getOwnerContext(context, accountId, asked)),
    watch: (accountId, listener) => {
      const known = listeners.get(accountId) ?? new Set();
      listeners.set(accountId, known);
      known.add(listener);
      if (known.size === 1) control.postMessage({ watch: accountId });
      return () => {
        known.delete(listener);
        if (known.size === 0) control.postMessage({ unwatch: accountId });
      };
    },
    close: async () => {
      calls.close();
      own.close();
      control.close();
    },
  };
}
