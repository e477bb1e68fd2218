import type { Clock } from '../../delivery/clock.ts';

/** A clock that stands still until it is told to go on. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
}

/** A clock that starts at `start` (ISO 8601). */
export function openTestClock(start = '2026-03-01T12:00:00Z'): TestClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}
