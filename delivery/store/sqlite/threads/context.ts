import type { ChangeType } from '../../store.ts';
import type { Database } from '../database.ts';
import type { HitSets } from '../mail/query-functions.ts';
import type { SearchFiles } from '../search/files.ts';
import type { ServiceSettings } from './protocol.ts';

/** What an operation that writes gets: it runs inside a transaction of `database`. */
export interface WriteContext {
  /** The file that is written. */
  readonly database: Database;
  /** The directory, read only; `database` itself in the directory's own thread. */
  readonly directory: Database;
  readonly settings: ServiceSettings;
  /** The caller's time in milliseconds. */
  readonly now: number;
  /** Tells everyone who watches the account, once the transaction is flushed. */
  tell(accountId: string, types: Partial<Record<ChangeType, string>>): void;
}

/** What an operation that reads gets. */
export interface ReadContext {
  readonly directory: Database;
  readonly settings: ServiceSettings;
  readonly search: SearchFiles;
  /** What `search_hit` finds while a query runs. */
  readonly hits: HitSets;
  /** The caller's time in milliseconds. */
  readonly now: number;
  /** The shard file with this number. */
  shard(index: number): Database;
}
