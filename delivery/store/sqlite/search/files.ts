import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Database, isDamage } from '../database.ts';
import { searchFile } from '../files.ts';
import type { Report } from '../threads/thread.ts';
import { catchUp, catchUpSome, type SearchSource } from './catch-up.ts';
import { needsLongCheck, prepareFile } from './file.ts';
import { purgeSome, type Rest } from './purge.ts';

/** Search files that a thread keeps open: each takes about 200 kB. */
const maxOpen = 24;

interface OpenFile {
  readonly database: Database;
  /** The file behind the connection: another process may have put a new one in its place. */
  readonly inode: number;
}

/** Thrown where a file would have to be checked for longer than anybody may wait. */
class LongCheck extends Error {}

/** The search files of a thread: opened when asked for, the least recently used closed. */
export class SearchFiles {
  readonly #folder: string;
  readonly #report: Report;
  readonly #isBackground: boolean;
  readonly #open = new Map<number, OpenFile>();
  readonly #boot = bootId();

  /** In the background nothing waits long: what another connection writes to just now throws at once (`isLocked`). */
  constructor(folder: string, report: Report, { isBackground = false } = {}) {
    this.#folder = folder;
    this.#report = report;
    this.#isBackground = isBackground;
  }

  /**
   * Runs `work` on the account's search file after bringing it up to date with the shard, or some way towards that.
   * A damaged file is made anew from the shard, once; it holds nothing of its own.
   */
  use<T>(source: SearchSource, work: (search: Database, isCurrent: boolean) => T): T {
    return this.#sound(source, search => work(search, catchUp(search, source)));
  }

  /**
   * One step of bringing the account's search file up to date, and behind that of ridding it of what was deleted.
   * A file that must be checked for long first is left to the next search.
   */
  advance(source: SearchSource, emails: number, now: number): Rest {
    try {
      return this.#sound(source, search =>
        catchUpSome(search, source) ? 'step' : purgeSome(search, emails, now),
      );
    } catch (error) {
      if (error instanceof LongCheck) return 'nothing';
      throw error;
    }
  }

  #sound<T>(source: SearchSource, work: (search: Database) => T): T {
    try {
      return work(this.#file(source.account));
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#report({ level: 'warn', event: 'searchFileRebuilt', fields: { account: source.account } });
      this.remove(source.account);
      return work(this.#file(source.account));
    }
  }

  /** Whether the account has a search file. */
  exists(account: number): boolean {
    return inodeOf(searchFile(this.#folder, account)) >= 0;
  }

  /** Closes and deletes the account's search file. */
  remove(account: number): void {
    this.#close(account);
    const file = searchFile(this.#folder, account);
    for (const path of [file, `${file}-journal`]) rmSync(path, { force: true });
  }

  close(): void {
    for (const account of [...this.#open.keys()]) this.#close(account);
  }

  #file(account: number): Database {
    const file = searchFile(this.#folder, account);
    const known = this.#open.get(account);
    if (known && known.inode === inodeOf(file)) {
      this.#open.delete(account);
      this.#open.set(account, known);
      return known.database;
    }
    this.#close(account);
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= maxOpen) this.#close(oldest);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new Database(file);
    try {
      if (this.#isBackground) {
        database.exec('pragma busy_timeout=0');
        if (needsLongCheck(database, this.#boot)) throw new LongCheck();
      }
      prepareFile(database, this.#boot);
    } catch (error) {
      database.close();
      throw error;
    }
    this.#open.set(account, { database, inode: inodeOf(file) });
    return database;
  }

  #close(account: number): void {
    this.#open.get(account)?.database.close();
    this.#open.delete(account);
  }
}

function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? -1;
}

/** Names this start of the machine, so that files written before a power cut are looked at before they are used. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux: every process checks each file at its first use.
    return `process-${process.pid}-${Date.now()}`;
  }
}
