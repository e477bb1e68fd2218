import { setTimeout as wait } from 'node:timers/promises';
import { DeliveryError } from '../../errors.ts';
import { randomText } from '../ids.ts';
import { settle } from './directory/settle.ts';
import type { Session } from './session.ts';

/** A cell of text that is written both as it comes and by comparing; `turn` beside it is written by comparing alone. */
export interface Cell {
  readonly table: string;
  readonly column: string;
  /** The primary key: its columns by their values. */
  readonly key: Readonly<Record<string, string | number>>;
}

/** What a cell holds; null: nothing. */
export interface SeenCell {
  readonly value: string | null;
  /** In microseconds. */
  readonly written: bigint | null;
}

interface CellRow extends SeenCell {
  readonly turn: string | null;
  readonly turned: bigint | null;
}

/** Tries while a write by a clock ahead hides ours; clocks are 11 s apart at most. */
const maxTries = 40;
const pauseMilliseconds = 500;

/** Reads it, behind every lightweight transaction that is under way. */
export async function readCell(session: Session, cell: Cell): Promise<SeenCell> {
  return await look(session, cell);
}

/**
 * Writes `after` where the cell still holds `before`, by a lightweight transaction; false where it does not. The time
 * of what it writes is of the nodes' clocks, so that what was written as it comes by a clock ahead of them may hide it:
 * then it is written again, until it is seen.
 */
export async function exchangeCell(
  session: Session,
  cell: Cell,
  { before, after }: { readonly before: string | null; readonly after: string },
): Promise<boolean> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const seen = await look(session, cell);
    if (seen.value !== before) return false;
    const turn = randomText(16);
    if (!(await settleTurn(session, cell, { before, after, turn }))) return false;
    // What a transaction wrote is earlier than what the next one writes.
    if (seen.written === null || seen.written === seen.turned) return true;
    const now = await look(session, cell);
    if (now.turn !== turn) return false; // Another came behind ours, and may not have seen it.
    if (now.value !== before) return true;
    await wait(pauseMilliseconds);
  }
  throw new DeliveryError('storeUnavailable', 'what was written stays hidden by a clock ahead');
}

async function look(session: Session, { table, column, key }: Cell): Promise<CellRow> {
  const row = await session.claimed<CellRow>(
    `select ${column} as value, writetime(${column}) as written, turn, writetime(turn) as turned
     from ${table} where ${whereOf(key)}`,
    Object.values(key),
  );
  return row ?? { value: null, written: null, turn: null, turned: null };
}

async function settleTurn(
  session: Session,
  { table, column, key }: Cell,
  { before, after, turn }: { readonly before: string | null; readonly after: string; readonly turn: string },
): Promise<boolean> {
  const place = Object.values(key);
  const { applied } = await settle<CellRow>(session, {
    claim: {
      cql: `update ${table} set ${column} = ?, turn = ? where ${whereOf(key)} if ${column} = ?`,
      values: [after, turn, ...place, before],
    },
    look: { cql: `select turn from ${table} where ${whereOf(key)}`, values: place },
    isDone: row => row?.turn === turn,
  });
  return applied;
}

function whereOf(key: Cell['key']): string {
  return Object.keys(key)
    .map(column => `${column} = ?`)
    .join(' and ');
}
