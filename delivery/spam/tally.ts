import { messageUnits } from './fading.ts';
import { slotCount } from './slots.ts';

/**
 * A learner that counts: in how many wanted and unwanted messages each slot was seen. Whatever the order of learning, the
 * counts are the same, and taking a message away leaves them as if it had never been there. Counts are in units
 * (`messageUnits`), never below 0: old messages count less.
 */
export interface Tally {
  /** Two counts for each slot: wanted, unwanted. */
  readonly counts: Int32Array;
  /** Messages counted of each class. */
  readonly messages: { ham: number; spam: number };
}

/** A tally that has seen nothing. */
export function emptyTally(): Tally {
  return { counts: new Int32Array(slotCount * 2), messages: { ham: 0, spam: 0 } };
}

/** Counts a message for so many units, or with units below 0 takes it away. */
export function count({ counts, messages }: Tally, slots: Uint32Array, isSpam: boolean, units: number): void {
  const name = isSpam ? 'spam' : 'ham';
  messages[name] = Math.max(0, messages[name] + units);
  for (let at = 0; at < slots.length; at++) {
    // Slots are below the table's half.
    const place = 2 * (slots[at] as number) + (isSpam ? 1 : 0);
    counts[place] = held((counts[place] as number) + units);
  }
}

/** What a place of a table holds of so many units. */
export function held(units: number): number {
  return Math.max(0, Math.min(2 ** 31 - 1, units));
}

/** Forgets all that was counted of one class. */
export function clear({ counts, messages }: Tally, isSpam: boolean): void {
  messages[isSpam ? 'spam' : 'ham'] = 0;
  for (let place = isSpam ? 1 : 0; place < counts.length; place += 2) counts[place] = 0;
}

/** Strength of the belief that an unseen slot says nothing, in messages (Robinson 2003). */
const strength = 0.1;
/** Shares nearer than this to one half say nothing. */
const least = 0.4;

/**
 * Sum of the log-odds of the slots that say something, scaled by the root of their number (after Robinson 2003): around
 * -40..40, 0 when nothing is known.
 */
export function weigh({ counts, messages }: Tally, slots: Uint32Array): number {
  if (messages.ham <= 0 || messages.spam <= 0) return 0;
  const [allHam, allSpam] = [messages.ham / messageUnits, messages.spam / messageUnits];
  let sum = 0;
  let telling = 0;
  for (let at = 0; at < slots.length; at++) {
    const place = 2 * (slots[at] as number);
    // A share of counts below 0 would be beyond 0..1, and the sum no number.
    const ham = Math.max(0, counts[place] as number) / messageUnits;
    const spam = Math.max(0, counts[place + 1] as number) / messageUnits;
    if (ham + spam === 0) continue;
    const share = spam / allSpam / (ham / allHam + spam / allSpam);
    const belief = (strength / 2 + (ham + spam) * share) / (strength + ham + spam);
    if (Math.abs(belief - 0.5) < least) continue;
    sum += Math.log(belief / (1 - belief));
    telling++;
  }
  return telling === 0 ? 0 : sum / Math.sqrt(telling + 1);
}
