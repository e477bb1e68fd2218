import type { Kind } from './kinds/kinds.ts';
import { readModels, type TagModels, writeModels } from './learned/models.ts';

/** What the owner's acts have taught about tags: the account's state `tags`. Kept as hashes of `accountHash`. */
export interface TagMemory {
  /** Hash of a kind and a sender or list, and whether mail of theirs is of that kind; oldest first. */
  readonly taught: ReadonlyMap<number, boolean>;
  readonly models: TagModels;
}

/** Name of the account's state (`AccountStates`). */
export const tagStateName = 'tags';

const maxTaught = 2000;
const version = 1;

export const emptyMemory: TagMemory = { taught: new Map(), models: new Map() };

/** What `writeMemory` wrote; what is broken, or of a later version, is as if nothing was taught. */
export function readMemory(octets: Uint8Array | null): TagMemory {
  if (octets === null) return emptyMemory;
  try {
    const stored: unknown = JSON.parse(Buffer.from(octets).toString());
    if (!isRecord(stored) || stored.version !== version) return emptyMemory;
    const taught = (Array.isArray(stored.taught) ? stored.taught : []).filter(isTaught);
    return { taught: new Map(taught), models: readModels(stored.models) };
  } catch {
    return emptyMemory;
  }
}

/** JSON, at most 256 KiB: the oldest goes first. */
export function writeMemory({ taught, models }: TagMemory): Uint8Array {
  const newest = [...taught].slice(-maxTaught);
  return Buffer.from(JSON.stringify({ version, taught: newest, models: writeModels(models) }));
}

function isTaught(entry: unknown): entry is [number, boolean] {
  return Array.isArray(entry) && typeof entry[0] === 'number' && typeof entry[1] === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whose mail a message is: its list where it came by one, else its author; null where neither is known. */
export function sourceOf(listId: string | null, author: string | null): string | null {
  if (listId !== null) return `list:${listId.toLowerCase()}`;
  return author === null ? null : `sender:${author.toLowerCase()}`;
}

/** What the owner said of this kind and source: true, false, or null for nothing. */
export function taughtOf(
  memory: TagMemory,
  asked: { readonly kind: Kind; readonly source: string },
  hash: (text: string) => number,
): boolean | null {
  return memory.taught.get(hash(`${asked.kind}|${asked.source}`)) ?? null;
}

/** The owner has taken an automatic tag off a message of this source, or put one on; null forgets what they said. */
export function teachKind(
  memory: TagMemory,
  act: { readonly kind: Kind; readonly source: string; readonly isWanted: boolean | null },
  hash: (text: string) => number,
): TagMemory {
  const key = hash(`${act.kind}|${act.source}`);
  const taught = new Map(memory.taught);
  // Behind all others: what was said last is forgotten last.
  taught.delete(key);
  if (act.isWanted !== null) taught.set(key, act.isWanted);
  return { ...memory, taught };
}
