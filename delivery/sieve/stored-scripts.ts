import { Buffer } from 'node:buffer';
import { parseScriptOctets } from './parse-script.ts';
import type { Script } from './shape.ts';

/** Name of the account's state that holds its scripts. */
export const scriptStateName = 'sieve';

/** Scripts of one account: with the longest contents they fit into one state. */
export const maxScripts = 15;

/** One script of an account. */
export interface StoredScript {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  /** As they were uploaded. */
  readonly octets: Uint8Array;
}

/** The script that decides on mail; null where none is active. */
export interface ActiveScript {
  readonly name: string;
  /** Null where this version can't read it. */
  readonly script: Script | null;
  /** Then why, in words; else null. */
  readonly fault: string | null;
}

/** The scripts of a state, none where there is no state or another version wrote what this one can't read. */
export function readScripts(state: Uint8Array | null): StoredScript[] {
  if (state === null) return [];
  const end = state.indexOf(0x0a);
  let from = end + 1;
  return headOf(state.subarray(0, Math.max(0, end))).map(({ size, ...script }) => {
    const octets = state.subarray(from, from + size);
    from += size;
    return { ...script, octets };
  });
}

interface Row extends Omit<StoredScript, 'octets'> {
  readonly size: number;
}

function headOf(octets: Uint8Array): Row[] {
  try {
    const rows: unknown = JSON.parse(Buffer.from(octets).toString('utf8'));
    return Array.isArray(rows) && rows.every(isRow) ? rows : [];
  } catch {
    // Nothing that this version wrote.
    return [];
  }
}

function isRow(row: unknown): row is Row {
  if (typeof row !== 'object' || row === null) return false;
  const { id, name, isActive, size } = row as Record<string, unknown>;
  const hasNames = typeof id === 'string' && typeof name === 'string';
  return hasNames && typeof isActive === 'boolean' && Number.isSafeInteger(size) && Number(size) >= 0;
}

/** The state that holds these scripts: a line of JSON that says what they are, and behind it their octets. */
export function writeScripts(scripts: readonly StoredScript[]): Uint8Array {
  const rows = scripts.map(({ id, name, isActive, octets }) => ({
    id,
    name,
    isActive,
    size: octets.byteLength,
  }));
  return Buffer.concat([Buffer.from(`${JSON.stringify(rows)}\n`), ...scripts.map(({ octets }) => octets)]);
}

/** What `writeScripts` made, as far as a delivery asks. */
export function readActiveScript(state: Uint8Array | null): ActiveScript | null {
  const active = readScripts(state).find(({ isActive }) => isActive);
  if (!active) return null;
  const { script, faults } = parseScriptOctets(active.octets);
  const [fault] = faults;
  return { name: active.name, script, fault: fault ? `line ${fault.line}: ${fault.text}` : null };
}
