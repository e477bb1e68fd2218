import { createHash } from 'node:crypto';

/**
 * The state of a type without transactions: where to read the log from, and what of it is known already. Lines appear
 * up to `windowMilliseconds` after the instant they carry, because clocks are apart and writes take time; so every
 * reader goes back that far and tells what it has not told yet.
 */
export interface StateMark {
  /** Instant in milliseconds from which on the log is read again; 0: from its beginning. */
  readonly since: number;
  /** Lines known from there on: how many, and their hashes joined by exclusive or. */
  readonly count: number;
  readonly digest: string;
  /** Their short names, when they are few. */
  readonly names: ReadonlySet<string> | null;
  /** Known are lines up to this one alone (`comparable`), because an answer was cut there; null: all. */
  readonly upTo: string | null;
}

/** Twice the 5.5 s that clocks may be off the cluster's, and 6 s for a write. */
export const windowMilliseconds = 17_000;
/** How far a clock may be ahead of ours at most; what carries a later instant does not move the window. */
const aheadMilliseconds = 11_000;

/** From where on the log is read again, when the newest line carries this instant. */
export function windowStart(newest: number, now: number): number {
  return Math.max(0, Math.min(newest, now + aheadMilliseconds) - windowMilliseconds);
}

/** Names that a state holds at most. */
const maxNames = 64;
const nameLength = 6;

/** The short name of a line. */
export function nameOf(line: string): string {
  return createHash('sha256').update(line).digest('base64url').slice(0, nameLength);
}

/** The mark for these known lines (`comparable`). */
export function markOf(since: number, lines: readonly string[], upTo: string | null = null): StateMark {
  const names = lines.length <= maxNames ? new Set(lines.map(nameOf)) : null;
  return { since, count: lines.length, digest: digestOf(lines), names, upTo };
}

/** Hashes of the lines joined by exclusive or, so that their order does not matter. */
export function digestOf(lines: readonly string[]): string {
  const sum = Buffer.alloc(8);
  for (const line of lines) {
    const hash = createHash('sha256').update(line).digest();
    for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) ^ (hash[index] ?? 0);
  }
  return sum.toString('base64url');
}

/** The state as clients keep it. */
export function writeState({ since, count, digest, names, upTo }: StateMark): string {
  if (since === 0 && count === 0) return '0';
  const parts = [since.toString(36), count.toString(36), digest, names ? [...names].sort().join('') : ''];
  if (upTo !== null) parts.push(Buffer.from(upTo).toString('base64url'));
  return `s${parts.join('.')}`;
}

const form = /^s([0-9a-z]{1,10})\.([0-9a-z]{1,8})\.([\w-]{11})\.((?:[\w-]{6}){0,64})(?:\.([\w-]{1,100}))?$/;

/** What `writeState` was given; null for what is no state of ours. */
export function readState(text: string): StateMark | null {
  if (text === '0') return markOf(0, []);
  const [, since, count, digest, names = '', upTo] = form.exec(text) ?? [];
  if (since === undefined || count === undefined || digest === undefined) return null;
  const number = Number.parseInt(count, 36);
  return {
    since: Number.parseInt(since, 36),
    count: number,
    digest,
    names: number <= maxNames ? new Set(names.match(/.{6}/g) ?? []) : null,
    upTo: upTo === undefined ? null : Buffer.from(upTo, 'base64url').toString(),
  };
}

/** What a reader knows of lines that it was told. */
export interface Told {
  readonly isTold: (line: string) => boolean;
  /** False: which lines were told is not known, so that all are told again. */
  readonly isKnown: boolean;
}

/**
 * Which of `lines` (all from `mark.since` on, `comparable`) were told with this mark; `remembered` are those that this
 * process told with it, if it did. What can't be told apart is told twice rather than never.
 */
export function toldBy(mark: StateMark, lines: readonly string[], remembered?: ReadonlySet<string>): Told {
  if (remembered) return { isTold: line => remembered.has(line), isKnown: true };
  const { names, upTo } = mark;
  if (names) return { isTold: line => names.has(nameOf(line)), isKnown: true };
  const before = upTo === null ? lines : lines.filter(line => line <= upTo);
  if (before.length !== mark.count || digestOf(before) !== mark.digest)
    return { isTold: () => false, isKnown: false };
  const told = new Set(before);
  return { isTold: line => told.has(line), isKnown: true };
}

/**
 * The mark behind an answer. `known`: the lines from `mark.since` on that are told now, oldest first. `cutAt`: the last
 * line told of an answer that was cut; then nothing before it is forgotten, because the answer goes on from there.
 */
export function markAfter(
  mark: StateMark,
  known: readonly string[],
  { cutAt, now }: { readonly cutAt: string | null; readonly now: number },
): StateMark {
  if (cutAt !== null) {
    const before = known.filter(line => line <= cutAt);
    // Lines behind it that were told earlier are told by name, or again.
    return before.length === known.length ? markOf(mark.since, before, cutAt) : markOf(mark.since, known);
  }
  const newest = known.at(-1);
  if (newest === undefined) return mark;
  const since = Math.max(mark.since, windowStart(instantOf(newest), now));
  return markOf(
    since,
    known.filter(line => instantOf(line) >= since),
  );
}

/** The instant that a line carries (`comparable`), in milliseconds. */
export function instantOf(line: string): number {
  return Number(line.slice(0, 14));
}
