import type { MessagePort } from 'node:worker_threads';
import { type Database, isLocked, openReadOnly } from '../database.ts';
import { requireAccount } from '../directory/rows.ts';
import { directoryFile, shardFile, shardOf } from '../files.ts';
import type { CallMessage, ServiceSettings } from '../threads/protocol.ts';
import { Replies } from '../threads/replies.ts';
import type { Report, Service } from '../threads/thread.ts';
import { SearchFiles } from './files.ts';
import type { Rest } from './purge.ts';

const afterLockMilliseconds = 1000;

/**
 * Fills search files behind the deliveries: the call `index` names accounts with news; they are brought up to date in
 * small steps, so that other calls to this thread come in between.
 */
class Indexer implements Service {
  readonly #settings: ServiceSettings;
  readonly #report: Report;
  readonly #search: SearchFiles;
  readonly #replies = new Replies();
  readonly #waiting = new Set<string>();
  readonly #shards = new Map<number, Database>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #directory: Database | null = null;
  /** The callers' time in milliseconds. */
  #now = 0;
  #isScheduled = false;

  constructor(settings: ServiceSettings, report: Report) {
    this.#settings = settings;
    this.#report = report;
    this.#search = new SearchFiles(settings.folder, report, { isBackground: true });
  }

  take(port: MessagePort, [id, , args, now]: CallMessage): void {
    this.#now = now;
    for (const accountId of args[0] as readonly string[]) this.#waiting.add(accountId);
    this.#replies.done(port, id, null);
    this.#replies.send();
    this.#schedule();
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#drop();
    this.#search.close();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const [accountId] = this.#waiting;
      if (accountId !== undefined) this.#step(accountId);
      this.#schedule();
    });
  }

  #step(accountId: string): void {
    try {
      const rest = this.#advance(accountId);
      if (rest === 'step') return;
      this.#waiting.delete(accountId);
      if (rest !== 'nothing') this.#later(accountId, rest);
    } catch (error) {
      // The file is behind; the next search, or the next email, brings it up to date.
      this.#waiting.delete(accountId);
      if (isLocked(error)) {
        // A search brings it up to date just now: quick reads share this thread and can't wait for it.
        this.#later(accountId, afterLockMilliseconds);
        return;
      }
      const fields = { accountId, cause: String(error) };
      this.#report({ level: 'warn', event: 'searchIndexFailed', fields });
      this.#drop();
    }
  }

  #advance(accountId: string): Rest {
    const { account, database } = this.#open(accountId);
    const held = database.get<{ emails: number }>('select emails from account where number = ?', account);
    const emails = held?.emails ?? 0;
    // One email is searched fast enough when somebody asks; a file of its own begins with the second.
    if (emails < 2 && !this.#search.exists(account)) return 'nothing';
    return this.#search.advance({ database, account }, emails, this.#now);
  }

  /** Takes the account up again, if the process lives that long; else its next news do. */
  #later(accountId: string, milliseconds: number): void {
    if (this.#timers.has(accountId)) return;
    const begin = (): void => {
      this.#timers.delete(accountId);
      this.#now += milliseconds;
      this.#waiting.add(accountId);
      this.#schedule();
    };
    this.#timers.set(accountId, setTimeout(begin, milliseconds).unref());
  }

  #open(accountId: string): { account: number; database: Database } {
    this.#directory ??= openReadOnly(directoryFile(this.#settings.folder));
    const account = requireAccount(this.#directory, accountId).number;
    const index = shardOf(accountId, this.#settings.shards);
    const database = this.#shards.get(index) ?? openReadOnly(shardFile(this.#settings.folder, index));
    this.#shards.set(index, database);
    return { account, database };
  }

  #drop(): void {
    this.#directory?.close();
    this.#directory = null;
    for (const database of this.#shards.values()) database.close();
    this.#shards.clear();
  }
}

/** The service called `indexer`. */
export function openIndexer(settings: ServiceSettings, report: Report): Service {
  return new Indexer(settings, report);
}
