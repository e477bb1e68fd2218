import { readEmailId } from '../../ids.ts';
import type { SearchText } from '../../store.ts';
import type { Database } from '../database.ts';
import { rowId } from '../files.ts';
import { kinds, logFlags } from '../mail/ledger.ts';
import { readStored } from '../mail/stored-detail.ts';
import { beginBuild, readState, type SearchState, writeState } from './file.ts';

/** Where the words of an account come from. */
export interface SearchSource {
  /** The account's shard. */
  readonly database: Database;
  /** The account's number. */
  readonly account: number;
}

/** Emails indexed in one transaction of the search file. */
const atOnce = 500;

/** Brings the index to where the account's change log stands; the first time through all emails. */
export function catchUp(search: Database, source: SearchSource): void {
  while (needsStep(search, source)) search.write(() => step(search, source));
}

interface LogState {
  readonly seq: number;
  readonly floor: number;
  readonly email_state: number;
}

function logState({ database, account }: SearchSource): LogState {
  const state = database.get<LogState>(
    'select seq, floor, email_state from account where number = ?',
    account,
  );
  return state ?? { seq: 0, floor: 0, email_state: 0 };
}

function needsStep(search: Database, source: SearchSource): boolean {
  const { cursor } = readState(search);
  return cursor < 0 || cursor < logState(source).email_state || cursor > logState(source).seq;
}

/** One step, decided inside the transaction, because another thread or process may have gone ahead. */
function step(search: Database, source: SearchSource): void {
  source.database.read(() => {
    const log = logState(source);
    let state = readState(search);
    const isLost = state.cursor >= 0 && (state.cursor < log.floor || state.cursor > log.seq);
    if (isLost || (state.cursor < 0 && (state.began < 0 || state.began < log.floor))) {
      state = beginBuild(search, log.seq);
    }
    writeState(search, state.cursor < 0 ? build(search, source, state) : follow(search, source, state, log));
  });
}

interface WordsRow {
  readonly place: number;
  readonly data: string | Uint8Array;
}

/** The next emails by place; behind the last one the log is followed from where the build began. */
function build(search: Database, { database, account }: SearchSource, state: SearchState): SearchState {
  const rows = database.all<WordsRow>(
    `select e.place, c.data from email e join detail c on c.id = e.seq + ?
     where e.account = ? and e.place > ? order by e.place limit ${atOnce}`,
    rowId(account, 0),
    account,
    state.built,
  );
  for (const row of rows) insertWords(search, row);
  if (rows.length < atOnce) return { ...state, cursor: state.began };
  return { ...state, built: rows.at(-1)?.place ?? state.built };
}

/** Brings the emails that the next rows of the log name to what they are now. */
function follow(
  search: Database,
  { database, account }: SearchSource,
  state: SearchState,
  log: LogState,
): SearchState {
  const rows = database.all<{ id: number; object: string }>(
    `select id, object from change where id > ? and id <= ? and type = 1
       and (kind <> ${kinds.updated} or flags = ${logFlags.words}) order by id limit ${atOnce}`,
    rowId(account, state.cursor),
    rowId(account, log.seq),
  );
  const places = new Set<number>();
  for (const { object } of rows) {
    const parsed = readEmailId(object);
    if (parsed) places.add(parsed.place);
  }
  for (const place of [...places].sort((one, other) => one - other)) {
    search.run('delete from words where rowid = ?', place);
    const row = database.get<WordsRow>(
      'select e.place, c.data from email e join detail c on c.id = e.seq + ? where e.account = ? and e.place = ?',
      rowId(account, 0),
      account,
      place,
    );
    if (row) insertWords(search, row);
  }
  const last = rows.at(-1);
  return { ...state, cursor: rows.length < atOnce || !last ? log.seq : last.id - rowId(account, 0) };
}

function insertWords(search: Database, { place, data }: WordsRow): void {
  const { words } = readStored(data);
  if (words === null) return;
  const text = JSON.parse(words) as SearchText;
  search.run(
    `insert or replace into words(rowid, subject, body, originators, destinations, attachments)
     values (?, ?, ?, ?, ?, ?)`,
    place,
    text.subject,
    text.body,
    text.originators,
    text.destinations,
    text.attachments,
  );
}
