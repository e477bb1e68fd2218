import { messageUnits } from './fading.ts';
import { slotCount } from './slots.ts';
import type { Tally } from './tally.ts';

/**
 * How much each slot tells, squared, by slot: at least 1. Learners and steps are of a message in which a slot stands for
 * its square root instead of 1, so what tells classes apart by itself is heard before what only seems to do so beside
 * other things (naive Bayes features: Wang and Manning 2012). The weights stay those of plain slots: a step is still one
 * number for all slots of a message.
 */
export type Scales = Float32Array;

/** Messages that each slot is believed to have been in before it was seen, shared out as the classes are. */
const doubt = 0.1;
/** So many messages of the rarer class make scales half trusted: few say little about what tells. */
const halfTrusted = 200;

/** Scales of all slots, for learning. */
export function allScales(tally: Tally): Scales {
  const scales = new Float32Array(slotCount);
  const telling = tellingBy(tally);
  for (let slot = 0; slot < slotCount; slot++) scales[slot] = telling(slot);
  return scales;
}

/** Overwritten for each message: a table takes 2 MB. */
const scratch = new Float32Array(slotCount);

/** Scales of some slots, until the next call; those of others are of no use. */
export function scalesOf(tally: Tally, slots: Uint32Array): Scales {
  const telling = tellingBy(tally);
  for (let at = 0; at < slots.length; at++) {
    // Slots are below the table's length.
    const slot = slots[at] as number;
    scratch[slot] = telling(slot);
  }
  return scratch;
}

/** Square of the logarithm of how many times more often a slot is seen in one class than in the other, as far as trusted. */
function tellingBy({ counts, messages }: Tally): (slot: number) => number {
  const { ham: allHam, spam: allSpam } = messages;
  const rarer = Math.min(allHam, allSpam) / messageUnits;
  if (rarer <= 0) return () => 1;
  const trust = rarer / (rarer + halfTrusted);
  const unseen = (doubt * messageUnits) / (allHam + allSpam);
  return slot => {
    const place = 2 * slot;
    // Counts below 0 are none.
    const ham = Math.max(0, counts[place] as number);
    const spam = Math.max(0, counts[place + 1] as number);
    if (ham + spam === 0) return 1;
    const odds = Math.log((spam / allSpam + unseen) / (ham / allHam + unseen));
    return 1 + trust * Math.max(0, odds * odds - 1);
  };
}
