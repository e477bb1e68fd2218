import type { MessagePort } from 'node:worker_threads';
import { type Database, openReadOnly } from '../database.ts';
import { requireAccount } from '../directory/rows.ts';
import { directoryFile, shardFile, shardOf } from '../files.ts';
import type { CallMessage, ThreadSettings } from '../threads/protocol.ts';
import { Replies } from '../threads/replies.ts';
import type { Report, Service } from '../threads/thread.ts';
import { SearchFiles } from './files.ts';

/** Search files that the indexer keeps open, as they are written again and again. */
const maxOpen = 256;

/**
 * Fills search files behind the deliveries: the call `index` names accounts with news; they are brought up to date one
 * after the other, so that a call to close comes in between.
 */
class Indexer implements Service {
  readonly #settings: ThreadSettings;
  readonly #report: Report;
  readonly #search: SearchFiles;
  readonly #replies = new Replies();
  readonly #waiting = new Set<string>();
  readonly #shards = new Map<number, Database>();
  #directory: Database | null = null;
  #isScheduled = false;

  constructor(settings: ThreadSettings, report: Report) {
    this.#settings = settings;
    this.#report = report;
    this.#search = new SearchFiles(settings.folder, report, maxOpen);
  }

  take(port: MessagePort, [id, , args]: CallMessage): void {
    for (const accountId of args[0] as readonly string[]) this.#waiting.add(accountId);
    this.#replies.done(port, id, null);
    this.#replies.send();
    this.#schedule();
  }

  close(): void {
    this.#drop();
    this.#search.close();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const [accountId] = this.#waiting;
      if (accountId !== undefined) this.#index(accountId);
      this.#schedule();
    });
  }

  #index(accountId: string): void {
    this.#waiting.delete(accountId);
    try {
      const { account, database } = this.#open(accountId);
      const held = database.get<{ emails: number }>('select emails from account where number = ?', account);
      // One email is searched fast enough when somebody asks; a file of its own begins with the second.
      if ((held?.emails ?? 0) < 2) return;
      this.#search.use({ database, account }, () => undefined);
    } catch (error) {
      // The file is behind; the next search, or the next email, brings it up to date.
      this.#report({
        level: 'warn',
        event: 'searchIndexFailed',
        fields: { accountId, cause: String(error) },
      });
      this.#drop();
    }
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

/** The service of the thread called `indexer`. */
export function openIndexer(settings: ThreadSettings, report: Report): Service {
  return new Indexer(settings, report);
}
