import { unixSeconds } from '../../delivery/clock.ts';
import type { TimeWindow } from './signature-policy.ts';
import type { ZoneKeys } from './zone-keys.ts';

/** Clocks of several machines differ by so much without anything being wrong. */
const toleratedSeconds = 300;

/**
 * A machine that was off over a long weekend goes on by itself; a clock that is further ahead of the last look than this
 * is one that somebody has to look at.
 */
const longestPauseSeconds = 3 * 24 * 3600;

/**
 * Whether the clock is where it can't be after the last look: set back, or days ahead. Then no key moves until somebody
 * has looked at the machine's clock (`timedatectl`), has set it right if it was wrong, and says so: `acceptClock`.
 */
export function hasClockJumped({ lastAt }: ZoneKeys, now: Date): boolean {
  if (lastAt === null) return false;
  const passed = unixSeconds(now) - lastAt;
  return passed < -toleratedSeconds || passed > longestPauseSeconds;
}

/**
 * Between which moments the true time is: after a jump either the clock before it or the clock now is wrong. Signatures
 * made for this window hold in both cases, so a zone stays valid until somebody has looked.
 */
export function timeWindow(keys: ZoneKeys, now: Date): TimeWindow {
  const moment = unixSeconds(now);
  if (keys.lastAt === null || !hasClockJumped(keys, now)) return { earliest: moment, latest: moment };
  return { earliest: Math.min(moment, keys.lastAt), latest: Math.max(moment, keys.lastAt) };
}

/**
 * The document after somebody has seen that the clock is right now. As nobody knows how long ago anything was, every
 * wait begins anew: whatever a resolver could have remembered before counts as given out until now.
 */
export function acceptClock(keys: ZoneKeys, now: Date): ZoneKeys {
  const moment = unixSeconds(now);
  const current = <T extends { until: number | null }>(one: T) => one.until === null;
  return {
    ...keys,
    lastAt: moment,
    keys: keys.keys.map(key => ({ ...key, createdAt: Math.min(key.createdAt, moment) })),
    served: keys.served.map(one => (current(one) ? { ...one, from: moment } : { ...one, until: moment })),
    offers: keys.offers.map(one =>
      current(one) ? { ...one, from: moment } : { ...one, until: moment, deadAt: null },
    ),
    parent: keys.parent.map(one => (one.goneAt === null ? one : { ...one, goneAt: moment })),
  };
}
