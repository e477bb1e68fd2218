import { type Entry, readEntry, type Source, sources } from './entry.ts';
import { type Capacity, type Memory, withEntry, without } from './memory.ts';

/**
 * What was learned of one email: kept with it, so that it can be taken back although the message can't be read any
 * more, and so that no later act of lesser weight touches it.
 */
export interface Learned {
  /** Null: taken back. The owner has judged the message all the same. */
  readonly isSpam: boolean | null;
  readonly source: Source;
  /** When the act was that said so: by this it is known among those that wait. */
  readonly at: Date;
  /** The model that had judged it, as `ScoreFindings.model`. */
  readonly model: string;
  /** What was added to the account's memory, and what fell out of it for that. */
  readonly entry: Entry | null;
  readonly dropped: readonly Entry[];
}

/** Whether an act changes anything: the owner's word stands for ever, the same word again is nothing new. */
export function isNews(
  learned: Learned | null,
  { isSpam, source }: { isSpam: boolean | null; source: Source },
): boolean {
  if (learned === null) return isSpam !== null;
  if (learned.source === 'owner' && source !== 'owner') return false;
  return learned.isSpam !== isSpam || (source === 'owner' && learned.source !== 'owner');
}

/** What an email shall be known as from now on; no entry: nothing is learned of it. */
export interface Lesson {
  readonly entry: Entry | null;
  readonly source: Source;
  readonly at: Date;
  readonly model: string;
}

/** Takes back what was learned of the email before, and learns the new. */
export function learn(
  memory: Memory,
  learned: Learned | null,
  { lesson: { entry, source, at, model }, capacity }: { lesson: Lesson; capacity: Capacity },
): { memory: Memory; learned: Learned } {
  const before = learned?.entry
    ? without(memory, learned.entry.id, { dropped: learned.dropped, capacity })
    : memory;
  if (!entry) return { memory: before, learned: { isSpam: null, source, at, model, entry, dropped: [] } };
  const after = withEntry(before, entry, capacity);
  return {
    memory: after.memory,
    learned: { isSpam: entry.isSpam, source, at, model, entry, dropped: after.dropped },
  };
}

/** Form of the record below. */
const version = 1;

/** The record as octets, JSON of less than 2 kB. */
export function writeLearned({ isSpam, source, at, model, entry, dropped }: Learned): Uint8Array {
  const text = (one: Entry) => Buffer.from(one.octets).toString('base64');
  return Buffer.from(
    JSON.stringify({
      ...{ version, isSpam, source, at: at.getTime(), model },
      entry: entry && text(entry),
      dropped: dropped.map(text),
    }),
  );
}

/** The record that `writeLearned` wrote; null where there is none, or one of a form that is not known here. */
export function readLearned(octets: Uint8Array | null): Learned | null {
  if (octets === null) return null;
  const read: unknown = JSON.parse(Buffer.from(octets).toString());
  if (!isRecord(read)) return null;
  const entryOf = (text: string) => readEntry(Buffer.from(text, 'base64'));
  const { isSpam, source, at, model, entry, dropped } = read;
  return {
    ...{ isSpam, source, at: new Date(at), model },
    entry: entry === null ? null : entryOf(entry),
    dropped: dropped.map(entryOf),
  };
}

interface Kept extends Pick<Learned, 'isSpam' | 'source' | 'model'> {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly entry: string | null;
  readonly dropped: readonly string[];
}

function isRecord(read: unknown): read is Kept {
  const kept = read as Kept & { readonly version: unknown };
  return kept?.version === version && sources.includes(kept.source) && Array.isArray(kept.dropped);
}
