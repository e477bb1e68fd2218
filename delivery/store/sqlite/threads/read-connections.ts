import { noteDamage } from '../damage.ts';
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
  /** Files whose damage was told. */
  readonly #told = new Set<string>();
  readonly #report: Report;
  #directory: Database | null = null;
  /** The file that the running operation asked for last. */
  #last = '';

  constructor(settings: ServiceSettings, report: Report) {
    this.#settings = settings;
    this.#report = report;
    this.#search = new SearchFiles(settings.folder, report);
  }

  /** Runs one operation at the caller's time; after damage the next one opens the files anew. */
  run<T>(now: number, operation: (context: ReadContext) => T): T {
    this.#last = directoryFile(this.#settings.folder);
    try {
      return operation(this.#context(now));
    } catch (error) {
      if (isDamage(error)) this.#damaged(error, now);
      throw error;
    }
  }

  close(): void {
    this.#drop();
    this.#search.close();
  }

  /** Tells the operator, once for each file: its accounts are answered with errors until somebody mends it. */
  #damaged(error: unknown, now: number): void {
    this.#drop();
    const file = this.#last;
    const cause = error instanceof Error ? error.message : String(error);
    noteDamage(this.#settings.folder, { file, cause, metAt: new Date(now).toISOString() });
    if (this.#told.has(file)) return;
    this.#told.add(file);
    this.#report({ level: 'error', event: 'storeDamaged', fields: { file, cause } });
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
    this.#last = shardFile(this.#settings.folder, index);
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
