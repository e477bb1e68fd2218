import { DeliveryError } from '../../../errors.ts';
import { release } from '../../../octets.ts';
import { fieldTerms } from '../../../search/fields.ts';
import { readEmailId } from '../../ids.ts';
import type { SearchText } from '../../store.ts';
import type { Database } from '../database.ts';
import { rowId } from '../files.ts';
import { kinds, logFlags } from '../mail/ledger.ts';
import { contentHead, headText } from '../mail/reads.ts';
import { readSearchable } from '../mail/stored-detail.ts';
import { beginBuild, indexes, readState, type SearchState, writeState } from './file.ts';

/** Where the words of an account come from. */
export interface SearchSource {
  /** The account's shard. */
  readonly database: Database;
  /** The account's number. */
  readonly account: number;
}

/** Emails indexed in one transaction of the search file: a search that waits takes many at once. */
const manyAtOnce = 500;
/** In the background others wait behind each step: this is about 10 ms of work. */
const fewAtOnce = 64;

/** Steps of one call: a quarter of a second or so, for which other searches wait. */
const maxSteps = 4;

/**
 * Brings the index towards where the account's change log stands, the first time through all emails. False when there
 * was more to do than one call takes.
 */
export function catchUp(search: Database, source: SearchSource): boolean {
  for (let steps = 0; steps < maxSteps; steps++) {
    // Each step is a transaction of its own.
    if (!catchUpSome(search, source, manyAtOnce)) return true;
  }
  return !needsStep(search, source);
}

/** One step of it; false when nothing is left. */
export function catchUpSome(search: Database, source: SearchSource, atOnce = fewAtOnce): boolean {
  if (!needsStep(search, source)) return false;
  search.write(() => step(search, source, atOnce));
  return true;
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
function step(search: Database, source: SearchSource, atOnce: number): void {
  source.database.read(() => {
    const log = logState(source);
    let state = readState(search);
    const isLost = state.cursor >= 0 && (state.cursor < log.floor || state.cursor > log.seq);
    if (isLost || (state.cursor < 0 && (state.began < 0 || state.began < log.floor))) {
      state = beginBuild(search, log.seq);
    }
    const from = { search, source, state, atOnce };
    writeState(search, state.cursor < 0 ? buildAndFollow(from, log) : follow(from, log));
  });
}

/** While it is built the index follows the log, too, which else may be gone when the build is through. */
function buildAndFollow(from: From, log: LogState): SearchState {
  const state = build(from);
  if (state.cursor >= 0 || log.email_state <= state.began) return state;
  const followed = follow({ ...from, state: { ...state, cursor: state.began } }, log);
  return { ...followed, cursor: -1, began: followed.cursor };
}

interface EmailRow {
  readonly place: number;
  /** Of its detail and content. */
  readonly id: number;
  readonly data: string | Uint8Array;
}

interface From {
  readonly search: Database;
  readonly source: SearchSource;
  readonly state: SearchState;
  readonly atOnce: number;
}

/** The next emails by place, newest first: behind the oldest the log is followed from where it was left. */
function build({ search, source: { database, account }, state, atOnce }: From): SearchState {
  const rows = database.all<EmailRow>(
    `select e.place, c.id, c.data from email e join detail c on c.id = e.seq + ?
     where e.account = ? and e.place < ? order by e.place desc limit ${atOnce}`,
    rowId(account, 0),
    account,
    state.built,
  );
  // FTS5 takes rows in their order best.
  for (const row of rows.toReversed()) insertEmail(search, database, row);
  if (rows.length < atOnce) return { ...state, cursor: state.began };
  return { ...state, built: rows.at(-1)?.place ?? state.built };
}

/** Brings the emails that the next rows of the log name to what they are now. */
function follow({ search, source, state, atOnce }: From, log: LogState): SearchState {
  const { database, account } = source;
  const rows = database.all<{ id: number; object: string; kind: number }>(
    `select id, object, kind from change where id > ? and id <= ? and type = 1
       and (kind <> ${kinds.updated} or flags = ${logFlags.words}) order by id limit ${atOnce}`,
    rowId(account, state.cursor),
    rowId(account, log.seq),
  );
  /** Places, and whether the index may know another text of the email. */
  const places = new Map<number, boolean>();
  for (const { object, kind } of rows) {
    const place = readEmailId(object)?.place;
    if (place !== undefined) places.set(place, places.has(place) || kind !== kinds.created);
  }
  let removed = 0;
  for (const [place, isKnown] of [...places].sort(([one], [other]) => one - other)) {
    if (isKnown) removed += removeEmail(search, place);
    const row = database.get<EmailRow>(
      'select e.place, c.id, c.data from email e join detail c on c.id = e.seq + ? where e.account = ? and e.place = ?',
      rowId(account, 0),
      account,
      place,
    );
    if (row) insertEmail(search, database, row);
  }
  const last = rows.at(-1);
  const cursor = rows.length < atOnce || !last ? log.seq : last.id - rowId(account, 0);
  return { ...state, cursor, removed: state.removed + removed };
}

/** Takes the email out of every index; 1 when it was in one. */
function removeEmail(search: Database, place: number): number {
  return Math.max(...indexes.map(index => search.run(`delete from ${index} where rowid = ?`, place)));
}

function insertEmail(search: Database, shard: Database, row: EmailRow): void {
  const found = readEmail(shard, row);
  if (!found) return;
  search.run('insert or replace into fields(rowid, terms) values (?, ?)', row.place, fieldTerms(found.head));
  if (found.words !== null) insertWords(search, row.place, found.words);
}

/** What an email is found by; null when its octets are damaged: `verify` names it, and the others are still found. */
function readEmail(shard: Database, { id, data }: EmailRow): { words: string | null; head: string } | null {
  try {
    const { words, octets } = readSearchable(data);
    const head = octets ? headText(octets) : contentHead(shard, id);
    if (octets) release(octets);
    return { words, head: head ?? '' };
  } catch (error) {
    if (error instanceof DeliveryError && error.code === 'storeUnavailable') return null;
    throw error;
  }
}

function insertWords(search: Database, place: number, words: string): void {
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
