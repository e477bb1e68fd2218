import { createHash } from 'node:crypto';
import type { Senders } from '../store/store.ts';

/** Counts messages of many subjects, hour by hour; all processes and machines that share the store count together. */
export interface RateLimit {
  /** Counts one more message of the subject; whether it is beyond the limit. Throws what the store throws. */
  isBeyond(subject: string, at: Date): Promise<boolean>;
  /** Whether this process has seen the subject use up its hour; counts nothing and asks nobody. */
  isKnownBeyond(subject: string, at: Date): boolean;
}

const hourMilliseconds = 3_600_000;
/** Subjects whose count a process remembers at most. */
const maxSubjects = 20_000;
/** Places that are tried one by one before the steps grow. */
const smallSteps = 8;

/**
 * Opens a limit of `perHour` messages in each hour of the clock. Each message takes the next free place of its hour in
 * the store: the sight of a place that nobody saw before is a place of its own.
 */
export function openRateLimit(kind: string, perHour: number, senders: Pick<Senders, 'noteSight'>): RateLimit {
  /** By subject: its hour and the next place that may be free. */
  const known = new Map<string, { readonly hour: number; readonly next: number }>();

  async function isFree(subject: string, hour: number, place: number, at: Date): Promise<boolean> {
    const key = `rate:${kind}:${hour}:${place}:${subject}`;
    // Forgotten with the hour after it.
    const { lastSeenAt } = await senders.noteSight(key, at, (2 * hourMilliseconds) / 1000);
    return lastSeenAt === null;
  }

  /** The place that is taken, at most `perHour`: beyond it nothing is looked for. */
  async function takePlace(subject: string, hour: number, from: number, at: Date): Promise<number> {
    let [taken, step] = [from - 1, 1];
    for (let place = from; ; place = Math.min(perHour, taken + step)) {
      if (place >= perHour) return perHour;
      if (await isFree(subject, hour, place, at)) {
        return lowestFree(taken, place, middle => isFree(subject, hour, middle, at));
      }
      taken = place;
      step = place - from < smallSteps ? 1 : step * 2;
    }
  }

  function nextPlace(subject: string, hour: number): number {
    const before = known.get(subject);
    return before?.hour === hour ? before.next : 0;
  }

  return {
    isKnownBeyond: (subject, at) => nextPlace(subject, hourOf(at)) >= perHour,
    async isBeyond(subject, at) {
      // It may hold an address of somebody, and be longer than a key.
      const hashed = createHash('sha256').update(subject).digest('base64url');
      const hour = hourOf(at);
      const from = nextPlace(subject, hour);
      if (from >= perHour) return true;
      const place = await takePlace(hashed, hour, from, at);
      known.delete(subject);
      known.set(subject, { hour, next: place + 1 });
      const oldest = known.keys().next();
      if (known.size > maxSubjects && !oldest.done) known.delete(oldest.value);
      return place >= perHour;
    },
  };
}

function hourOf(at: Date): number {
  return Math.floor(at.getTime() / hourMilliseconds);
}

/** Between a place that is taken and one that is ours: the lowest that is free, as far as halving finds it. */
async function lowestFree(
  taken: number,
  ours: number,
  isFree: (place: number) => Promise<boolean>,
): Promise<number> {
  let [low, high] = [taken, ours];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isFree(middle)) high = middle;
    else low = middle;
  }
  return high;
}
