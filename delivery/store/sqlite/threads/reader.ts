import type { MessagePort } from 'node:worker_threads';
import { DeliveryError } from '../../../errors.ts';
import { type Database, isDamage, openReadOnly } from '../database.ts';
import { directoryFile, shardFile } from '../files.ts';
import { type HitSets, installFunctions } from '../mail/query-functions.ts';
import { reads } from '../reads.ts';
import { SearchFiles } from '../search/files.ts';
import type { ReadContext } from './context.ts';
import type { CallMessage, ThreadSettings } from './protocol.ts';
import { Replies } from './replies.ts';
import type { Report, Service } from './thread.ts';

type Operation = (context: ReadContext, ...args: readonly unknown[]) => unknown;

/** Reads directory, shards and search files, one call after the other. */
class Reader implements Service {
  readonly #settings: ThreadSettings;
  readonly #search: SearchFiles;
  readonly #shards = new Map<number, Database>();
  readonly #hits: HitSets = new Map();
  readonly #replies = new Replies();
  #directory: Database | null = null;

  constructor(settings: ThreadSettings, report: Report) {
    this.#settings = settings;
    this.#search = new SearchFiles(settings.folder, report);
  }

  take(port: MessagePort, [id, method, args, now]: CallMessage): void {
    try {
      const operation = (reads as unknown as Record<string, Operation>)[method];
      if (!operation) throw new DeliveryError('internal', `no operation is called ${method}`);
      this.#replies.done(port, id, operation(this.#context(now), ...args));
    } catch (error) {
      if (isDamage(error)) this.#drop();
      this.#replies.failed(port, id, error);
    }
    this.#replies.send();
  }

  close(): void {
    this.#drop();
    this.#search.close();
  }

  #context(now: number): ReadContext {
    this.#directory ??= openReadOnly(directoryFile(this.#settings.folder));
    return {
      directory: this.#directory,
      settings: this.#settings,
      search: this.#search,
      hits: this.#hits,
      now,
      shard: index => this.#shard(index),
    };
  }

  #shard(index: number): Database {
    let database = this.#shards.get(index);
    if (!database) {
      database = openReadOnly(shardFile(this.#settings.folder, index));
      installFunctions(database, this.#hits);
      this.#shards.set(index, database);
    }
    return database;
  }

  /** Closes the connections; the next call opens them anew. */
  #drop(): void {
    this.#directory?.close();
    this.#directory = null;
    for (const database of this.#shards.values()) database.close();
    this.#shards.clear();
  }
}

/** The service of a thread called `reader-N`. */
export function openReader(settings: ThreadSettings, report: Report): Service {
  return new Reader(settings, report);
}
