import type { MessagePort } from 'node:worker_threads';
import { DeliveryError } from '../../../errors.ts';
import type { ChangeType } from '../../store.ts';
import { noteDamage } from '../damage.ts';
import {
  type Database,
  emptyLog,
  isDamage,
  isKeptOut,
  openDurable,
  openReadOnly,
  rightsTodo,
} from '../database.ts';
import { type DirectoryWrites, directoryWrites } from '../directory/writes.ts';
import { directoryFile, shardFile } from '../files.ts';
import { directorySteps, migrate, shardSteps } from '../schema.ts';
import { prepareWrite, releaseWrite, type ShardWrites, shardWrites } from '../shard-writes.ts';
import type { WriteContext } from './context.ts';
import type { CallMessage, News, ServiceSettings } from './protocol.ts';
import { Replies } from './replies.ts';
import type { Report, Service } from './thread.ts';

interface Queued {
  readonly port: MessagePort;
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly now: number;
}

type CallOutcome =
  | { readonly isDone: true; readonly value: unknown }
  | { readonly isDone: false; readonly error: unknown };

type Operation = (context: WriteContext, ...args: readonly unknown[]) => unknown;

/** Operations that take away what somebody may want gone; the log is emptied some time after them. */
const erasing: ReadonlySet<string> = new Set<keyof ShardWrites | keyof DirectoryWrites>([
  'destroyEmails',
  'emptyTag',
  'endRemoval',
  'eraseSome',
  'mendPublished',
  'putAccountState',
  'putContact',
  'putUpload',
  'putZone',
  'removeAlias',
  'removeContact',
  'removePrivateKey',
  'removePublicKey',
  'removeSecret',
  'removeZone',
  'setPasswordHash',
  'sweepZoneChanges',
  'unpublishKey',
]);
const emptyAfterMilliseconds = 2000;

/** Operations whose transaction need not be flushed, when there are none but them in it: a crash may lose the last. */
const unflushed: ReadonlySet<string> = new Set<keyof DirectoryWrites>([
  'addSenderCounts',
  'noteSight',
  'sweepSenders',
]);

/** Most calls of one transaction, and most octets of mail in them. */
const maxGroup = 512;
const maxGroupOctets = 32 * 1024 * 1024;

/**
 * The writer of one file: everything that was queued while it was busy goes into one transaction, flushed once,
 * each call in a savepoint of its own so that one that fails undoes nothing but itself.
 */
class Writer implements Service {
  readonly #file: string;
  readonly #settings: ServiceSettings;
  readonly #operations: Readonly<Record<string, Operation>>;
  readonly #report: Report;
  readonly #replies = new Replies();
  #queue: Queued[] = [];
  #isScheduled = false;
  #emptying: NodeJS.Timeout | null = null;
  #database: Database | null = null;
  #directory: Database | null = null;

  constructor(settings: ServiceSettings, report: Report) {
    const isDirectory = settings.name === 'directory';
    this.#settings = settings;
    this.#report = report;
    this.#file = isDirectory
      ? directoryFile(settings.folder)
      : shardFile(settings.folder, Number(settings.name.slice('shard-'.length)));
    this.#operations = (isDirectory ? directoryWrites : shardWrites) as unknown as Record<string, Operation>;
  }

  take(port: MessagePort, call: CallMessage): void {
    const [id, method, args, now] = call;
    try {
      this.#queue.push({ port, id, method, args: prepareWrite(method, args), now });
    } catch (error) {
      this.#replies.failed(port, id, error);
    }
    this.#schedule();
  }

  close(): void {
    while (this.#queue.length > 0) this.#writeGroup();
    this.#replies.send();
    this.#emptyLog();
    this.#drop();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#queue.length > 0) this.#writeGroup();
      this.#replies.send();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  #writeGroup(group = this.#nextGroup()): void {
    const news = new Map<string, News>();
    const outcomes: { call: Queued; outcome: CallOutcome }[] = [];
    try {
      const { database, directory } = this.#open();
      const runAll = (): void => {
        for (const call of group) {
          const outcome = this.#runOne({ database, directory }, call, news);
          if (!outcome.isDone && endsTransaction(outcome.error, database)) throw outcome.error;
          outcomes.push({ call, outcome });
        }
      };
      // The directory is read behind the shard's write lock, so that a removal by another process is seen.
      database.write(() => (directory === database ? runAll() : directory.read(runAll)), {
        isFlushed: group.some(({ method }) => !unflushed.has(method)),
      });
    } catch (error) {
      this.#lostGroup(group, error);
      return;
    }
    for (const { call, outcome } of outcomes) this.#answer(call, outcome);
    if (outcomes.some(({ call, outcome }) => outcome.isDone && erasing.has(call.method)))
      this.#emptyLogSoon();
    if (news.size > 0) this.#report({ news: [...news.values()] });
  }

  #answer({ port, id, method, args }: Queued, outcome: CallOutcome): void {
    if (outcome.isDone) this.#replies.done(port, id, outcome.value);
    else this.#replies.failed(port, id, outcome.error);
    releaseWrite(method, args);
  }

  #nextGroup(): readonly Queued[] {
    let octets = 0;
    let length = 0;
    while (length < Math.min(maxGroup, this.#queue.length) && octets < maxGroupOctets) {
      octets += sizeOf(this.#queue[length]?.args);
      length++;
    }
    const group = this.#queue.slice(0, length);
    this.#queue = this.#queue.slice(length);
    return group;
  }

  #runOne(
    databases: { database: Database; directory: Database },
    call: Queued,
    news: Map<string, News>,
  ): CallOutcome {
    const { database } = databases;
    const operation = this.#operations[call.method];
    const told: News[] = [];
    database.run('savepoint call');
    try {
      if (!operation) throw new DeliveryError('internal', `no operation is called ${call.method}`);
      const context: WriteContext = {
        ...databases,
        settings: this.#settings,
        now: call.now,
        tell: (accountId, types) => told.push([accountId, types]),
      };
      const value = operation(context, ...call.args);
      database.run('release call');
      for (const item of told) mergeNews(news, item);
      return { isDone: true, value };
    } catch (error) {
      if (database.handle.isTransaction) {
        database.run('rollback to call');
        database.run('release call');
      }
      return { isDone: false, error };
    }
  }

  /**
   * Nothing of the group was stored. Where one call met a damaged page the others of its transaction fail, too: the
   * halves are tried apart, until the accounts whose pages are damaged are alone. Else every call is told.
   */
  #lostGroup(group: readonly Queued[], error: unknown): void {
    const isSplittable = isDamage(error) && this.#database !== null && group.length > 1;
    this.#drop();
    if (isSplittable) {
      const middle = Math.ceil(group.length / 2);
      this.#writeGroup(group.slice(0, middle));
      this.#writeGroup(group.slice(middle));
      return;
    }
    for (const call of group) this.#answer(call, { isDone: false, error });
    const cause = error instanceof Error ? error.message : String(error);
    if (isDamage(error)) {
      const metAt = new Date(group[0]?.now ?? 0).toISOString();
      noteDamage(this.#settings.folder, { file: this.#file, cause, metAt });
    }
    const todo = isKeptOut(error) ? { todo: rightsTodo(this.#file) } : {};
    this.#report({ level: 'error', event: 'storeWriteFailed', fields: { file: this.#file, cause, ...todo } });
  }

  #open(): { database: Database; directory: Database } {
    if (!this.#database) {
      const database = openDurable(this.#file);
      try {
        migrate(database, this.#settings.name === 'directory' ? directorySteps : shardSteps, this.#file);
      } catch (error) {
        database.close();
        throw error;
      }
      this.#database = database;
    }
    this.#directory ??=
      this.#settings.name === 'directory'
        ? this.#database
        : openReadOnly(directoryFile(this.#settings.folder));
    return { database: this.#database, directory: this.#directory };
  }

  #emptyLogSoon(): void {
    this.#emptying ??= setTimeout(() => this.#emptyLog(), emptyAfterMilliseconds).unref();
  }

  /** Takes what was erased out of the log, too; while readers need the log it is tried again. */
  #emptyLog(): void {
    clearTimeout(this.#emptying ?? undefined);
    this.#emptying = null;
    if (!this.#database) return;
    try {
      if (!emptyLog(this.#database)) this.#emptyLogSoon();
    } catch (error) {
      // Damage: the next call meets it, and its caller is told.
      const cause = error instanceof Error ? error.message : String(error);
      this.#report({ level: 'warn', event: 'storeLogNotEmptied', fields: { file: this.#file, cause } });
    }
  }

  /** Closes the connections; the next group opens them anew. */
  #drop(): void {
    clearTimeout(this.#emptying ?? undefined);
    this.#emptying = null;
    if (this.#directory !== this.#database) this.#directory?.close();
    this.#database?.close();
    this.#database = null;
    this.#directory = null;
  }
}

/** Whether nothing more can be done in the transaction: SQLite has undone it, or has met a damaged page. */
function endsTransaction(error: unknown, { handle }: Database): boolean {
  return !handle.isTransaction || isDamage(error);
}

function mergeNews(news: Map<string, News>, [accountId, types]: News): void {
  const known: Partial<Record<ChangeType, string>> = news.get(accountId)?.[1] ?? {};
  news.set(accountId, [accountId, { ...known, ...types }]);
}

function sizeOf(args: readonly unknown[] | undefined): number {
  let octets = 0;
  for (const arg of args ?? []) {
    if (typeof arg === 'object' && arg !== null && 'size' in arg && typeof arg.size === 'number')
      octets += arg.size;
  }
  return octets;
}

/** The service called `directory` or `shard-N`. */
export function openWriter(settings: ServiceSettings, report: Report): Service {
  return new Writer(settings, report);
}
