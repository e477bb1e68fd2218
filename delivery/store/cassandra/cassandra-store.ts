import type { Clock } from '../../clock.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Log } from '../../log.ts';
import type { SharedStore } from '../shared-store.ts';
import type { Store } from '../store.ts';
import { blobPart } from './blobs/blobs.ts';
import { type ClockGuard, noClockGuard, openClockGuard } from './clock-guard.ts';
import type { CassandraContext } from './context.ts';
import { directoryPart } from './directory/directory.ts';
import { type RemovalHooks, resumeRemovals } from './directory/removal.ts';
import { instancePart } from './instance.ts';
import { eraseMail } from './mail/erase.ts';
import { type MailPart, openMail } from './mail/mail.ts';
import { emailBlob } from './mail/reads.ts';
import { rebuildStore } from './mail/rebuild.ts';
import { type SelfCheck, type SelfCheckPace, startSelfCheck } from './mail/self-check.ts';
import { verifyStore } from './mail/verify.ts';
import { prepareKeyspace } from './migrate.ts';
import { personalPart } from './personal/personal.ts';
import { eraseSearch } from './search/generations.ts';
import { openIndexer } from './search/indexer.ts';
import { senderPart } from './senders.ts';
import { type ClusterSettings, openSession } from './session.ts';
import { ZoneLog } from './zones/zone-log.ts';
import { zonePart } from './zones/zones.ts';

/** What another thread needs to open a session of its own on the same keyspace; plain data. */
export interface CassandraPorts {
  readonly kind: 'cassandra';
  readonly settings: ClusterSettings;
  readonly hashSecret: Uint8Array;
}

/** A store in a keyspace of a Cassandra cluster. */
export interface CassandraStore extends SharedStore {
  share(): CassandraPorts;
}

/** How the store is opened where it is not as usual. */
export interface CassandraOptions {
  /** False where the clock is not this machine's, as in tests. */
  readonly checksClock?: boolean;
  /** How fast the store checks itself, where that is not as usual. */
  readonly selfCheck?: SelfCheckPace;
}

/**
 * Opens the store, making the keyspace and its tables when they are not there. Throws `storeUnavailable` when no node
 * answers or a newer generation of the product made the tables, `badSettings` when the cluster refuses us or the
 * instance key is not the store's.
 */
export async function openCassandraStore(options: {
  readonly settings: ClusterSettings;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  readonly options?: CassandraOptions;
}): Promise<CassandraStore> {
  const { settings, keyring, clock, log } = options;
  const hashSecret = await prepareKeyspace({ settings, keyring, clock, log });
  const ports: CassandraPorts = { kind: 'cassandra', settings, hashSecret };
  const store = await attach(ports, { clock, log }, options.options ?? {});
  store.beginWork(options.options?.selfCheck);
  return store;
}

/** A client of a store that another thread of this process has opened, with a session of its own. */
export async function attachCassandraStore(
  ports: CassandraPorts,
  deps: { readonly clock: Clock; readonly log: Log },
): Promise<CassandraStore> {
  return await attach(ports, deps, {});
}

/** What opening a store begins and attaching to it does not: work of which one in a process is enough. */
interface OpenedStore extends CassandraStore {
  beginWork(pace?: SelfCheckPace): void;
}

async function attach(
  ports: CassandraPorts,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  { checksClock = true }: CassandraOptions,
): Promise<OpenedStore> {
  const session = await openSession(ports.settings);
  const context: CassandraContext = { session, clock, log, hashSecret: ports.hashSecret };
  try {
    const guard = checksClock ? await openClockGuard(context) : noClockGuard;
    return assemble(ports, context, guard);
  } catch (error) {
    await session.close();
    throw error;
  }
}

function assemble(ports: CassandraPorts, context: CassandraContext, guard: ClockGuard): OpenedStore {
  const indexer = openIndexer(context);
  const mail: MailPart = openMail(context, {
    guard,
    indexer,
    waitingOctets: accountId => blobs.waitingOctets(accountId),
    dropUploads: (accountId, blobIds) => blobs.dropUploads(accountId, blobIds),
  });
  const { heldOctets } = mail;
  const blobs = blobPart(context, { heldOctets });
  const erase = (accountId: string): Promise<void> =>
    eraseMail({ ...mail.reads, eraseSearch: (id, buckets) => eraseSearch(context, id, buckets) }, accountId);
  const zoneLog = new ZoneLog(context, guard);
  const removal = { eraseMail: erase, zoneLog };
  const directory = directoryPart(context, { heldOctets, ...removal });
  const upkeep = upkeepPart(context, { mail, guard, removal });
  return {
    ...directory,
    ...personalPart(context, {
      changes: mail.changeLog,
      mail: {
        habit: (accountId, key) => mail.operations.discussionHabit(accountId, key),
        tagNames: mail.tagNames,
      },
    }),
    ...senderPart(context),
    ...zonePart(context, zoneLog),
    ...mail.operations,
    ...instancePart(context),
    putBlob: (accountId, octets, mediaType) => blobs.putBlob(accountId, { octets, mediaType }),
    getBlob: async (accountId, blobId) => {
      const octets = await emailBlob(mail.reads, accountId, blobId);
      if (octets) return { id: blobId, octets, mediaType: 'message/rfc822' };
      return await blobs.getUpload(accountId, blobId);
    },
    watch: (accountId, listener) => mail.news.watch(accountId, listener),
    verify: upkeep.verify,
    rebuild: upkeep.rebuild,
    check: () => check(context),
    share: () => ports,
    beginWork: upkeep.begin,
    close: async () => {
      guard.stop();
      zoneLog.stop();
      await upkeep.stop();
      await indexer.stop();
      await mail.close();
      await context.session.close();
    },
  };
}

/** What finds and mends faults, and ends what crashes left. */
function upkeepPart(
  context: CassandraContext,
  {
    mail,
    guard,
    removal,
  }: { readonly mail: MailPart; readonly guard: ClockGuard; readonly removal: RemovalHooks },
) {
  const { changeEmails } = mail.operations;
  let selfCheck: SelfCheck | null = null;
  return {
    verify: options => verifyStore(mail.reads, options?.accountId),
    rebuild: options =>
      rebuildStore(mail.reads, options?.accountId, { changeEmails, requireClock: () => guard.require() }),
    begin(pace?: SelfCheckPace): void {
      selfCheck = startSelfCheck(mail.reads, pace);
      resumeRemovals(context, removal).catch(error => {
        context.log.warn({ cause: String(error) }, 'accountRemovalFailed');
      });
    },
    async stop(): Promise<void> {
      await selfCheck?.stop();
    },
  } satisfies Pick<Store, 'verify' | 'rebuild'> & Record<string, unknown>;
}

/** A small write at a quorum, and reading it back. */
async function check({ session, clock }: CassandraContext): Promise<void> {
  await session.run('insert into probe (id, at) values (1, ?)', [clock.now()]);
  await session.row('select at from probe where id = 1', []);
}
