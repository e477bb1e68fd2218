import { setTimeout as wait } from 'node:timers/promises';
import { DeliveryError } from '../../errors.ts';
import { randomText } from '../ids.ts';
import { settle } from './directory/settle.ts';
import type { Session } from './session.ts';

/** A row with cells of text that are written both as they come and by comparing; its `turn` is written by comparing alone. */
export interface TurnedRow {
  readonly table: string;
  /** The primary key: its columns by their values. */
  readonly key: Readonly<Record<string, string | number>>;
}

/** One such cell. */
export interface Cell extends TurnedRow {
  readonly column: string;
}

/** What a cell holds; null: nothing. */
export interface SeenCell {
  readonly value: string | null;
  /** In microseconds. */
  readonly written: bigint | null;
}

/** Texts by their columns; null: nothing. */
type Texts = Readonly<Record<string, string | null>>;

/** What is put in the place of what. */
interface Exchange {
  /** The columns that are compared. */
  readonly columns: readonly string[];
  /** Whether what these hold is what the new texts were made of. */
  readonly isBefore: (texts: Texts) => boolean;
  /** The new texts: of some of these columns, and of others that go with them. */
  readonly after: Readonly<Record<string, string>>;
}

interface SeenRow {
  readonly texts: Texts;
  readonly written: Readonly<Record<string, bigint | null>>;
  readonly turn: string | null;
  readonly turned: bigint | null;
}

/** Tries while a write by a clock ahead hides ours; clocks are 11 s apart at most. */
const maxTries = 40;
const pauseMilliseconds = 500;

/** Reads it, behind every lightweight transaction that is under way. */
export async function readCell(session: Session, cell: Cell): Promise<SeenCell> {
  const { texts, written } = await look(session, cell, [cell.column]);
  return { value: texts[cell.column] ?? null, written: written[cell.column] ?? null };
}

/** Writes `after` where the cell still holds `before`; false where it does not (`exchangeCells`). */
export async function exchangeCell(
  session: Session,
  cell: Cell,
  { before, after }: { readonly before: string | null; readonly after: string },
): Promise<boolean> {
  const { column } = cell;
  return await exchangeCells(session, cell, {
    columns: [column],
    isBefore: texts => texts[column] === before,
    after: { [column]: after },
  });
}

/**
 * Writes all new texts where the compared cells still hold what they were made of, by one lightweight transaction;
 * false where they do not, and then nothing is written. The time of what it writes is of the nodes' clocks, so that
 * what was written as it comes by a clock ahead of them may hide it: then it is written again, until it is seen.
 */
export async function exchangeCells(session: Session, row: TurnedRow, exchange: Exchange): Promise<boolean> {
  const { columns, after } = exchange;
  const looked = [...new Set([...columns, ...Object.keys(after)])];
  let seen = await look(session, row, looked);
  if (!exchange.isBefore(seen.texts)) return false;
  for (let tries = 1; tries <= maxTries; tries++) {
    const turn = randomText(16);
    if (!(await settleTurn(session, row, { columns, before: seen.texts, after, turn }))) return false;
    if (Object.keys(after).every(column => isEarlier(seen, column))) return true;
    const now = await look(session, row, looked);
    if (now.turn !== turn) return false; // Another came behind ours, and may not have seen it.
    const shown = Object.keys(after).filter(column => !isHidden(column, { before: seen, now }));
    if (shown.length === Object.keys(after).length) return true;
    // Another has written one as it comes, made perhaps of what hides ours.
    if (shown.some(column => now.written[column] !== now.turned)) return false;
    await wait(pauseMilliseconds);
    seen = now;
  }
  throw new DeliveryError('storeUnavailable', 'what was written stays hidden by a clock ahead');
}

/** Whether the cell is surely earlier than the next transaction: what one wrote is earlier than what the next writes. */
function isEarlier({ written, turned }: SeenRow, column: string): boolean {
  const at = written[column] ?? null;
  return at === null || (turned !== null && at <= turned);
}

/** Whether a cell that was written is still the one that was there before. */
function isHidden(
  column: string,
  { before, now }: { readonly before: SeenRow; readonly now: SeenRow },
): boolean {
  const at = before.written[column] ?? null;
  return at !== null && now.written[column] === at;
}

async function look(
  session: Session,
  { table, key }: TurnedRow,
  columns: readonly string[],
): Promise<SeenRow> {
  const cells = columns.map((column, at) => `${column} as text${at}, writetime(${column}) as written${at}`);
  const row = await session.claimed<Record<string, string | bigint | null>>(
    `select ${cells.join(', ')}, turn, writetime(turn) as turned from ${table} where ${whereOf(key)}`,
    Object.values(key),
  );
  const of = <T>(name: string) =>
    Object.fromEntries(columns.map((column, at) => [column, (row?.[`${name}${at}`] ?? null) as T | null]));
  return {
    texts: of<string>('text'),
    written: of<bigint>('written'),
    turn: (row?.turn ?? null) as string | null,
    turned: (row?.turned ?? null) as bigint | null,
  };
}

async function settleTurn(
  session: Session,
  { table, key }: TurnedRow,
  { columns, before, after, turn }: Pick<Exchange, 'columns' | 'after'> & { before: Texts; turn: string },
): Promise<boolean> {
  const place = Object.values(key);
  const sets = Object.keys(after).map(column => `${column} = ?, `);
  const conditions = columns.map(column => `${column} = ?`);
  const { applied } = await settle<{ turn: string | null }>(session, {
    claim: {
      cql: `update ${table} set ${sets.join('')}turn = ? where ${whereOf(key)} if ${conditions.join(' and ')}`,
      values: [...Object.values(after), turn, ...place, ...columns.map(column => before[column])],
    },
    look: { cql: `select turn from ${table} where ${whereOf(key)}`, values: place },
    isDone: row => row?.turn === turn,
  });
  return applied;
}

function whereOf(key: TurnedRow['key']): string {
  return Object.keys(key)
    .map(column => `${column} = ?`)
    .join(' and ');
}
