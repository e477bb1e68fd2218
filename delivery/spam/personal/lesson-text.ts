import { leastEntry, newEntry, readEntry, slotsOfEntry } from './entry.ts';
import { sketchSlots } from './slot-classes.ts';

/** What a message would teach, without a word on whether it was wanted. */
export interface Lesson {
  /** Of its sketch: distinct, ascending, below `sketchSlots`. */
  readonly slots: Uint16Array;
  /** Log-odds of spam by all but what was learned, -16..16 in steps of one eighth. */
  readonly logOdds: number;
}

/** As long as the base64 of the longest entry, and more. */
const maxText = 400;

/** The lesson in base64, as an entry of nobody: what travels inside the seal to the owner's device. */
export function writeLesson({ slots, logOdds }: Lesson): string {
  const about = { id: '0', isSpam: false, source: 'owner', isShared: false, at: 0, owner: 0 } as const;
  return Buffer.from(newEntry({ ...about, logOdds }, slots).octets).toString('base64');
}

/** What `writeLesson` wrote; null for anything else. */
export function readLesson(text: string): Lesson | null {
  const octets = Buffer.from(text.slice(0, maxText), 'base64');
  if (octets.length < leastEntry) return null;
  const { logOdds } = readEntry(octets);
  const slots = slotsOfEntry({ octets });
  const isSketch = slots.every((slot, at) => slot < sketchSlots && (at === 0 || slot > (slots[at - 1] ?? 0)));
  return isSketch && writeLesson({ slots, logOdds }) === text ? { slots, logOdds } : null;
}
