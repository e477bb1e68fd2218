import { DeliveryError } from '../../errors.ts';
import type { CassandraContext } from './context.ts';

/**
 * Clocks of our processes and of the cluster may be this far apart: what a state or a count is sure of depends on it
 * (`mail/state.ts`, `mail/buckets.ts`). Half a second of it is for the measuring.
 */
const mostMilliseconds = 5500;
const measureMilliseconds = 60_000;

/** Refuses to write with a clock that is wrong. */
export interface ClockGuard {
  /** Throws `storeUnavailable` while the clock is too far from the cluster's. */
  require(): void;
  stop(): void;
}

/** A guard for a clock that is not this machine's, as tests have it. */
export const noClockGuard: ClockGuard = { require: () => undefined, stop: () => undefined };

/** Measures now and once a minute. */
export async function openClockGuard(context: CassandraContext): Promise<ClockGuard> {
  let off = await measure(context);
  const look = async (): Promise<void> => {
    try {
      const now = await measure(context);
      const { log } = context;
      if (isWrong(now) && !isWrong(off)) log.error({ milliseconds: now }, 'clockWrong');
      if (!isWrong(now) && isWrong(off)) log.info({ milliseconds: now }, 'clockRight');
      off = now;
    } catch {
      // The store can't be reached: nothing is written meanwhile, and the last measure counts.
    }
  };
  if (isWrong(off)) context.log.error({ milliseconds: off }, 'clockWrong');
  const timer = setInterval(() => void look(), measureMilliseconds).unref();
  return {
    require: () => {
      if (!isWrong(off)) return;
      const seconds = (off / 1000).toFixed(1);
      throw new DeliveryError(
        'storeUnavailable',
        `this clock is ${seconds} s ahead of Cassandra's; run an NTP client`,
      );
    },
    stop: () => clearInterval(timer),
  };
}

function isWrong(milliseconds: number): boolean {
  return Math.abs(milliseconds) > mostMilliseconds;
}

/** Measures of which the one with the quickest answer counts: of a slow one nobody knows when it was given. */
const samples = 3;

/** How far our clock is ahead of that of the node that answers. */
async function measure({ session, clock }: CassandraContext): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, off: 0 };
  for (let sample = 0; sample < samples; sample++) {
    const before = clock.now().getTime();
    const row = await session.row<{ now: Date }>('select totimestamp(now()) as now from system.local', []);
    const took = clock.now().getTime() - before;
    if (row && took < best.took) best = { took, off: Math.round(before + took / 2 - row.now.getTime()) };
  }
  return best.off;
}
