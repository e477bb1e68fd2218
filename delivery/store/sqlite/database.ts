import { chmodSync, existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { DeliveryError, type ErrorCode } from '../../errors.ts';

export type Value = SQLInputValue;

/** Statements kept compiled per connection; the oldest is dropped when a query of another shape comes. */
const maxStatements = 400;

/** How long a connection waits for another one's lock. */
const busyMilliseconds = 8000;

/** One connection with its compiled statements. Rows are of our own schema, so a caller names their shape. */
export class Database {
  readonly handle: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string, options: { readOnly?: boolean } = {}) {
    const isNew = options.readOnly !== true && !existsSync(file);
    this.handle = new DatabaseSync(file, {
      readOnly: options.readOnly ?? false,
      timeout: busyMilliseconds,
      enableForeignKeyConstraints: false,
    });
    // Still empty; SQLite gives the files beside it the same mode.
    if (isNew) chmodSync(file, 0o600);
  }

  get<T>(sql: string, ...values: Value[]): T | undefined {
    return this.#prepare(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, ...values: Value[]): T[] {
    return this.#prepare(sql).all(...values) as T[];
  }

  /** Rows one by one, where all at once would be too many to hold. */
  each<T>(sql: string, ...values: Value[]): Iterable<T> {
    return this.#prepare(sql).iterate(...values) as Iterable<T>;
  }

  /** How many rows were changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  exec(sql: string): void {
    this.handle.exec(sql);
  }

  /** Runs `work` on one snapshot. */
  read<T>(work: () => T): T {
    this.run('begin');
    try {
      return work();
    } finally {
      this.run('commit');
    }
  }

  /** Runs `work` in a write transaction; a throw undoes it. What is not flushed is, with the next one that is. */
  write<T>(work: () => T, { isFlushed = true }: { readonly isFlushed?: boolean } = {}): T {
    if (isFlushed) return this.#transact(work);
    // Not by a kept statement: SQLite does it while it compiles.
    this.exec('pragma synchronous=normal');
    try {
      return this.#transact(work);
    } finally {
      this.exec('pragma synchronous=full');
    }
  }

  #transact<T>(work: () => T): T {
    this.run('begin immediate');
    try {
      const result = work();
      this.run('commit');
      return result;
    } catch (error) {
      if (this.handle.isTransaction) this.run('rollback');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.handle.isOpen) this.handle.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.handle.prepare(sql);
    if (this.#statements.size >= maxStatements) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Durable: what is committed is flushed (write-ahead log, `synchronous=full`), what is deleted leaves no octet. */
export function openDurable(file: string): Database {
  const database = new Database(file);
  database.exec(
    'pragma page_size=8192; pragma journal_mode=wal; pragma synchronous=full; pragma secure_delete=on;' +
      'pragma cache_size=-2000; pragma wal_autocheckpoint=1000; pragma temp_store=memory',
  );
  return database;
}

/**
 * Moves what was written from the log into the file and empties the log, which else keeps what was deleted since.
 * False when a reader still needs the log: nothing waits for it.
 */
export function emptyLog(database: Database): boolean {
  database.exec('pragma busy_timeout=0');
  try {
    return database.get<{ busy: number }>('pragma wal_checkpoint(truncate)')?.busy === 0;
  } finally {
    database.exec(`pragma busy_timeout=${busyMilliseconds}`);
  }
}

/** A connection that only reads. */
export function openReadOnly(file: string): Database {
  const database = new Database(file, { readOnly: true });
  database.exec('pragma cache_size=-500; pragma temp_store=memory');
  return database;
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have a word of ours. */
const codes: Readonly<Record<number, ErrorCode>> = {
  5: 'storeUnavailable',
  6: 'storeUnavailable',
  7: 'storeUnavailable',
  8: 'storeUnavailable',
  10: 'storeUnavailable',
  11: 'storeUnavailable',
  13: 'storeFull',
  14: 'storeUnavailable',
  15: 'storeUnavailable',
  26: 'storeUnavailable',
};

/** Whether SQLite says that the file itself is damaged or no database. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  return code === 11 || code === 26;
}

/** Whether SQLite says that this user may not open the file, or not write to it. */
export function isKeptOut(error: unknown): boolean {
  const code = resultCode(error);
  return code === 3 || code === 8 || code === 14;
}

/** What an operator does about a file that this user is kept out of. */
export function rightsTodo(file: string): string {
  return `let the user that runs caliopen read and write it: ls -l ${file}*, then chown; until then mail for its accounts is deferred`;
}

/** Whether SQLite says that another connection writes to the file. */
export function isLocked(error: unknown): boolean {
  return resultCode(error) === 5;
}

/** An error of SQLite as a `DeliveryError` with the original as cause; others pass unchanged. */
export function fromSqlite(error: unknown): unknown {
  const code = resultCode(error);
  if (code === null) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new DeliveryError(codes[code] ?? 'internal', detail, { cause: error, fields: { sqlite: code } });
}

function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
