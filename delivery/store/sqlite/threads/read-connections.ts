import { type Database, isDamage, openReadOnly } from '../database.ts';
import { directoryFile, shardFile } from '../files.ts';
import { type HitSets, installFunctions } from '../mail/query-functions.ts';
import { SearchFiles } from '../search/files.ts';
import type { ReadContext } from './context.ts';
import type { ServiceSettings } from './protocol.ts';
import type { Report } from './thread.ts';

/** One thread's connections for reading the directory, shards and search files, opened when first needed. */
export class ReadConnections {
  readonly #settings: ServiceSettings;
  readonly #search: SearchFiles;
  readonly #shards = new Map<number, Database>();
  readonly #hits: HitSets = new Map();
  #directory: Database | null = null;

  constructor(settings: ServiceSettings, report: Report) {
    this.#settings = settings;
    this.#search = new SearchFiles(settings.folder, report);
  }

  /** Runs one operation at the caller's time; after damage the next one opens the files anew. */
  run<T>(now: number, operation: (context: ReadContext) => T): T {
    try {
      return operation(this.#context(now));
    } catch (error) {
      if (isDamage(error)) this.#drop();
      throw error;
    }
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

  #drop(): void {
    this.#directory?.close();
    this.#directory = null;
    for (const database of this.#shards.values()) database.close();
    this.#shards.clear();
  }
}
