import { DeliveryError } from '../../../errors.ts';
import type { Database } from '../database.ts';

/** Layout of a search file; a file of another version is made anew. */
const layout = 4;

/** Columns of the index: the fields of `SearchText`. */
export const searchColumns = ['subject', 'body', 'originators', 'destinations', 'attachments'] as const;

/** The indexes of a file: what people search by, and header fields as `fieldTerms` names them. */
export const indexes = ['words', 'fields'] as const;

/** How far the indexes have come. */
export interface SearchState {
  /** Sequence in the account's change log; -1 while the first build runs. */
  readonly cursor: number;
  /** The first build goes through the emails by place, newest first; this is the last one taken. */
  readonly built: number;
  /** As far as the log is followed while the first build runs; -1 before it begins. */
  readonly began: number;
  /** Emails taken out whose words still lie in the file; `purgeSome` removes them. */
  readonly removed: number;
  /** 1 while that goes on. */
  readonly rewriting: number;
  /** When it last began, in milliseconds. */
  readonly purged: number;
}

/**
 * Makes a search file ready: it is never flushed, because it can be rebuilt from the shard, and its rollback journal
 * makes it safe against a killed process; after a restart of the machine it is checked before its first use.
 */
export function prepareFile(search: Database, boot: string): void {
  search.exec(
    'pragma journal_mode=truncate; pragma synchronous=off; pragma secure_delete=on; pragma cache_size=-200',
  );
  search.write(() => {
    const version = search.get<{ user_version: number }>('pragma user_version')?.user_version ?? 0;
    if (version !== layout) createIndex(search, boot);
    const written = search.get<{ boot: string }>('select boot from state')?.boot;
    if (written === boot) return;
    requireSound(search);
    search.run('update state set boot = ?', boot);
  });
}

/** Checking more than this takes over a tenth of a second. */
const maxQuickOctets = 8 * 1024 * 1024;

/** Whether `prepareFile` would check the file for long. */
export function needsLongCheck(search: Database, boot: string): boolean {
  const size = search.get<{ octets: number }>(
    'select page_count * page_size octets from pragma_page_count, pragma_page_size',
  );
  const version = search.get<{ user_version: number }>('pragma user_version')?.user_version;
  if (version !== layout || (size?.octets ?? 0) <= maxQuickOctets) return false;
  return search.get<{ boot: string }>('select boot from state')?.boot !== boot;
}

function createIndex(search: Database, boot: string): void {
  search.exec(`
    drop table if exists vocabulary;
    drop table if exists words;
    drop table if exists field_vocabulary;
    drop table if exists field_occurrences;
    drop table if exists fields;
    drop table if exists state;
    create virtual table words using fts5(${searchColumns.join(', ')}, content='', contentless_delete=1,
      tokenize='unicode61 remove_diacritics 2');
    create virtual table vocabulary using fts5vocab('words', 'row');
    create virtual table fields using fts5(terms, content='', contentless_delete=1, detail=none,
      tokenize="ascii tokenchars '!#$%&*+-./:?@^_{|}~'");
    insert into fields(fields, rank) values ('automerge', 8);
    create virtual table field_vocabulary using fts5vocab('fields', 'row');
    create virtual table field_occurrences using fts5vocab('fields', 'instance');
    create table state(cursor integer not null, built integer not null, began integer not null,
      removed integer not null, rewriting integer not null, purged integer not null, boot text not null);
    pragma user_version=${layout};
  `);
  search.run(
    'insert into state(cursor, built, began, removed, rewriting, purged, boot) values (-1, -1, -1, 0, 0, 0, ?)',
    boot,
  );
}

function requireSound(search: Database): void {
  const found = search.get<{ quick_check: string }>('pragma quick_check(1)')?.quick_check;
  if (found !== 'ok') throw damaged(found);
  for (const index of indexes) search.run(`insert into ${index}(${index}) values ('integrity-check')`);
}

/** Looks to callers like SQLite's own finding (SQLITE_CORRUPT), so that the file is made anew. */
function damaged(found: unknown): Error {
  return Object.assign(new DeliveryError('storeUnavailable', `a search file is damaged: ${found}`), {
    errcode: 11,
  });
}

export function readState(search: Database): SearchState {
  const state = search.get<SearchState>('select cursor, built, began, removed, rewriting, purged from state');
  if (!state) throw damaged('no state');
  return state;
}

export function writeState(search: Database, state: SearchState): void {
  search.run(
    'update state set cursor = ?, built = ?, began = ?, removed = ?, rewriting = ?, purged = ?',
    state.cursor,
    state.built,
    state.began,
    state.removed,
    state.rewriting,
    state.purged,
  );
}

/** Empties the index; the next steps build it from the first email on. */
export function beginBuild(search: Database, sequence: number): SearchState {
  for (const index of indexes) search.run(`insert into ${index}(${index}) values ('delete-all')`);
  return {
    ...readState(search),
    cursor: -1,
    built: Number.MAX_SAFE_INTEGER,
    began: sequence,
    removed: 0,
    rewriting: 0,
  };
}
